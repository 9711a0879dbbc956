import { MEL_BANDS } from "./log-mel.ts";
import { LOUD_WITHIN, type MelStatistics, MelStatisticsCollector, quantile } from "./mel-statistics.ts";
import typical from "./typical-speech.json";

/** What is typical counts as much as so many loud frames of the voice. */
const TYPICAL_FRAMES = 100;
/** So many frames must be as loud before a level counts as the voice's. */
const SOUNDED = 12;
/** Quieter than this a level is a room's until typical speech is outweighed, in nepers of mean log mel power. */
const QUIET_VOICE = -9.7;

/**
 * Statistics of a voice of which little is known so far: those of the frames, drawn to what speech is like elsewhere
 * (`models/speech/typical.py`), the more the fewer there are, so that silence before the first word is not taken for it.
 * @param rows log-mel frames `[80]`, oldest first.
 */
export function runningStatistics(rows: readonly Float32Array[]): MelStatistics {
  const collector = new MelStatisticsCollector(rows.length);
  for (const row of rows) collector.add(row);
  const { mean, deviation, level } = collector.finish();
  const loudest = quantile(level.slice().sort(), Math.max(0.95, 1 - SOUNDED / Math.max(1, level.length)));
  const reference = Math.max(QUIET_VOICE, loudest);
  const loud = level.filter((x) => x > reference - LOUD_WITHIN).length;
  const own = loud / (loud + TYPICAL_FRAMES);
  const blend = (seen: number, usual: number) => usual + own * (seen - usual);
  return {
    mean: Float32Array.from({ length: MEL_BANDS }, (_, i) => blend(mean[i]!, reference + typical.mean[i]!)),
    deviation: Float32Array.from({ length: MEL_BANDS }, (_, i) =>
      blend(deviation[i]!, typical.deviation[i]!),
    ),
    level,
  };
}
