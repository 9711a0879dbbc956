import type { MouthTrack } from "../core/mouth.ts";
import type { Warning } from "./warnings.ts";

/** The mouth of a voice that was analysed, and what there is to say of that voice: for instance that nobody speaks. */
export interface AnalysedMouth extends MouthTrack {
  readonly warnings: readonly Warning[];
  /**
   * What the voice sounds like: `[80]` mean log-mel of its loud frames less their mean over the bands. Parts of 30 s of
   * one reading differ by .18 to .41 (root of the mean square, nine of ten), two speakers before one microphone by .48
   * and more, other readers by .63. Absent of a voice that is still being spoken.
   */
  readonly timbre?: Float32Array<ArrayBuffer>;
}
