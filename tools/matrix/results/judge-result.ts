import { ALWAYS_FINE } from "./result-cases.ts";
import type { ResultOutcome } from "./run-results.ts";

/** Where a result differs by more from what it is made of, it is said to be wrong; the reasons stand beside each. */
const LIMITS = {
  /** A frame of 25 a second, by which the end of the pictures is rounded. */
  seconds: 0.041,
  /** A quarter of what eye and ear notice. */
  lag: 0.006,
  /** Two encoders' losses. */
  r: 0.85,
  gain: 1.5,
  /** Two encoders' losses in cells with an edge, and GIFs' dithering. */
  levels: 8,
  /** Less than a frame at 60 a second beside one that looks the same. */
  shift: 0.021,
  /** Half a millisecond, to which containers round, twice. */
  jitter: 0.0011,
  /** Instants of GIFs are hundredths of a second. */
  fps: 0.1,
  /** Of a mouth that opens: half of what a usual one does. */
  open: 0.06,
  /** Below, the best lag says nothing. */
  mouthR: 0.3,
  /** Lips move before their sound, never so much after it that it is seen (ITU-R BT.1359: -125 to +45 ms). */
  mouthLag: [-0.125, 0.045],
} as const;

/** In words, what is not as it should be; empty for none. */
export function judgeResult(outcome: ResultOutcome): string[] {
  const { given, error, told, sound, picture, mouth } = outcome;
  if (error !== undefined) return [error];
  const faults: string[] = [];
  const missing = given.told.filter((code) => !told.includes(code));
  const excess = told.filter((code) => !given.told.includes(code) && !ALWAYS_FINE.has(code));
  if (missing.length > 0) faults.push(`not told: ${missing.join(", ")}`);
  if (excess.length > 0) faults.push(`told without need: ${excess.join(", ")}`);
  if (sound) {
    const longer = picture!.seconds - sound.wanted;
    if (Math.abs(longer) > LIMITS.seconds) faults.push(`${longer.toFixed(3)} s longer than its voice`);
    const ends = picture!.seconds - sound.seconds;
    if (Math.abs(ends) > LIMITS.seconds) faults.push(`pictures end ${ends.toFixed(3)} s behind the sound`);
    for (const [where, fit] of [
      ["begins", sound.first],
      ["ends", sound.last],
    ] as const) {
      if (!fit) continue;
      if (fit.r < LIMITS.r) faults.push(`the sound ${where} otherwise (r ${fit.r.toFixed(2)})`);
      else if (Math.abs(fit.lag) > LIMITS.lag)
        faults.push(`the sound ${where} ${(1000 * fit.lag).toFixed(0)} ms late`);
    }
    if (Math.abs(sound.gain ?? 0) > LIMITS.gain) faults.push(`${sound.gain!.toFixed(1)} dB louder`);
  }
  if (picture) {
    const wanted = Math.round(picture.seconds * given.fps);
    if (Math.abs(picture.fps - given.fps) > LIMITS.fps) faults.push(`${picture.fps.toFixed(2)} frames/s`);
    else if (Math.abs(picture.frames - wanted) > 1) faults.push(`${picture.frames} of ${wanted} frames`);
    if (picture.jitter > LIMITS.jitter)
      faults.push(`frames uneven by ${(1000 * picture.jitter).toFixed(1)} ms`);
    if ((picture.levels ?? 0) > LIMITS.levels)
      faults.push(`colours ${picture.levels!.toFixed(0)} of 255 off`);
    if ((picture.shift ?? 0) > LIMITS.shift)
      faults.push(`pictures ${(1000 * picture.shift!).toFixed(0)} ms off`);
  }
  if (mouth && given.silent) {
    if (mouth.open > LIMITS.open / 2) faults.push("the mouth moves in silence");
  } else if (mouth && given.role !== "model") {
    if (mouth.open < LIMITS.open) faults.push("the mouth stays shut");
    if (mouth.shut !== undefined && mouth.shut > mouth.open / 2)
      faults.push("the mouth is open while nobody speaks");
    // Lags are whole frames.
    const half = 0.5 / given.fps;
    if (
      mouth.r > LIMITS.mouthR &&
      (mouth.lag < LIMITS.mouthLag[0] - half || mouth.lag > LIMITS.mouthLag[1] + half)
    )
      faults.push(`the mouth moves ${(1000 * mouth.lag).toFixed(0)} ms late`);
  }
  return faults;
}
