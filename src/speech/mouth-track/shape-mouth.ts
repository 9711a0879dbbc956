import { ARTICULATORS, type Articulator } from "../../core/mouth.ts";
import { unit } from "../../core/scalar.ts";
import type { AnalysedMouth } from "../../job/analysed-mouth.ts";
import { warning } from "../../job/warnings.ts";
import { quantile } from "../features/mel-statistics.ts";
import { column, smooth } from "../features/signal.ts";
import { LIPS, type VoiceAnalysis, type LipMeasure } from "../model/voice-analysis.ts";
import { lipContact } from "./lip-contact.ts";
import { partings, type PartingLimits } from "./parting.ts";
import { gateVoice, type VoiceMemory } from "./voice-gate.ts";

const WIDTH = ARTICULATORS.length;
const indexOf = (name: Articulator) => ARTICULATORS.indexOf(name);

/** Deviation in frames of the smoothing of shapes, which glide. */
const SIGMA = 2;
/** Aperture, before the knee, of a mouth that is open by its speaker's 95th percentile: the rig then shows people's mean. */
const WIDE = 1.04;
/** Aperture of lips that are parted to that reach before a phrase. */
const PARTING = 0.87;
/** A clip's reach is brought there, within these limits. */
const GAIN = [0.85, 1.25] as const;
/**
 * The speakers of the corpus say 51 words. Part of the opening is theirs, part what the abstract aperture says, a rule
 * of all languages: with theirs alone open and close vowels of other voices are hardly told apart (AUC of a Dutch reader
 * .62, with this .79), and people's own r loses .01. `spread` and `shut` bring the abstract one to people's distribution.
 */
const RULE = { share: 0.6, spread: 1.4, shut: 0.2 } as const;
/** A voice that is still being spoken is sure of its reach after so many frames of speech. */
const SURE = 200;
/** From here on apertures approach 1 ever slower, so that no vowel is cut off flat. */
const KNEE = 0.8;
/**
 * The most that the aperture opens and shuts in 10 ms, a little above what lips do (up to about 20 cm/s, Löfqvist &
 * Gracco 1997): the network's edges are as sharp as its labels, and a mouth that is wide open one frame after a closure
 * pops.
 */
const SPEED = { opening: 0.16, shutting: 0.2 } as const;

/**
 * Width of the mouth, in distances between the eyes: what the rig takes from it when it opens wide and when it is fully
 * round, and adds when it is fully stretched.
 */
const RIG = { open: 0.028, round: 0.19, stretch: 0.096 } as const;
/**
 * The predicted width is the mean of what people might do; times this its spread is theirs. Other languages' vowels speak
 * through the abstract controls, and so do phones for which lips are rounded most, of which the measured speakers have one
 * (the w of *one* and *white*: narrower by .12, predicted .08; *four* and *blue* are predicted as they are).
 */
const SPREAD = 1.35;
const ABSTRACT = { round: 0.05, stretch: 0.03, rounded: 0.1 } as const;

const soften = (x: number): number =>
  x <= KNEE ? x : KNEE + (1 - KNEE) * Math.tanh((x - KNEE) / (1 - KNEE));

/** Takes from an aperture, in place, what lips cannot do: they start to open later and to shut earlier than asked. */
function limitSpeed(aperture: Float32Array): void {
  for (let i = 1; i < aperture.length; i++) {
    aperture[i] = Math.min(aperture[i]!, aperture[i - 1]! + SPEED.opening);
  }
  for (let i = aperture.length - 2; i >= 0; i--) {
    aperture[i] = Math.min(aperture[i]!, aperture[i + 1]! + SPEED.shutting);
  }
}

/** How far the mouth opens, 1 = the 95th percentile of a speaker's own. */
function openings(people: Float32Array, abstract: Float32Array): Float32Array {
  return people.map(
    (value, i) =>
      (1 - RULE.share) * Math.max(0, value) +
      RULE.share * Math.max(0, RULE.spread * abstract[i]! - RULE.shut),
  );
}

/** What is known of a voice that is still being spoken, from before the frames at hand. */
export interface MouthMemory extends VoiceMemory {
  /** Openings while it spoke, 1 = the 95th percentile of a speaker's own. */
  readonly openings: readonly number[];
  readonly partings: PartingLimits;
}

/** A mouth, and what there is to remember of its voice. */
export interface ShapedMouth extends AnalysedMouth {
  /** `[frames]`, openings before they are sized; not a number where nobody spoke. */
  readonly openings: Float32Array;
}

/**
 * The mouth's motion from what the network found: openings and widths as people's, contacts crisp, lips that part
 * before a phrase, and rest where nobody speaks.
 * @param memory of a voice that is still being spoken: how far ahead of a phrase lips can part then depends on the future.
 */
export function shapeMouth(analysis: VoiceAnalysis, memory?: MouthMemory): ShapedMouth {
  const { frames } = analysis;
  const gate = gateVoice(analysis, memory);
  const contact = lipContact(analysis);
  const lips = (name: LipMeasure) => smooth(column(analysis.lips, LIPS.length, LIPS.indexOf(name)), SIGMA);
  const control = (name: Articulator) => smooth(column(analysis.controls, WIDTH, indexOf(name)), SIGMA);
  const aperture = openings(lips("opening"), control("aperture"));
  const opened = aperture.map((value, i) => (gate.activity[i]! > 0.9 ? value : Number.NaN));
  const known = Float32Array.of(
    ...(memory?.openings ?? []),
    ...opened.filter((value) => !Number.isNaN(value)),
  );
  const gain = Math.min(GAIN[1], Math.max(GAIN[0], 1 / Math.max(0.2, quantile(known.sort(), 0.95))));
  const reach = WIDE * (memory ? 1 + (gain - 1) * Math.min(1, known.length / SURE) : gain);
  const [round, stretch, teeth, tongue] = (["round", "stretch", "teeth", "tongue"] as const).map(control) as [
    Float32Array,
    Float32Array,
    Float32Array,
    Float32Array,
  ];
  const width = lips("width");
  const rounded = smooth(analysis.rounded, SIGMA);
  const parting = partings(gate, PARTING, memory?.partings);
  aperture.forEach((value, i) => {
    const said = soften(value * reach) * (1 - contact.shut[i]!) * gate.activity[i]!;
    aperture[i] = Math.max(said, parting[i]!);
  });
  limitSpeed(aperture);
  const articulation = new Float32Array(frames * WIDTH);
  for (let i = 0; i < frames; i++) {
    const active = gate.activity[i]!;
    const wanted =
      SPREAD * width[i]! +
      ABSTRACT.stretch * stretch[i]! -
      ABSTRACT.round * round[i]! -
      ABSTRACT.rounded * rounded[i]! +
      RIG.open * aperture[i]! * active;
    const pose: Record<Articulator, number> = {
      aperture: aperture[i]!,
      stretch: unit(wanted / RIG.stretch) * active,
      round: unit(-wanted / RIG.round) * active,
      closure: contact.bilabial[i]! * active,
      labiodental: contact.labiodental[i]! * active,
      teeth: unit(teeth[i]!) * active,
      tongue: unit(tongue[i]!) * active,
    };
    ARTICULATORS.forEach((name, k) => (articulation[i * WIDTH + k] = pose[name]));
  }
  return {
    frames,
    articulation,
    voice: gate.voice,
    energy: gate.energy,
    openings: opened,
    warnings: gate.spoken ? [] : [warning("voice/unheard")],
  };
}
