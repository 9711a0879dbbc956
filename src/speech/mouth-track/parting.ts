import { createRandom, type Random } from "../../core/random.ts";
import { smoothstep } from "../../core/scalar.ts";
import type { VoiceGate } from "./voice-gate.ts";

/** Before speech after a pause of so many frames lips part; pauses of running speech are shorter. */
const LEAST_PAUSE = 40;
/**
 * Measured on 134 sentences of seven speakers (GRID): 86 % part their lips before the first sound, a quarter to six
 * tenths of a second ahead, nine tenths of them to .48–1.08 of their own reach, and shut them again for the first
 * consonant. Height as a share of the reach, times in frames before the voice.
 */
const CHANCE = 0.86;
const HEIGHT = [0.4, 0.9] as const;
const BEGIN = [40, 72] as const;
const PEAK = 30;
const END = 12;
/** Lips come to rest for so long after a phrase before they part for the next one. */
const REST = 18;

/** Three numbers of a generator. */
export const drawn = (random: Random): [number, number, number] => [random(), random(), random()];

/** What a voice that is still being spoken allows. */
export interface PartingLimits {
  /** Frames before a phrase at which it is known. */
  readonly lead: number;
  /** Three numbers in [0, 1) for the phrase that starts at a frame, the same when it is asked again. */
  draw(start: number): readonly [chance: number, height: number, lead: number];
}

/**
 * How far the lips are parted before each phrase: a breath, and getting ready. Equal sounds give equal partings.
 * @param gate where somebody speaks; without speech nothing parts.
 * @returns `[frames]`, aperture from 0 to 1.
 */
export function partings(
  { spans, activity }: VoiceGate,
  reach: number,
  limits?: PartingLimits,
): Float32Array<ArrayBuffer> {
  const out = new Float32Array(activity.length);
  let previous = -Infinity;
  for (const [start, end] of spans) {
    const pause = start - previous;
    const free = previous + REST;
    previous = end;
    if (pause < LEAST_PAUSE) continue;
    const [chance, height, lead] = limits?.draw(start) ?? drawn(createRandom(start * 7919 + end));
    if (chance > CHANCE) continue;
    const peak = (HEIGHT[0] + (HEIGHT[1] - HEIGHT[0]) * height) * reach;
    const wanted = Math.min(limits?.lead ?? Infinity, BEGIN[0] + (BEGIN[1] - BEGIN[0]) * lead);
    const begin = Math.max(start - wanted, free);
    for (let i = Math.max(0, Math.ceil(begin)); i < start - END; i++) {
      const rise = smoothstep(Math.min(begin, start - PEAK - 1), start - PEAK, i);
      out[i] = peak * rise * (1 - smoothstep(start - PEAK + 4, start - END, i));
    }
  }
  return out;
}
