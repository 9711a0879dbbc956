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
 * Fits a video to a length: cut at its end, or played back and forth, so that there is no jump.
 * @param starts start of each frame in seconds, rising; at least one. @param endSeconds when the last one ends.
 * @param fps frames a second where all last equally long; null takes each frame's own length.
 */
export function planTimeline(
  starts: ArrayLike<number>,
  endSeconds: number,
  durationSeconds: number,
  fps: number | null,
): Timeline {
  const count = starts.length;
  const lasts = (i: number) => Math.max(1e-3, (i + 1 < count ? starts[i + 1]! : endSeconds) - starts[i]!);
  const frames: number[] = [];
  const times: number[] = [];
  for (let k = 0, time = 0; k === 0 || time < durationSeconds - TOO_LATE; k++) {
    const frame = bounce(k, count);
    frames.push(frame);
    times.push(time);
    time = fps === null ? time + lasts(frame) : (k + 1) / fps;
  }
  return { frames: Int32Array.from(frames), starts: Float64Array.from(times) };
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
