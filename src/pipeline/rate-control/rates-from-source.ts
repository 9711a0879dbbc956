import { BITRATE_STEP_SECONDS, type Bitrates } from "../../media/encode/bitrate-steps.ts";
import type { VideoPacket } from "../../media/demux/video-source.ts";
import type { Timeline } from "../plan/video-timeline.ts";

/** Bits of the result per bit of the source where that spends no more than in the mean. */
const OVER_MEAN = 1.3;
/** The same where it spends more, for the largest of three half seconds. */
const OVER_PEAK = 1.1;
/** Share of a rise of spending that is added where it happens: encoders need a while until they trust a new rate. */
const OVER_RISE = 0.6;
/** A key frame's surplus serves the frames after it, and the result has its own key frames this often, in seconds. */
const KEY_FRAME_SECONDS = 2;
/** A trial's length: two seconds or so many frames; twice that where it is the whole video. */
const TRIAL_SECONDS = 2;
const TRIAL_FRAMES = 60;
/** The busiest part is tried beside a typical one where it wants this many times its bits. */
const UNEVEN = 1.25;

/** Steps of half a second of a source: `[first, end)`. */
export interface RateWindow {
  readonly first: number;
  readonly end: number;
}

/** The rates for a source, half second by half second, and where to try them. */
export interface RatePlan {
  /** `[steps]` bits a second. */
  readonly wanted: Float64Array;
  /** Where the most is wanted. */
  readonly busiest: RateWindow;
  /** Where as much is wanted as in the middle of all parts; null where that is nearly as much. */
  readonly typical: RateWindow | null;
}

/**
 * What a source spends in each half second. What a key frame takes beyond its followers is shared out to these, so
 * that the places of its key frames do not count.
 * @param packets of the source, in any order. @returns `[steps]` bits a second from `fromSeconds` on.
 */
export function spendingOf(
  packets: readonly VideoPacket[],
  fromSeconds: number,
  toSeconds: number,
): Float64Array {
  const seconds = Math.max(1e-3, toSeconds - fromSeconds);
  const spent = new Float64Array(Math.max(1, Math.ceil(seconds / BITRATE_STEP_SECONDS - 1e-6)));
  const stepAt = (time: number) => Math.floor((time - fromSeconds + 1e-6) / BITRATE_STEP_SECONDS);
  const spend = (from: number, bytes: number, length = 0) => {
    const [first, last] = [stepAt(from), stepAt(from + length)];
    for (let step = Math.max(0, first); step <= Math.min(last, spent.length - 1); step++) {
      const begin = fromSeconds + step * BITRATE_STEP_SECONDS;
      const overlap = Math.min(from + length, begin + BITRATE_STEP_SECONDS) - Math.max(from, begin);
      spent[step]! += 8 * bytes * (length > 0 ? Math.max(0, overlap) / length : 1);
    }
  };
  for (const [i, { timestampSeconds: at, bytes, key }] of packets.entries()) {
    let [end, followers, followed] = [at, 0, 0];
    for (let k = i + 1; key && k < packets.length; k++) {
      const next = packets[k]!;
      if (next.key || next.timestampSeconds > at + KEY_FRAME_SECONDS) break;
      end = Math.max(end, next.timestampSeconds);
      followers++;
      followed += next.bytes;
    }
    const usual = followers > 0 ? Math.min(bytes, followed / followers) : bytes;
    spend(at, usual);
    if (usual < bytes) spend(at, bytes - usual, Math.max(1e-3, end - at));
  }
  return spent.map((bits, step) => {
    const covered = Math.min(BITRATE_STEP_SECONDS, seconds - step * BITRATE_STEP_SECONDS);
    return bits / Math.max(BITRATE_STEP_SECONDS / 2, covered);
  });
}

/**
 * Plans rates from a source's spending: 1.3 times its mean, or 1.1 times its own where that is more, from half a second
 * before to half a second after, and a supplement where it rises.
 * @param spending bits a second of the source's half seconds, scaled to the size of the result.
 * @param mean the source's mean, scaled in the same way.
 */
export function planRates(spending: Float64Array, mean: number, fps: number): RatePlan {
  const around = (i: number, before: number, after: number) =>
    spending.subarray(Math.max(0, i - before), i + after + 1);
  const rises = spending.map((rate, i) => rate - Math.min(...around(i, 2, 0)));
  const wanted = spending.map((_, i) => {
    const rise = Math.max(...rises.subarray(i, i + 2));
    return Math.max(OVER_MEAN * mean, OVER_PEAK * Math.max(...around(i, 1, 1)) + OVER_RISE * rise);
  });
  const seconds = Math.min(TRIAL_SECONDS, TRIAL_FRAMES / fps);
  const usual = Math.max(1, Math.floor(seconds / BITRATE_STEP_SECONDS + 0.01));
  const length = wanted.length > 2 * usual ? usual : wanted.length;
  const windows = Array.from({ length: wanted.length - length + 1 }, (_, first) => {
    const end = first + length;
    return { first, end, sum: wanted.subarray(first, end).reduce((sum, rate) => sum + rate, 0) };
  }).sort((a, b) => a.sum - b.sum);
  const [busiest, typical] = [windows.at(-1)!, windows[Math.floor((windows.length - 1) / 2)]!];
  return { wanted, busiest, typical: busiest.sum > UNEVEN * typical.sum ? typical : null };
}

/** The rates of a video that shows a source's frames along a timeline. @param rates of the source's half seconds. */
export function alongTimeline(
  rates: Float64Array,
  starts: ArrayLike<number>,
  { frames, starts: times }: Timeline,
): Bitrates {
  const stepOf = (seconds: number) => Math.floor((seconds + 1e-6) / BITRATE_STEP_SECONDS);
  const along = new Uint32Array(stepOf(times.at(-1) ?? 0) + 1);
  for (const [i, place] of frames.entries()) {
    const rate = rates[Math.min(rates.length - 1, stepOf(starts[place]! - starts[0]!))]!;
    const step = stepOf(times[i]!);
    along[step] = Math.max(along[step]!, Math.round(rate));
  }
  // A frame that lasts longer than half a second.
  for (let step = 1; step < along.length; step++) along[step] ||= along[step - 1]!;
  return along;
}
