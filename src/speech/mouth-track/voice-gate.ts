import { smoothstep } from "../../core/scalar.ts";
import type { VoiceAnalysis } from "../model/voice-analysis.ts";
import { INAUDIBLE } from "../features/loud-frames.ts";
import { quantile } from "../features/mel-statistics.ts";
import { smooth } from "../features/signal.ts";

/** Where somebody speaks, and how loud. */
export interface VoiceGate {
  /** `[frames]`, 0 where the mouth rests, 1 where it speaks, eased between. */
  readonly activity: Float32Array<ArrayBuffer>;
  /** `[frames]`, probability of speech after the gate. */
  readonly voice: Float32Array<ArrayBuffer>;
  /** `[frames]`, loudness relative to the clip's own speech, 0 to 1. */
  readonly energy: Float32Array<ArrayBuffer>;
  /** Stretches of speech in frames, `[start, end)`, in order. */
  readonly spans: readonly (readonly [start: number, end: number])[];
  /** Whether there was any speech. */
  readonly spoken: boolean;
}

/** A syllable lasts longer than this many frames; shorter stretches are clicks. */
const SHORTEST = 6;
/** Gaps shorter than this many frames belong to the speech around them. */
const GAP = 9;
/** Speech without a pause of this many frames around the whole clip is too little to be speech. */
const LEAST = 12;
/** The same for a voice that may have begun just now. */
const LEAST_YET = 4;
/** How far below the speech's own level sound still counts as speech, in nepers. */
const DEPTH = 6.5;
/** The mouth opens this many frames before speech begins, and closes in so many after. */
const OPENING = 12;
const CLOSING = 18;

/** What is known of a voice from before the frames at hand, and whether it may go on after them. */
export interface VoiceMemory {
  /** Levels of frames that were surely speech; see `VoiceAnalysis.level`. */
  readonly levels: readonly number[];
}

/** Stretches of frames where `on` holds, as `[start, end)`. */
export function stretches(frames: number, on: (frame: number) => boolean): [number, number][] {
  const found: [number, number][] = [];
  let start = -1;
  for (let i = 0; i <= frames; i++) {
    const now = i < frames && on(i);
    if (now && start < 0) start = i;
    if (!now && start >= 0) {
      found.push([start, i]);
      start = -1;
    }
  }
  return found;
}

/** Levels of the frames that are surely speech. */
export function certainLevels({
  voice,
  level,
}: {
  readonly voice: Float32Array;
  readonly level: Float32Array;
}): number[] {
  return Array.from(level).filter((value, i) => voice[i]! > 0.6 && value > INAUDIBLE);
}

function speechStretches(
  analysis: VoiceAnalysis,
  voice: Float32Array,
  level: Float32Array,
  memory: VoiceMemory | undefined,
): [number, number][] {
  const certain = [...(memory?.levels ?? []), ...certainLevels({ voice, level })];
  if (certain.length < (memory ? LEAST_YET : LEAST)) return [];
  const speech = quantile(Float32Array.from(certain).sort(), 0.9);
  const floor = Math.max(INAUDIBLE, speech - DEPTH);
  const raw = stretches(analysis.frames, (i) => voice[i]! > 0.5 && level[i]! > floor);
  const joined: [number, number][] = [];
  for (const [start, end] of raw) {
    const previous = joined.at(-1);
    if (previous && start - previous[1] <= GAP) previous[1] = end;
    else joined.push([start, end]);
  }
  return joined.filter(([start, end]) => {
    let peak = 0;
    for (let i = start; i < end; i++) peak = Math.max(peak, voice[i]!);
    const long = end - start >= SHORTEST || (memory && end === analysis.frames);
    return long && peak > 0.75;
  });
}

/**
 * Decides where somebody speaks: the network's voice activity together with loudness. The mouth opens 120 ms before
 * a voice begins and is at rest 180 ms after it; between and in clips without speech it rests exactly.
 * @param memory of a voice that is still being spoken; what lies at the end may then be a beginning.
 */
export function gateVoice(analysis: VoiceAnalysis, memory?: VoiceMemory): VoiceGate {
  const { frames } = analysis;
  const voice = smooth(analysis.voice, 2);
  const level = smooth(analysis.level, 1.5);
  const spans = speechStretches(analysis, voice, level, memory);
  const activity = new Float32Array(frames);
  for (const [start, end] of spans) {
    for (let i = Math.max(0, start - OPENING); i < Math.min(frames, end + CLOSING); i++) {
      const rise = i < start ? smoothstep(start - OPENING, start, i) : 1;
      const fall = i >= end ? 1 - smoothstep(end - 1, end + CLOSING, i) : 1;
      activity[i] = Math.max(activity[i]!, Math.min(rise, fall));
    }
  }
  const spoken = spans.length > 0;
  const loud = Float32Array.from(
    (memory?.levels ?? []).concat(...spans.map(([start, end]) => Array.from(level.subarray(start, end)))),
  ).sort();
  const [quiet, full] = [quantile(loud, 0.1) - 2, quantile(loud, 0.95)];
  return {
    activity,
    voice: voice.map((v, i) => v * activity[i]!),
    energy: level.map((l, i) => (spoken ? smoothstep(quiet, full, l) * activity[i]! : 0)),
    spans,
    spoken,
  };
}
