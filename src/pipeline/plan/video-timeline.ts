/** Which frame of a video each frame of the output shows, and when. */
export interface Timeline {
  /** Places among the video's frames. */
  readonly frames: Int32Array;
  /** Start of each output frame in seconds, from 0. */
  readonly starts: Float64Array;
}

/** Frames that begin within this many seconds of the output's end would not be seen. */
const TOO_LATE = 1e-3;

/** The frame shown in place `k` when `count` frames are played back and forth. */
function bounce(k: number, count: number): number {
  if (count === 1) return 0;
  const period = 2 * (count - 1);
  const at = k % period;
  return at < count ? at : period - at;
}

/**
 * The frames that a video shows at steps of an even clock: each from half a step before it begins, so that a source that
 * runs as fast shows each of its frames once, however its instants were rounded.
 * @param starts start of each frame in seconds, rising; at least one, which is also shown before its time.
 * @param first `end` steps of `1 / fps` seconds from the clock's 0 on. @returns places, never falling.
 */
export function placesAt(starts: ArrayLike<number>, fps: number, first: number, end: number): Int32Array {
  const places = new Int32Array(Math.max(0, end - first));
  let place = 0;
  for (let i = 0; i < places.length; i++) {
    const latest = (first + i + 0.5) / fps;
    while (place + 1 < starts.length && starts[place + 1]! <= latest) place++;
    places[i] = place;
  }
  return places;
}

/**
 * Fits a video to a length, on a clock of our own: cut at its end, or played back and forth, so that there is no jump.
 * Frames of the source that last longer than a step are shown again, shorter ones are left out.
 * @param starts start of each frame in seconds from the file's time 0, rising; at least one.
 * @param endSeconds when the last one ends. @param fps of the output.
 */
export function planTimeline(
  starts: ArrayLike<number>,
  endSeconds: number,
  durationSeconds: number,
  fps: number,
): Timeline {
  const wanted = Math.max(1, Math.ceil((durationSeconds - TOO_LATE) * fps));
  const own = Math.min(wanted, Math.max(1, Math.round(endSeconds * fps)));
  const forth = placesAt(starts, fps, 0, own);
  return {
    frames: Int32Array.from({ length: wanted }, (_, k) => forth[bounce(k, own)]!),
    starts: Float64Array.from({ length: wanted }, (_, k) => k / fps),
  };
}

/** Ranges `[first, last]` of the places where `values` is true. */
export function rangesOf(values: ArrayLike<boolean>): [number, number][] {
  const ranges: [number, number][] = [];
  for (let i = 0; i < values.length; i++) {
    if (!values[i]) continue;
    const last = ranges.at(-1);
    if (last && last[1] === i - 1) last[1] = i;
    else ranges.push([i, i]);
  }
  return ranges;
}
