import { ARTICULATORS, MOUTH_RATE_HZ, type Articulator, type MouthTrack } from "../../../src/core/mouth.ts";
import type { VoiceAnalysis } from "../../../src/speech/model/voice-analysis.ts";
import { sampleMouth } from "../../../src/speech/mouth-track/sample-mouth.ts";
import { column, smooth } from "../../../src/speech/features/signal.ts";
import { near, PHONES, type ClipLabels } from "./labels.ts";
import { correlation } from "../../../src/core/correlation.ts";
import { auc, bestLag, fastMotion, hitsAtFalse, mean, median } from "./metrics.ts";

/** What a model says of a clip: its raw opinion and the finished motion. */
export interface Opinion {
  readonly heard: VoiceAnalysis;
  readonly track: MouthTrack;
}

/** Figures of one group of clips; NaN where the group has nothing to measure by. */
export interface Figures {
  clips: number;
  bilabials: number;
  apertureR: number;
  shownR: number;
  offsetMs: number;
  closureAuc: number;
  closureHits: number;
  closed25: number;
  falseClosed25: number;
  labiodentalAuc: number;
  roundingAuc: number;
  openCloseAuc: number;
  silenceLeak: number;
  jitter: number;
}

const WIDTH = ARTICULATORS.length;
const index = (name: Articulator) => ARTICULATORS.indexOf(name);
/** An aperture at or below this counts as closed. */
export const CLOSED = 0.12;
const FPS = 25;
/** Before speech lips may part for so long, in seconds. */
const PARTING_SECONDS = 0.75;

const peak = (values: Float32Array, from: number, to: number) => {
  let best = 0;
  for (let i = Math.max(0, from); i < Math.min(values.length, to); i++) best = Math.max(best, values[i]!);
  return best;
};

/** Certainty of a closure before the gate, as the gate sees it. */
function closureScore({ controls, bilabial }: VoiceAnalysis): Float32Array {
  const lips = smooth(bilabial, 1);
  return smooth(column(controls, WIDTH, index("closure")), 1).map((c, i) =>
    Math.sqrt(c * Math.min(1, lips[i]! / 0.6)),
  );
}

/** Collects evidence over the clips of a group. */
export class Scorer {
  private clips = 0;
  private readonly pairs = {
    closure: { yes: [] as number[], no: [] as number[] },
    labiodental: { yes: [] as number[], no: [] as number[] },
    round: { yes: [] as number[], no: [] as number[] },
    open: { yes: [] as number[], no: [] as number[] },
  };
  private readonly shown: number[] = [];
  private readonly wronglyShown: number[] = [];
  private readonly offsets: number[] = [];
  private readonly leak: number[] = [];
  private readonly jitter: number[] = [];
  private readonly heardApertures: number[] = [];
  private readonly shownApertures: number[] = [];
  private readonly trueApertures: number[] = [];

  /** Adds one clip. */
  add(labels: ClipLabels, { heard, track }: Opinion): void {
    this.clips++;
    const closure = closureScore(heard);
    const raw = (name: Articulator) => column(heard.controls, WIDTH, index(name));
    const [aperture, round, labiodental] = [raw("aperture"), raw("round"), raw("labiodental")];
    const { phones } = labels;
    for (const [i, [ipa, start, end]] of phones.entries()) {
      const first = Math.round(start * MOUTH_RATE_HZ);
      const last = Math.round(end * MOUTH_RATE_HZ);
      const middle = Math.round((first + last) / 2);
      if (PHONES.bilabial.has(ipa)) {
        this.pairs.closure.yes.push(peak(closure, first - 4, last + 4));
        this.shown.push(this.leastShown(track, start - 0.04, end + 0.02) <= CLOSED ? 1 : 0);
        if (labels.aperture === undefined) this.addOffset(closure, first, last);
      } else if (PHONES.lingual.has(ipa) && !near(phones, i, PHONES.bilabial)) {
        this.pairs.closure.no.push(peak(closure, first - 4, last + 4));
      }
      if (PHONES.labiodental.has(ipa)) {
        this.pairs.labiodental.yes.push(peak(labiodental, first - 2, last + 2));
      } else if (PHONES.notLabiodental.has(ipa) && !near(phones, i, PHONES.labiodental)) {
        this.pairs.labiodental.no.push(peak(labiodental, first - 2, last + 2));
      }
      if (last - first < 5) continue;
      const at = [middle - 2, middle + 3] as const;
      if (PHONES.openVowel.has(ipa)) {
        this.pairs.open.yes.push(peak(aperture, ...at));
        if (last - first >= 6) {
          const shown = sampleMouth(track, FPS, Math.round((middle / MOUTH_RATE_HZ) * FPS));
          this.wronglyShown.push(shown.aperture <= CLOSED ? 1 : 0);
        }
      } else if (PHONES.closeVowel.has(ipa)) this.pairs.open.no.push(peak(aperture, ...at));
      if (PHONES.roundVowel.has(ipa)) this.pairs.round.yes.push(peak(round, ...at));
      else if (PHONES.spreadVowel.has(ipa)) this.pairs.round.no.push(peak(round, ...at));
    }
    this.addTruth(labels, aperture, column(track.articulation, WIDTH, index("aperture")));
    this.addRest(labels, track);
  }

  /** The figures of all clips added. */
  figures(): Figures {
    const { closure, labiodental, round, open } = this.pairs;
    return {
      clips: this.clips,
      bilabials: closure.yes.length,
      apertureR: this.againstTruth(this.heardApertures),
      shownR: this.againstTruth(this.shownApertures),
      offsetMs: median(this.offsets),
      closureAuc: auc(closure.yes, closure.no),
      closureHits: hitsAtFalse(closure.yes, closure.no, 0.1),
      closed25: mean(this.shown),
      falseClosed25: mean(this.wronglyShown),
      labiodentalAuc: auc(labiodental.yes, labiodental.no),
      roundingAuc: auc(round.yes, round.no),
      openCloseAuc: auc(open.yes, open.no),
      silenceLeak: this.leak.length === 0 ? Number.NaN : Math.max(...this.leak),
      jitter: mean(this.jitter),
    };
  }

  private againstTruth(apertures: readonly number[]): number {
    return this.trueApertures.length === 0 ? Number.NaN : correlation(apertures, this.trueApertures);
  }

  /** The smallest aperture of the output frames between two moments; of the nearest one where none lies between. */
  private leastShown(track: MouthTrack, from: number, to: number): number {
    const first = Math.max(0, Math.ceil(from * FPS));
    const last = Math.floor(to * FPS);
    if (last < first) return sampleMouth(track, FPS, Math.round(((from + to) / 2) * FPS)).aperture;
    let least = 1;
    for (let k = first; k <= last; k++) least = Math.min(least, sampleMouth(track, FPS, k).aperture);
    return least;
  }

  private addOffset(closure: Float32Array, first: number, last: number): void {
    let at = -1;
    for (let i = Math.max(0, first - 12); i < Math.min(closure.length, last + 12); i++) {
      if (closure[i]! > 0.5 && (at < 0 || closure[i]! > closure[at]!)) at = i;
    }
    if (at >= 0) this.offsets.push((at - (first + last) / 2) * (1000 / MOUTH_RATE_HZ));
  }

  private addTruth(labels: ClipLabels, aperture: Float32Array, shown: Float32Array): void {
    if (labels.aperture === undefined) return;
    const truth = Float32Array.from(labels.aperture);
    const n = Math.min(truth.length, aperture.length);
    this.heardApertures.push(...aperture.subarray(0, n));
    this.shownApertures.push(...shown.subarray(0, n));
    this.trueApertures.push(...truth.subarray(0, n));
    this.offsets.push(bestLag(aperture, truth, 12) * (1000 / MOUTH_RATE_HZ));
  }

  /** Aperture where nothing was spoken for a quarter of a second, until lips part for what comes, and trembling where something was. */
  private addRest(labels: ClipLabels, track: MouthTrack): void {
    const aperture = column(track.articulation, WIDTH, index("aperture"));
    for (const [ipa, start, end] of labels.phones) {
      if (ipa !== "" || end - start < 0.6) continue;
      const from = start <= 0.01 ? 0 : Math.ceil((start + 0.3) * MOUTH_RATE_HZ);
      const to = Math.floor((end - PARTING_SECONDS) * MOUTH_RATE_HZ);
      if (to > from) this.leak.push(peak(aperture, from, to));
    }
    const closed = column(track.articulation, WIDTH, index("closure"));
    for (const [start, end] of labels.spans) {
      const from = Math.round(start * MOUTH_RATE_HZ);
      const to = Math.round(end * MOUTH_RATE_HZ);
      let begin = from;
      // Between contacts, which are fast by nature.
      for (let i = from; i <= to; i++) {
        if (i < to && closed[i]! < 0.05) continue;
        if (i - begin > 40) this.jitter.push(fastMotion(aperture.slice(begin, i), MOUTH_RATE_HZ, 8));
        begin = i + 1;
      }
    }
  }
}
