import { EngineError, throwIfCancelled } from "../../job/errors.ts";
import type { OutputFormat } from "../../job/job.ts";
import { unit } from "../../core/scalar.ts";
import { BITRATE_STEP_SECONDS, type Bitrates } from "../../media/encode/bitrate-steps.ts";
import { createVideoWriter, discardTemporaryOutput } from "../../media/encode/video-writer.ts";
import { openVideo } from "../../media/demux/open-video.ts";
import type { DecodableVideo } from "../../media/demux/video-source.ts";
import type { CachedFrameReader } from "../../media/frame-cache/frame-cache.ts";
import { isPlanar, rgbaOf, type Picture } from "../../media/planes/picture.ts";
import type { TrackedVideo } from "../../worker-rpc/video-api.ts";
import { alongTimeline, planRates, spendingOf, type RatePlan, type RateWindow } from "./rates-from-source.ts";
import { picturesInOrder } from "../plan/video-frames.ts";
import { placesAt, type Timeline } from "../plan/video-timeline.ts";

/** Likeness that the worst second of a trial keeps, in decibels of the luminance; others may be a little worse. */
const WANTED_DB = 45.2;
/** What twice the bits bring. Measured: 1.5 to 3.5 dB. */
const DB_PER_DOUBLING = 2.5;
/**
 * Bits per pixel that are always enough for the eye (see `VideoWriterOptions.quality`). Small pictures take more of them,
 * as many bits a second as 640 × 480 pixels at 25 frames a second: with fewer, key frames lose the teeth.
 */
const AMPLE_BITS = 0.184;
const AMPLE_LEAST = 1_400_000;
/** Rounds of encoding a part: what the first one asks for is looked at once more. */
const ROUNDS = 2;
/** Only every so many rows and columns are compared. */
const STRIDE = 2;

/** Light of a pixel, 0 to 255. */
const light = (data: Uint8ClampedArray, at: number) =>
  0.2126 * data[at]! + 0.7152 * data[at + 1]! + 0.0722 * data[at + 2]!;

/** What gives the difference of the light of two pictures' pixels, 0 to 255. */
function lightDifference(a: Picture, b: Picture): (pixel: number) => number {
  if (isPlanar(a) && isPlanar(b)) {
    const scale = a.colour.fullRange ? 1 : 255 / 219;
    return (pixel) => scale * (a.data[pixel]! - b.data[pixel]!);
  }
  const [one, other] = [rgbaOf(a).data, rgbaOf(b).data];
  return (pixel) => light(one, 4 * pixel) - light(other, 4 * pixel);
}

/** Likeness of two pictures in decibels of the luminance. */
export function likenessDb(a: Picture, b: Picture): number {
  const difference = lightDifference(a, b);
  let [square, count] = [0, 0];
  for (let y = 0; y < a.height; y += STRIDE) {
    for (let x = y % 4 === 0 ? 0 : 1; x < a.width; x += STRIDE, count++) {
      square += difference(y * a.width + x) ** 2;
    }
  }
  return square > 0 ? 10 * Math.log10((255 * 255 * count) / square) : 99;
}

/** How many times the bits a trial asks for that came out at `db`: never fewer. */
export function factorAfterTrial(db: number): number {
  return Math.max(1, 2 ** ((WANTED_DB - db) / DB_PER_DOUBLING));
}

/** What rates are chosen for. */
export interface RateRequest {
  readonly video: DecodableVideo;
  /** Its frames at the output's size that need not be decoded. */
  readonly kept?: CachedFrameReader | undefined;
  readonly facts: Pick<
    TrackedVideo,
    "width" | "height" | "fps" | "sourceFps" | "starts" | "endSeconds" | "bitrate"
  >;
  readonly timeline: Timeline;
  readonly format: OutputFormat;
  readonly signal: AbortSignal;
}

/** Places of the source's frames that the output shows in a window, at its own rate. */
function placesIn({ starts, endSeconds, fps }: RateRequest["facts"], { first, end }: RateWindow): Int32Array {
  const stepAt = (half: number) => Math.round((starts[0]! + half * BITRATE_STEP_SECONDS) * fps);
  const last = Math.max(stepAt(0) + 1, Math.min(stepAt(end), Math.round(endSeconds * fps)));
  return placesAt(starts, fps, Math.min(stepAt(first), last - 1), last);
}

function windowFrames(
  { video, kept, facts, signal }: RateRequest,
  places: Int32Array,
): AsyncGenerator<Picture> {
  const { starts, width, height } = facts;
  return picturesInOrder(video, places, { starts, width, height, kept, signal });
}

/**
 * Likeness of a window's worst second after encoding, in decibels; undefined without an encoder of the browser.
 * @param bitrates from the window's start on.
 */
async function tryRates(
  request: RateRequest,
  window: RateWindow,
  bitrates: Bitrates,
): Promise<number | undefined> {
  const { video, facts, format, signal } = request;
  const { width, height, fps } = facts;
  const places = placesIn(facts, window);
  const frames = places.length;
  const writer = await createVideoWriter({
    width,
    height,
    fps,
    frames,
    sound: null,
    durationSeconds: frames / fps,
    format,
    ...(video.colour ? { colour: video.colour } : {}),
    bitrates,
    encoder: "webcodecs",
    signal,
  }).catch((error: unknown) => {
    if (error instanceof EngineError && error.code === "codec/missing") return undefined;
    throw error;
  });
  if (!writer) return undefined;
  try {
    for await (const picture of windowFrames(request, places)) await writer.add(picture);
  } catch (error) {
    await writer.cancel();
    throw error;
  }
  const output = await writer.finish();
  try {
    return await likenessOf(output, request, places);
  } finally {
    await discardTemporaryOutput(output).catch(() => undefined);
  }
}

/** Likeness of a trial's worst second to the source's frames, in decibels. */
async function likenessOf(output: Blob, request: RateRequest, places: Int32Array): Promise<number> {
  const { facts, signal } = request;
  const result = await openVideo(output, { signal });
  // Read a second time: sixty frames of 720p would take 220 MB.
  const shown = windowFrames(request, places);
  try {
    const likeness: number[] = [];
    const { width, height } = facts;
    for await (const { picture } of result.pictures({ width, height, signal })) {
      const { value, done } = await shown.next();
      if (done) break;
      likeness.push(likenessDb(value, picture));
    }
    return worstSecond(likeness, facts.fps);
  } finally {
    await shown.return(undefined);
    result.dispose();
  }
}

/** Likeness of the worst second, by the mean of its squared differences. @param likeness of each frame in decibels. */
export function worstSecond(likeness: readonly number[], fps: number): number {
  const length = Math.min(likeness.length, Math.max(1, Math.round(fps)));
  const errors = likeness.map((db) => 10 ** (-db / 10));
  let worst = 0;
  for (let first = 0; first + length <= errors.length; first++) {
    const sum = errors.slice(first, first + length).reduce((total, error) => total + error, 0);
    worst = Math.max(worst, sum / Math.max(1, length));
  }
  return worst > 0 ? -10 * Math.log10(worst) : 99;
}

/** How many times a plan's bits a window needs; undefined without an encoder of the browser. */
async function factorFor(
  request: RateRequest,
  { wanted }: RatePlan,
  window: RateWindow,
  ample: number,
): Promise<number | undefined> {
  let factor = 1;
  const rates = wanted.subarray(window.first, window.end);
  for (let round = 0; round < ROUNDS; round++) {
    const db = await tryRates(
      request,
      window,
      Uint32Array.from(rates, (rate) => Math.min(ample, rate * factor)),
    );
    if (db === undefined) return undefined;
    const more = factorAfterTrial(db);
    factor *= more;
    if (more === 1 || rates.every((rate) => rate * factor >= ample)) break;
  }
  return factor;
}

/** Applies the factors of the two windows to a plan: in between where it wants more than one and less than the other. */
function adjusted({ wanted, busiest, typical }: RatePlan, busy: number, calm: number): Float64Array {
  const mean = ({ first, end }: RateWindow) =>
    Math.log(wanted.subarray(first, end).reduce((sum, rate) => sum + rate, 0) / (end - first));
  const [low, high] = [mean(typical ?? busiest), mean(busiest)];
  return wanted.map((rate) => {
    const share = high > low ? unit((Math.log(rate) - low) / (high - low)) : 1;
    return rate * calm * (busy / calm) ** share;
  });
}

/**
 * Rates for a video's pictures, so that the result is not much larger than its source and yet looks the same where
 * nothing was changed. They follow the source's own spending (see {@link planRates}). The seconds in which it spends
 * most, and typical ones where these differ much, are encoded as a trial. Where that keeps 45 dB in every second, those
 * are the rates; where not, likeness wins over size, and they rise by what is missing, at most to a talking picture's.
 * (A source that a slow encoder has squeezed cannot be kept at its size by a fast one.)
 * @returns undefined where the source has bits enough for a talking picture's rate, or ffmpeg encodes, which keeps an
 * even quality instead.
 * @throws EngineError as reading and encoding do.
 */
export async function chooseBitrates(request: RateRequest): Promise<Bitrates | undefined> {
  const { video, facts, timeline, signal } = request;
  throwIfCancelled(signal);
  const pixels = facts.width * facts.height * facts.fps;
  const ample = Math.max(AMPLE_LEAST, AMPLE_BITS * pixels);
  const scale =
    ((facts.width * facts.height) / (video.width * video.height)) * Math.min(1, facts.fps / facts.sourceFps);
  const mean = facts.bitrate * scale;
  if (!(mean > 0)) return undefined;
  const { starts } = facts;
  const last = timeline.frames.reduce((most, place) => Math.max(most, place), 0);
  const end = starts[last + 1] ?? facts.endSeconds;
  const spending = spendingOf(await video.packets(signal), starts[0]!, end);
  const plan = planRates(
    spending.map((rate) => rate * scale),
    mean,
    facts.fps,
  );
  if (plan.wanted.every((rate) => rate >= ample)) {
    // The encoder's quality counts pixels alone.
    const small = ample > AMPLE_BITS * pixels;
    return small
      ? alongTimeline(
          plan.wanted.map(() => ample),
          starts,
          timeline,
        )
      : undefined;
  }
  const busy = await factorFor(request, plan, plan.busiest, ample);
  if (busy === undefined) return undefined;
  const calm = plan.typical ? await factorFor(request, plan, plan.typical, ample) : busy;
  const rates = adjusted(plan, busy, calm ?? busy).map((rate) => Math.min(ample, rate));
  return alongTimeline(rates, starts, timeline);
}
