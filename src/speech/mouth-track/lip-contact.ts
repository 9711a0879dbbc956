import { ARTICULATORS } from "../../core/mouth.ts";
import { smoothstep } from "../../core/scalar.ts";
import { column, smooth } from "../features/signal.ts";
import { LIPS, type VoiceAnalysis } from "../model/voice-analysis.ts";

/** What touches what in the mouth, `[frames]` each, 0 to 1. */
export interface LipContact {
  /** The lips are together, whatever for: no gap is seen. */
  readonly shut: Float32Array<ArrayBuffer>;
  /** They are pressed together, as in p, b, m. */
  readonly bilabial: Float32Array<ArrayBuffer>;
  /** The lower lip meets the upper teeth, as in f, v. */
  readonly labiodental: Float32Array<ArrayBuffer>;
}

/** Contacts are crisp: deviation of their smoothing in frames. */
const SIGMA = 1;
/** Certainty at which each contact begins, and at which it is whole. */
const TOUCH = [0.48, 0.58] as const;
const BILABIAL = [0.5, 0.8] as const;
const LABIODENTAL = [0.3, 0.6] as const;
/** Probability of a bilabial phone from which on lips that touch are pressed. */
const PRESSED = [0.1, 0.4] as const;

/**
 * Contact as one event: first whether the lips touch, as people's do, then which contact it is. The network's closure
 * and its phone must both speak for a bilabial; lips that touch close the mouth even where neither is sure.
 */
export function lipContact(analysis: VoiceAnalysis): LipContact {
  const articulator = (name: "closure" | "labiodental") =>
    smooth(column(analysis.controls, ARTICULATORS.length, ARTICULATORS.indexOf(name)), SIGMA);
  const closure = articulator("closure");
  const teeth = articulator("labiodental");
  const touch = smooth(column(analysis.lips, LIPS.length, LIPS.indexOf("touch")), SIGMA);
  const phone = smooth(analysis.bilabial, SIGMA);
  const together = touch.map((t) => smoothstep(...TOUCH, t));
  const bilabial = closure.map((c, i) => {
    const sure = smoothstep(...BILABIAL, Math.sqrt(c * Math.min(1, phone[i]! / 0.6)));
    return Math.max(sure, together[i]! * smoothstep(...PRESSED, phone[i]!));
  });
  return {
    shut: together.map((t, i) => Math.max(t, bilabial[i]!)),
    bilabial,
    labiodental: teeth.map((t, i) => smoothstep(...LABIODENTAL, t) * (1 - bilabial[i]!)),
  };
}
