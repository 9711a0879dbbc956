import type { SpeakingOrder } from "../../job/job-spec.ts";

/**
 * When each voice of a job starts: at once, or after the one that speaks before it.
 * @param durations of the voices in seconds, from left to right: one or two.
 * @returns seconds in the output, in the same order.
 */
export function voiceStarts(order: SpeakingOrder, durations: readonly number[]): readonly number[] {
  const [left = 0, right = 0] = durations;
  if (durations.length < 2 || order === "meanwhile") return durations.map(() => 0);
  return order === "left_right" ? [0, left] : [right, 0];
}
