import { MEL_BANDS } from "./log-mel.ts";
import { sortedLevels, type LevelledFrame } from "./loud-frames.ts";
import { LEAST_DEVIATION, LOUD_WITHIN, quantile, type MelNormalisation } from "./mel-statistics.ts";
import typical from "./typical-speech.json";

/** What is typical counts as much as so many loud frames of the voice. */
const TYPICAL_FRAMES = 100;
/** So many frames must be as loud before a level counts as the voice's. */
const SOUNDED = 12;
/** Quieter than this a level is a room's until typical speech is outweighed, in nepers of mean log mel power. */
const QUIET_VOICE = -9.7;

/** Mean and deviation of each band over the frames that are louder than `threshold`. */
function bandsOf(frames: readonly LevelledFrame[], threshold: number) {
  const sums = new Float64Array(MEL_BANDS);
  const squares = new Float64Array(MEL_BANDS);
  let count = 0;
  for (const { mel, level } of frames) {
    if (level < threshold) continue;
    count++;
    for (let band = 0; band < MEL_BANDS; band++) {
      const value = mel[band]!;
      sums[band]! += value;
      squares[band]! += value * value;
    }
  }
  const mean = sums.map((sum) => sum / Math.max(1, count));
  const deviation = squares.map((sum, band) =>
    Math.max(LEAST_DEVIATION, Math.sqrt(Math.max(0, sum / Math.max(1, count) - mean[band]! ** 2))),
  );
  return { mean, deviation };
}

/**
 * Statistics of a voice of which little is known so far: those of the frames, drawn to what speech is like elsewhere
 * (`models/speech/typical.py`), the more the fewer there are, so that silence before the first word is not taken for it.
 * @param frames oldest first.
 */
export function runningStatistics(frames: readonly LevelledFrame[]): MelNormalisation {
  const levels = sortedLevels(frames);
  const { mean, deviation } = bandsOf(frames, quantile(levels, 0.95) - LOUD_WITHIN);
  const loudest = quantile(levels, Math.max(0.95, 1 - SOUNDED / Math.max(1, levels.length)));
  const reference = Math.max(QUIET_VOICE, loudest);
  const loud = levels.filter((x) => x > reference - LOUD_WITHIN).length;
  const own = loud / (loud + TYPICAL_FRAMES);
  const blend = (seen: number, usual: number) => usual + own * (seen - usual);
  return {
    mean: Float32Array.from({ length: MEL_BANDS }, (_, i) => blend(mean[i]!, reference + typical.mean[i]!)),
    deviation: Float32Array.from({ length: MEL_BANDS }, (_, i) =>
      blend(deviation[i]!, typical.deviation[i]!),
    ),
  };
}
