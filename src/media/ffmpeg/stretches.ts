/** Frames of a video that can be decoded without those before them. Instants are on the file's own clock, in seconds. */
export interface Stretch {
  /** Between the first of them and the frame before; null from the beginning. */
  readonly from: number | null;
  /** Between the last of them and the next frame; null to the end. */
  readonly to: number | null;
  /** Behind the first of them, before the second; null from the beginning. */
  readonly seek: number | null;
  readonly frames: number;
}

/** An encoded frame. */
export interface ListedFrame {
  readonly seconds: number;
  /** Whether decoding can begin with it. */
  readonly key: boolean;
}

/** Frames nearer than this are shown at one instant, in seconds. */
const SAME_INSTANT = 1e-5;
/** A run of ffmpeg begins with .1 to .3 s in which no frame comes: so many frames are worth it. */
const LEAST_FRAMES = 48;

/** Bits of a packet's flags. */
const FLAGS = { key: 1, discarded: 4 } as const;

/**
 * Reads the frames that are shown in what ffmpeg's `framecrc` format says of each packet:
 * `stream, dts, pts, duration, size, sum[, F=flags]`.
 * @returns in the order in which they are shown.
 */
export function readFrameList(text: string): ListedFrame[] {
  const base = /^#tb 0: (\d+)\/(\d+)/m.exec(text);
  const unit = base ? Number(base[1]) / Number(base[2]) : Number.NaN;
  const packets = Array.from(
    text.matchAll(/^0, *-?\d+, *(-?\d+), *\d+, *\d+, 0x\w+(?:, F=0x(\w+))?/gm),
    // Flags are told where they are not just "key".
    ([, time, flags = "1"]) => ({ seconds: Number(time) * unit, flags: Number.parseInt(flags, 16) }),
  );
  return packets
    .filter(({ flags }) => (flags & FLAGS.discarded) === 0)
    .map(({ seconds, flags }) => ({ seconds, key: (flags & FLAGS.key) !== 0 }))
    .sort((a, b) => a.seconds - b.seconds);
}

/**
 * Divides a video at its key frames.
 * @param frames in the order in which they are shown. @param most frames of a stretch.
 * @returns null where it has too few key frames to be divided.
 */
export function planStretches(frames: readonly ListedFrame[], most: number): Stretch[] | null {
  if (
    !frames[0]?.key ||
    frames.some(({ seconds }, i) => !(seconds > (frames[i - 1]?.seconds ?? -Infinity) + SAME_INSTANT))
  ) {
    return null;
  }
  const firsts = [0];
  frames.forEach(({ key }, i) => {
    if (key && i - firsts.at(-1)! >= LEAST_FRAMES) firsts.push(i);
  });
  const ends = [...firsts.slice(1), frames.length];
  if (firsts.length < 2 || firsts.some((first, i) => ends[i]! - first > most)) return null;
  const before = (i: number) => (frames[i - 1]!.seconds + frames[i]!.seconds) / 2;
  return firsts.map((first, i) => ({
    from: first > 0 ? before(first) : null,
    to: ends[i]! < frames.length ? before(ends[i]!) : null,
    // A frame is never the last: no stretch but the last one is that short, and that one may be.
    seek: first > 0 ? (first + 1 < frames.length ? before(first + 1) : frames[first]!.seconds + 1e-3) : null,
    frames: ends[i]! - first,
  }));
}
