import { createRandom, normal } from "../../../src/core/random.ts";
import { SPEECH_RATE_HZ } from "../../../src/speech/features/log-mel.ts";

const SEED = 7;

/** The recording made `decibels` louder (quieter when negative). */
export function gain(pcm: Float32Array, decibels: number): Float32Array<ArrayBuffer> {
  const factor = 10 ** (decibels / 20);
  return Float32Array.from(pcm, (x) => x * factor);
}

/** The level that loud stretches of 50 ms have: the 80th percentile of their root mean square. */
function speechLevel(pcm: Float32Array): number {
  const step = SPEECH_RATE_HZ / 20;
  const levels = [];
  for (let i = 0; i + step <= pcm.length; i += step) {
    let sum = 0;
    for (let k = i; k < i + step; k++) sum += pcm[k]! ** 2;
    levels.push(Math.sqrt(sum / step));
  }
  levels.sort((a, b) => a - b);
  return levels[Math.floor(0.8 * (levels.length - 1))] ?? 0;
}

/** Noise of unit variance; pink has 3 dB less in every octave (Kellet's filter). */
export function noise(samples: number, kind: "white" | "pink"): Float32Array<ArrayBuffer> {
  const random = createRandom(SEED);
  const out = new Float32Array(samples);
  const state = [0, 0, 0];
  let power = 0;
  for (let i = 0; i < samples; i++) {
    const white = normal(random);
    state[0] = 0.99765 * state[0]! + white * 0.099046;
    state[1] = 0.963 * state[1]! + white * 0.2965164;
    state[2] = 0.57 * state[2]! + white * 1.0526913;
    out[i] = kind === "white" ? white : state[0] + state[1] + state[2] + white * 0.1848;
    power += out[i]! ** 2;
  }
  const scale = 1 / Math.sqrt(power / Math.max(1, samples));
  return out.map((x) => x * scale);
}

/** The recording with noise at a distance of `decibels` below its speech. */
export function withNoise(
  pcm: Float32Array,
  kind: "white" | "pink",
  decibels: number,
): Float32Array<ArrayBuffer> {
  const level = speechLevel(pcm) * 10 ** (-decibels / 20);
  const sound = noise(pcm.length, kind);
  return Float32Array.from(pcm, (x, i) => x + level * sound[i]!);
}

/** A telephone: nothing above 3.4 kHz, 8 kHz, mu-law of 8 bits (ITU-T G.711). */
export function telephone(pcm: Float32Array): Float32Array<ArrayBuffer> {
  const filtered = lowPass(pcm, 3400);
  const out = new Float32Array(pcm.length);
  const peak = filtered.reduce((a, x) => Math.max(a, Math.abs(x)), 1e-6);
  const mu = 255;
  const coded = filtered.map((x) => {
    const bent = (Math.sign(x) * Math.log1p((mu * Math.abs(x)) / peak)) / Math.log1p(mu);
    const rounded = Math.round(bent * 127) / 127;
    return (Math.sign(rounded) * peak * ((1 + mu) ** Math.abs(rounded) - 1)) / mu;
  });
  for (let i = 0; i < out.length; i += 2) out[i] = 2 * coded[i]!;
  return lowPass(out, 3900);
}

/** A windowed-sinc low-pass of 101 taps. */
function lowPass(pcm: Float32Array, hertz: number): Float32Array<ArrayBuffer> {
  const half = 50;
  const ratio = (2 * hertz) / SPEECH_RATE_HZ;
  const taps = Float64Array.from({ length: 2 * half + 1 }, (_, i) => {
    const x = (i - half) * ratio;
    const sinc = x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x);
    return ratio * sinc * (0.54 + 0.46 * Math.cos((Math.PI * (i - half)) / half));
  });
  const out = new Float32Array(pcm.length);
  for (let i = 0; i < pcm.length; i++) {
    let sum = 0;
    const from = Math.max(-half, -i);
    const to = Math.min(half, pcm.length - 1 - i);
    for (let k = from; k <= to; k++) sum += taps[k + half]! * pcm[i + k]!;
    out[i] = sum;
  }
  return out;
}

/** A room that rings for `seconds` (time to fall by 60 dB): sparse random echoes under an exponential. */
export function reverberate(pcm: Float32Array, seconds: number): Float32Array<ArrayBuffer> {
  const random = createRandom(SEED, 1);
  const length = Math.floor(seconds * SPEECH_RATE_HZ);
  const out = Float32Array.from(pcm);
  for (let echo = 0; echo < 400; echo++) {
    const delay = 1 + Math.floor(random() * length);
    const strength = 0.35 * normal(random) * Math.exp((-6.9 * delay) / length) * 0.25;
    for (let i = delay; i < out.length; i++) out[i]! += strength * pcm[i - delay]!;
  }
  return out;
}

/** Sounds without a voice, ten seconds each: the mouth must stay closed on them. */
export const VOICELESS = {
  "noise at -50 dBFS": () => gain(noise(10 * SPEECH_RATE_HZ, "white"), -50),
  "loud pink noise": () => gain(noise(10 * SPEECH_RATE_HZ, "pink"), -15),
  music: () => music(10),
  "hum of an empty room": () => emptyRoom(10),
} as const satisfies Record<string, () => Float32Array>;

/** Plucked chords and a bass line over four bars. */
function music(seconds: number): Float32Array<ArrayBuffer> {
  const random = createRandom(SEED, 2);
  const out = new Float32Array(seconds * SPEECH_RATE_HZ);
  const beat = 0.4;
  for (let t = 0; t < seconds; t += beat) {
    const root = 48 + [0, 5, 7, 9][Math.floor(t / (4 * beat)) % 4]!;
    for (const step of [-12, 0, 4, 7, 12 + Math.floor(random() * 12)]) {
      const hertz = 440 * 2 ** ((root + step - 69) / 12);
      const from = Math.floor(t * SPEECH_RATE_HZ);
      for (let i = from; i < Math.min(out.length, from + SPEECH_RATE_HZ); i++) {
        const age = (i - from) / SPEECH_RATE_HZ;
        for (let k = 1; k <= 6; k++) {
          out[i]! += (0.06 / k) * Math.exp(-age * (2 + k)) * Math.sin(2 * Math.PI * hertz * k * age);
        }
      }
    }
  }
  return out;
}

/** Mains hum with partials, ventilation and a few knocks. */
function emptyRoom(seconds: number): Float32Array<ArrayBuffer> {
  const random = createRandom(SEED, 3);
  const out = gain(noise(seconds * SPEECH_RATE_HZ, "pink"), -48);
  for (let i = 0; i < out.length; i++) {
    const t = i / SPEECH_RATE_HZ;
    for (const k of [1, 2, 3, 6]) out[i]! += (0.002 / k) * Math.sin(2 * Math.PI * 50 * k * t);
  }
  for (let knock = 0; knock < 5; knock++) {
    const at = Math.floor(random() * (out.length - 4000));
    for (let i = 0; i < 4000; i++) out[at + i]! += 0.1 * Math.exp(-i / 300) * Math.sin(i * 0.11) * random();
  }
  return out;
}
