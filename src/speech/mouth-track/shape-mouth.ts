import { ARTICULATORS } from "../../core/mouth.ts";
import { smoothstep, unit } from "../../core/scalar.ts";
import type { HeardMouth } from "../../job/heard-mouth.ts";
import { warning } from "../../job/warnings.ts";
import type { Heard } from "../model/heard.ts";
import { quantile } from "../features/mel-statistics.ts";
import { column, smooth } from "../features/signal.ts";
import { gateVoice } from "./voice-gate.ts";

const WIDTH = ARTICULATORS.length;
const [APERTURE, CLOSURE, LABIODENTAL] = (["aperture", "closure", "labiodental"] as const).map((name) =>
  ARTICULATORS.indexOf(name),
) as [number, number, number];

/** Deviations of the smoothing in frames: contacts stay crisp, shapes glide. */
const SIGMA = { contact: 1, aperture: 1.5, shape: 2 } as const;
/** The clip's wide vowels are brought to this aperture, within the limits of the gain. */
const WIDE = 0.85;
const GAIN = [0.8, 1.6] as const;
/** Certainty of a closure at which the lips start to meet, and at which they are together. */
const GATE = [0.35, 0.65] as const;

/** From here on apertures approach 1 ever slower, so that no vowel is cut off flat. */
const KNEE = 0.75;
/**
 * The most that the aperture opens and shuts in 10 ms, a little above what lips do (up to about 20 cm/s, Löfqvist &
 * Gracco 1997): the network's edges are as sharp as its labels, and a mouth that is wide open one frame after a closure
 * pops. Limits at the lips' own speed cost agreement with exact apertures (mean r .89 to .86; these .88).
 */
const SPEED = { opening: 0.13, shutting: 0.17 } as const;
/** The widest aperture while the lower lip touches the teeth. */
const AT_TEETH = 0.25;

/** The network's doubt: lip-teeth contact below `from` is none, and it is full from `to` on. */
const CONTACT = { from: 0.15, to: 0.8 } as const;

const soften = (x: number): number =>
  x <= KNEE ? x : KNEE + (1 - KNEE) * Math.tanh((x - KNEE) / (1 - KNEE));

/** Certainty that the lips are together: the control and the phone must both say so. */
function closureGate(heard: Heard): Float32Array<ArrayBuffer> {
  const closure = smooth(column(heard.controls, WIDTH, CLOSURE), SIGMA.contact);
  const bilabial = smooth(heard.bilabial, SIGMA.contact);
  return closure.map((c, i) => smoothstep(...GATE, Math.sqrt(c * Math.min(1, bilabial[i]! / 0.6))));
}

/** Aperture of equal reach in every clip; loud speech opens a little further (JALI, Edwards et al. 2016). */
function openness(heard: Heard, energy: Float32Array, activity: Float32Array): Float32Array<ArrayBuffer> {
  const aperture = smooth(column(heard.controls, WIDTH, APERTURE), SIGMA.aperture);
  const spoken = aperture.filter((_, i) => activity[i]! > 0.9);
  const gain = Math.min(GAIN[1], Math.max(GAIN[0], WIDE / Math.max(0.2, quantile(spoken.sort(), 0.95))));
  return aperture.map((a, i) => soften(a * gain * (0.85 + 0.3 * energy[i]!)));
}

/** Takes from an aperture, in place, what lips cannot do: they start to open later and to shut earlier than asked. */
function limitSpeed(articulation: Float32Array, frames: number): void {
  const at = (i: number) => i * WIDTH + APERTURE;
  for (let i = 1; i < frames; i++) {
    articulation[at(i)] = Math.min(articulation[at(i)]!, articulation[at(i - 1)]! + SPEED.opening);
  }
  for (let i = frames - 2; i >= 0; i--) {
    articulation[at(i)] = Math.min(articulation[at(i)]!, articulation[at(i + 1)]! + SPEED.shutting);
  }
}

/**
 * The mouth's motion from what the network heard: closures gated, contacts kept crisp, every clip brought to the
 * same reach, and rest where nobody speaks.
 */
export function shapeMouth(heard: Heard): HeardMouth {
  const gate = gateVoice(heard);
  const closed = closureGate(heard);
  const articulation = new Float32Array(heard.frames * WIDTH);
  const columns = ARTICULATORS.map((_, k) => {
    if (k === APERTURE) return openness(heard, gate.energy, gate.activity);
    if (k === CLOSURE) return closed;
    const contact = k === LABIODENTAL;
    const values = smooth(column(heard.controls, WIDTH, k), contact ? SIGMA.contact : SIGMA.shape);
    return contact
      ? values.map((v, i) => smoothstep(CONTACT.from, CONTACT.to, v) * (1 - closed[i]!))
      : values.map(unit);
  });
  for (let i = 0; i < heard.frames; i++) {
    const active = gate.activity[i]!;
    for (let k = 0; k < WIDTH; k++) articulation[i * WIDTH + k] = columns[k]![i]! * active;
    const touching = articulation[i * WIDTH + LABIODENTAL]!;
    const widest = 1 - (1 - AT_TEETH) * touching;
    articulation[i * WIDTH + APERTURE] = Math.min(
      articulation[i * WIDTH + APERTURE]! * (1 - closed[i]!),
      widest,
    );
  }
  limitSpeed(articulation, heard.frames);
  return {
    frames: heard.frames,
    articulation,
    voice: gate.voice,
    energy: gate.energy,
    warnings: gate.spoken ? [] : [warning("voice/unheard")],
  };
}
