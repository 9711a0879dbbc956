import {
  EncodedPacketSink,
  IsobmffInputFormat,
  MPEG_TS,
  type Input,
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
