import { createRandom } from "../../core/random.ts";

const RATE_HZ = 16_000;
const PITCH_HZ = 120;
/** Formants of an open and of a spread vowel in Hz, and their bandwidths. */
const OPEN = [730, 1090, 2440] as const;
const SPREAD = [270, 2290, 3010] as const;
const BANDWIDTHS_HZ = [80, 100, 140] as const;

/** Seconds at which the parts of {@link sampleVoice} begin; each lasts 0.4 s. */
export const SAMPLE_VOICE_PARTS = { silence: 0, vowels: 0.4, hiss: 0.8 } as const;

/**
 * A short sound with the range of speech: 0.4 s of silence, 0.4 s of a voice that glides between two vowels, 0.4 s of a
 * hiss like an s. A train of pulses passes three resonators in a row (Klatt 1980, cascade).
 * @returns mono samples at 16 kHz in [-1, 1].
 */
export function sampleVoice(): Float32Array<ArrayBuffer> {
  const part = 0.4 * RATE_HZ;
  const out = new Float32Array(3 * part);
  const random = createRandom(5);
  const state = [0, 1, 2].map(() => [0, 0] as [number, number]);
  let phase = 0;
  for (let i = 0; i < part; i++) {
    const share = i / part;
    phase += PITCH_HZ / RATE_HZ;
    let value = 0;
    if (phase >= 1) {
      phase -= 1;
      value = 1;
    }
    for (const [k, kept] of state.entries()) {
      const frequency = OPEN[k]! + (SPREAD[k]! - OPEN[k]!) * share;
      const radius = Math.exp((-Math.PI * BANDWIDTHS_HZ[k]!) / RATE_HZ);
      const b = 2 * radius * Math.cos((2 * Math.PI * frequency) / RATE_HZ);
      const c = -radius * radius;
      value = (1 - b - c) * value + b * kept[0] + c * kept[1];
      kept[1] = kept[0];
      kept[0] = value;
    }
    out[part + i] = value;
  }
  const loudest = out.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  let before = 0;
  for (let i = part; i < 2 * part; i++) out[i]! *= 0.6 / loudest;
  for (let i = 2 * part; i < 3 * part; i++) {
    const noise = random() * 2 - 1;
    out[i] = 0.15 * (noise - before);
    before = noise;
  }
  return out;
}
