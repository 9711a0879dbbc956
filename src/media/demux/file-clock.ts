import type { Input } from "mediabunny";

/**
 * When a file's time begins: the first instant of its earliest track, in seconds of the container's clock. Broadcast
 * streams and recordings that were cut begin anywhere; their time counts from here, as players and ffmpeg count it.
 * @returns 0 where a track begins at 0 or before (encoder priming lies before 0).
 */
export async function fileStart(input: Input): Promise<number> {
  const first = await input.getFirstTimestamp();
  return Number.isFinite(first) ? Math.max(0, first) : 0;
}
