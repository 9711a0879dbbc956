import {
  EncodedPacketSink,
  IsobmffInputFormat,
  MPEG_TS,
  OGG,
  type Input,
  type InputAudioTrack,
  type InputFormat,
  type InputTrack,
} from "mediabunny";

/**
 * When a file's time begins: the first instant of its earliest track, in seconds of the container's clock. Broadcast
 * streams and recordings that were cut begin anywhere; their time counts from here, as players and ffmpeg count it.
 * @returns 0 where a track begins at 0 or before (encoder priming lies before 0).
 */
export async function fileStart(input: Input): Promise<number> {
  const first = await input.getFirstTimestamp();
  return Number.isFinite(first) ? Math.max(0, first) : 0;
}

/** A step back by less is rounding, in seconds. */
const REORDER_SECONDS = 0.5;
/** From this on ffmpeg, too, takes a step of a transport stream's clock for another clock; in seconds. */
const JUMP_SECONDS = 10;

/**
 * Whether a file's clock begins anew in the middle, as where recordings were joined; only transport streams and MP4 are
 * joined as they are.
 */
export async function beginsAnew(format: InputFormat, track: InputTrack): Promise<boolean> {
  const broadcast = format === MPEG_TS;
  if (!broadcast && !(format instanceof IsobmffInputFormat)) return false;
  let latest: number | undefined;
  // Where a recording begins there is a key frame, and no frame before it is shown later; others come in any order.
  const sink = new EncodedPacketSink(track as ConstructorParameters<typeof EncodedPacketSink>[0]);
  for await (const { timestamp, type } of sink.packets(undefined, undefined, { metadataOnly: true })) {
    const step = type === "key" ? timestamp - (latest ?? timestamp) : 0;
    if (step < -REORDER_SECONDS || (broadcast && step > JUMP_SECONDS)) return true;
    latest = Math.max(latest ?? timestamp, timestamp);
  }
  return false;
}

/** A step from one packet of sound to the next that is longer than the usual one by this much leaves a gap. */
const GAP_SECONDS = 0.015;
/** Packets of an Ogg end at most this much before its last page says; more is missing between them. */
const LOST_SECONDS = 0.04;
/** Packets that are looked at: more than half an hour of the shortest usual ones. */
const MOST_PACKETS = 100_000;

/**
 * Whether packets of a sound are missing, as where a recorder or a stream paused or lost some: browsers' decoders give
 * what follows such a gap as if it followed at once, and so too early. Three quarters of the steps are no longer than
 * the usual one, also of Vorbis, whose blocks have two lengths.
 */
export async function leavesGaps(format: InputFormat, track: InputAudioTrack): Promise<boolean> {
  // Samples that are no codec's keep their packets' times.
  if ((await track.getCodec())?.startsWith("pcm")) return false;
  const steps: number[] = [];
  let [before, end] = [Number.NaN, 0];
  const sink = new EncodedPacketSink(track);
  for await (const { timestamp, duration } of sink.packets(undefined, undefined, { metadataOnly: true })) {
    steps.push(timestamp - before);
    [before, end] = [timestamp, timestamp + duration];
    if (steps.length > MOST_PACKETS) return false;
  }
  // Packets of an Ogg have no instants of their own; they are counted on from the first page.
  if (format === OGG) return (await track.computeDuration()) > end + LOST_SECONDS;
  const sorted = steps.slice(1).sort((a, b) => a - b);
  const usual = sorted[Math.floor(sorted.length * 0.75)];
  return usual !== undefined && sorted.at(-1)! > usual + GAP_SECONDS;
}
