import type { MouthTrack } from "../core/mouth.ts";
import type { Warning } from "./warnings.ts";

/** The mouth of a voice that was analysed, and what there is to say of that voice: for instance that nobody speaks. */
export interface AnalysedMouth extends MouthTrack {
  readonly warnings: readonly Warning[];
}
