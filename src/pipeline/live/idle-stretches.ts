import { ARTICULATORS, MOUTH_RATE_HZ, type MouthTrack } from "../../core/mouth.ts";
import { createRandom } from "../../core/random.ts";
import { unit } from "../../core/scalar.ts";
import type { PerformanceStyle } from "../../job/style.ts";
import { createIdleMotion, type IdleMotion } from "../../render/idle-motion/idle-motion.ts";
import { wander } from "../../render/idle-motion/wander.ts";
import type { Motion } from "./ease-motion.ts";

/** Head with brows and smile, and eyes. */
export interface Motions {
  readonly head: Motion;
  readonly eyes: Motion;
}

/** Motion without a voice that is known as a whole is made in stretches of this length. */
const STRETCH_SECONDS = 40;
const SEED_STEP = 104_729;
/** Within about this time a head takes to speaking, and to rest. */
const TURNING_SECONDS = 0.4;
/**
 * Loudness of a voice that nobody knows yet: only its accents matter, at which brows rise. People's rise as seldom with
 * loudness as against it (docs/idle-motion.md).
 */
const LOUDNESS = { middle: 0.5, wandering: { sigma: 0.22, seconds: 0.2, softness: 0.12 } } as const;
const ACCENTS_STREAM = 41;

/** The two motions of an idle motion as plain numbers. */
export function motionsOf(idle: IdleMotion): Motions {
  return {
    head: (seconds) => {
      const { head, brow, smile } = idle.at(seconds);
      return [head.yawDeg, head.pitchDeg, head.rollDeg, head.x, head.y, brow, smile];
    },
    eyes: (seconds) => {
      const { blinkLeft, blinkRight, gaze } = idle.at(seconds);
      return [blinkLeft, blinkRight, ...(gaze ?? [0, 0])];
    },
  };
}

/** A voice of one stretch: nobody's, or one that speaks throughout. */
function voiceOf(seed: number, speaks: boolean): MouthTrack {
  const frames = STRETCH_SECONDS * MOUTH_RATE_HZ;
  const { middle, wandering } = LOUDNESS;
  const loudness = wander(createRandom(seed, ACCENTS_STREAM), frames, wandering).map((v) => unit(middle + v));
  return {
    frames,
    articulation: new Float32Array(frames * ARTICULATORS.length),
    voice: new Float32Array(frames).fill(speaks ? 1 : 0),
    energy: speaks ? loudness : new Float32Array(frames),
  };
}

/** What a face does while no voice is known as a whole: it idles, and is livelier while a voice is being heard. */
export class IdleStretches {
  private made: { readonly stretch: number; readonly motions: Motions } | null = null;
  private speaking = 0;
  private clock = 0;

  constructor(
    private readonly seed: number,
    private readonly style: PerformanceStyle,
  ) {}

  /**
   * The motions at an instant, and where to ask them; the same ones within a stretch.
   * @param clockSeconds never runs back.
   * @param speaks how surely somebody speaks then, 0 to 1.
   */
  at(clockSeconds: number, speaks: number): { readonly motions: Motions; readonly seconds: number } {
    const gone = Math.max(0, clockSeconds - this.clock);
    this.clock = clockSeconds;
    this.speaking += (speaks - this.speaking) * (1 - Math.exp(-gone / TURNING_SECONDS));
    const stretch = Math.floor(clockSeconds / STRETCH_SECONDS);
    if (this.made?.stretch !== stretch) this.made = { stretch, motions: this.make(stretch) };
    return { motions: this.made.motions, seconds: clockSeconds - stretch * STRETCH_SECONDS };
  }

  private make(stretch: number): Motions {
    const seed = this.seed + SEED_STEP * (stretch + 1);
    // A nod follows the voice that is heard, not this one.
    const of = (speaks: boolean) =>
      motionsOf(createIdleMotion(voiceOf(seed, speaks), STRETCH_SECONDS, seed, { ...this.style, energy: 0 }));
    const [resting, speaking] = [of(false), of(true)];
    return {
      head: (seconds) => {
        const lively = speaking.head(seconds);
        return resting.head(seconds).map((value, i) => value + (lively[i]! - value) * this.speaking);
      },
      eyes: resting.eyes,
    };
  }
}
