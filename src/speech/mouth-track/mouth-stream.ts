import { ARTICULATORS, type MouthPiece } from "../../core/mouth.ts";
import { createRandom } from "../../core/random.ts";
import { emptyAnalysis, type VoiceAnalysis } from "../model/voice-analysis.ts";
import {
  joinAnalyses,
  sliceAnalysis,
  type AnalysedPiece,
  type SpeechStream,
} from "../model/speech-stream.ts";
import { drawn, type PartingLimits } from "./parting.ts";
import { shapeMouth } from "./shape-mouth.ts";
import { certainLevels } from "./voice-gate.ts";

/** Turns a voice into mouth motion while it is spoken. */
export interface MouthStream {
  /**
   * @param pcm the next mono 16 kHz samples in [-1, 1]; read, never kept. Calls must not overlap.
   * @param soon analyses all that has come, however little.
   * @returns the frames that are new or better known; null when nothing is.
   * @throws what the runtime throws.
   */
  push(pcm: Float32Array, soon?: boolean): Promise<MouthPiece | null>;
  /** The rest; all of it is final. */
  end(): Promise<MouthPiece | null>;
}

/** Frames that are shaped anew with each piece: rules look back no further. */
const WINDOW = 150;
/** Frames of speech that are remembered: the voice's own loudness and reach. */
const REMEMBERED = 500;
/** No articulator moves by more in 10 ms where a new opinion follows an old one: no jump, and contacts stay crisp. */
const LARGEST_STEP = 0.3;
/** A phrase's start that is analysed anew differs by less than this many frames. */
const SAME_PHRASE = 20;
const PHRASES = 4;
const WIDTH = ARTICULATORS.length;

/** Moves the values of the final frames towards the last ones that were given. */
function join(values: Float32Array, width: number, frames: number, last: Float32Array): Float32Array {
  for (let i = 0; i < frames; i++) {
    for (let k = 0; k < width; k++) {
      const at = i * width + k;
      const before = i === 0 ? last[k]! : values[at - width]!;
      values[at] = Math.min(before + LARGEST_STEP, Math.max(before - LARGEST_STEP, values[at]!));
    }
  }
  return frames === 0 ? last : values.slice((frames - 1) * width, frames * width);
}

/** Draws the partings of phrases, each once, however often its start is analysed. */
function createPartings(lead: number, offset: () => number): PartingLimits {
  const random = createRandom(7919);
  let phrases: { readonly start: number; readonly numbers: readonly [number, number, number] }[] = [];
  return {
    lead,
    draw(at) {
      const start = at + offset();
      const same = phrases.find((phrase) => Math.abs(phrase.start - start) < SAME_PHRASE);
      const numbers = same?.numbers ?? drawn(random);
      if (!same) phrases = [...phrases, { start, numbers }].slice(-PHRASES);
      return numbers;
    },
  };
}

/**
 * A stream of mouths over a stream of analyses.
 * @param future frames of future that its final frames depend on.
 */
export function createMouthStream(stream: SpeechStream, future: number): MouthStream {
  let window: VoiceAnalysis = emptyAnalysis(0);
  let windowFrom = 0;
  let levels: number[] = [];
  let openings: number[] = [];
  let last: Float32Array = new Float32Array(WIDTH);
  let before: VoiceAnalysis | null = null;
  const partings = createPartings(future, () => windowFrom);

  function shape({ provisional, ...analysis }: AnalysedPiece): MouthPiece | null {
    if (analysis.frames === 0 && (provisional === before || provisional.frames === 0)) return null;
    before = provisional;
    const start = windowFrom + window.frames;
    window = joinAnalyses([window, analysis]);
    const all = joinAnalyses([window, provisional]);
    const shaped = shapeMouth(all, { levels, openings, partings });
    const from = start - windowFrom;
    const part = (values: Float32Array<ArrayBuffer>, width: number) => values.slice(from * width);
    const articulation = part(shaped.articulation, WIDTH);
    const next = join(articulation, WIDTH, analysis.frames, last);
    join(articulation.subarray(analysis.frames * WIDTH), WIDTH, provisional.frames, next);
    last = next;
    forget(Math.max(0, window.frames - WINDOW), shaped.openings);
    return {
      start,
      final: analysis.frames,
      track: {
        frames: articulation.length / WIDTH,
        articulation,
        voice: part(shaped.voice, 1),
        energy: part(shaped.energy, 1),
      },
    };
  }

  /** Lets the oldest frames go and remembers how loud and how wide they were. */
  function forget(count: number, opened: Float32Array): void {
    if (count === 0) return;
    const gone = sliceAnalysis(window, 0, count);
    levels = levels.concat(certainLevels(gone)).slice(-REMEMBERED);
    const said = opened.subarray(0, count).filter((value) => !Number.isNaN(value));
    openings = openings.concat(Array.from(said)).slice(-REMEMBERED);
    window = sliceAnalysis(window, count, window.frames);
    windowFrom += count;
  }

  return {
    push: async (pcm, soon) => shape(await stream.push(pcm, soon)),
    end: async () => shape(await stream.end()),
  };
}
