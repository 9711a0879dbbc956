import { MOUTH_RATE_HZ, type MouthTrack } from "../../core/mouth.ts";
import { createRandom, normal, type Random } from "../../core/random.ts";
import { clamp, smoothstep } from "../../core/scalar.ts";
import { createLooks, steadyGaze } from "../eyes/gaze.ts";
import type { FramePose } from "../portrait/portrait.ts";

/** How lively a head is. */
export interface IdleMotionStyle {
  /** Size of the head's motion; 0 = still, 1 = as people do. */
  readonly headMotion: number;
  /** Blinks per minute; 0 = none. */
  readonly blinkRate: number;
  /** How strongly loudness moves head and brows; 1 = as people do. */
  readonly energy: number;
  /** Size of the brows' play; 1 = as people do. */
  readonly expressiveness: number;
  /** −1 glum to 1 smiling. */
  readonly smile: number;
}

/** The motion of a face apart from its mouth. */
export interface IdleMotion {
  /** The face at a time in seconds; times outside the clip hold its ends. */
  at(timeSeconds: number): Omit<FramePose, "mouth">;
}

/** Lids: closing, closed and opening, in seconds. */
const BLINK = { close: 0.08, hold: 0.035, open: 0.17 } as const;
const BLINK_SECONDS = BLINK.close + BLINK.hold + BLINK.open;
const SHORTEST_BETWEEN_BLINKS = 0.8;
const STREAM = {
  blink: 11,
  yaw: 12,
  pitch: 13,
  roll: 14,
  x: 15,
  y: 16,
  brow: 17,
  nod: 18,
  gaze: 19,
} as const;

/** How far a listener turns to the partner, in degrees: the head, and what the eyes look at. */
const TOWARDS_PARTNER = { yaw: 2, gaze: 6 } as const;
/** A listener turns to the partner within about this time. */
const LISTENING_SECONDS = 0.4;

/** Moving average of `seconds`, three times over: nearly a Gaussian, without delay. */
function smooth(values: Float32Array, seconds: number): Float32Array {
  const radius = Math.max(1, Math.round((seconds * MOUTH_RATE_HZ) / 2));
  let line = values;
  for (let pass = 0; pass < 3; pass++) {
    const out = new Float32Array(line.length);
    let sum = 0;
    const at = (i: number) => line[clamp(i, 0, line.length - 1)]!;
    for (let i = -radius; i <= radius; i++) sum += at(i);
    for (let i = 0; i < line.length; i++) {
      out[i] = sum / (2 * radius + 1);
      sum += at(i + radius + 1) - at(i - radius);
    }
    line = out;
  }
  return line;
}

/** Ornstein-Uhlenbeck noise of standard deviation `sigma` around 0, slow enough for a head (below about 0.6 Hz). */
function wander(random: Random, length: number, sigma: number, seconds: number): Float32Array {
  const keep = Math.exp(-1 / (seconds * MOUTH_RATE_HZ));
  const kick = Math.sqrt(1 - keep * keep);
  const raw = new Float32Array(length + 400);
  let value = normal(random);
  for (let i = 0; i < raw.length; i++) {
    value = keep * value + kick * normal(random);
    raw[i] = value;
  }
  const soft = smooth(raw, 0.35).subarray(200, 200 + length);
  // Smoothing takes some of the variance: the factor restores it for these two time constants.
  return soft.map((v) => v * sigma * 1.25);
}

/** Adds a smooth bump of the given height, rising and falling within `seconds`. */
function addBump(line: Float32Array, start: number, seconds: number, height: number): void {
  const first = Math.round(start * MOUTH_RATE_HZ);
  const count = Math.round(seconds * MOUTH_RATE_HZ);
  for (let i = 0; i <= count; i++) {
    const at = first + i;
    if (at >= 0 && at < line.length) line[at]! += height * 0.5 * (1 - Math.cos((2 * Math.PI * i) / count));
  }
}

function lidAt(seconds: number): number {
  if (seconds <= 0 || seconds >= BLINK_SECONDS) return 0;
  if (seconds < BLINK.close) return smoothstep(0, BLINK.close, seconds);
  if (seconds < BLINK.close + BLINK.hold) return 1;
  return 1 - smoothstep(BLINK.close + BLINK.hold, BLINK_SECONDS, seconds);
}

/** Start times of blinks: log-normal intervals, drawn to the nearest pause of the voice. */
function blinkTimes(
  random: Random,
  voice: Float32Array,
  durationSeconds: number,
  perMinute: number,
): number[] {
  const times: number[] = [];
  if (perMinute <= 0) return times;
  const sigma = 0.6;
  const mean = 60 / perMinute;
  const next = () =>
    Math.max(SHORTEST_BETWEEN_BLINKS, mean * Math.exp(sigma * normal(random) - (sigma * sigma) / 2));
  let time = next() * (0.3 + 0.7 * random());
  while (time < durationSeconds - BLINK_SECONDS) {
    let chosen = time;
    if (random() < 0.6) {
      const earliest = (times[times.length - 1] ?? -SHORTEST_BETWEEN_BLINKS) + SHORTEST_BETWEEN_BLINKS;
      let best = Infinity;
      for (let shift = -0.5; shift <= 0.5; shift += 0.05) {
        const at = time + shift;
        if (at < Math.max(0.2, earliest) || at > durationSeconds - BLINK_SECONDS) continue;
        const cost =
          voice[clamp(Math.round((at + 0.05) * MOUTH_RATE_HZ), 0, voice.length - 1)]! + Math.abs(shift) * 0.3;
        if (cost < best) [best, chosen] = [cost, at];
      }
    }
    times.push(chosen);
    time = Math.max(chosen, time) + next();
  }
  return times;
}

/** Peaks of loudness that stand out, as frame numbers: the accents of the voice. */
function accents(energy: Float32Array, voice: Float32Array): number[] {
  const fast = smooth(energy, 0.06);
  const slow = smooth(energy, 0.8);
  const found: number[] = [];
  for (let i = 1; i + 1 < fast.length; i++) {
    const peak = fast[i]! > fast[i - 1]! && fast[i]! >= fast[i + 1]!;
    const apart = i - (found[found.length - 1] ?? -100) > 0.35 * MOUTH_RATE_HZ;
    if (peak && apart && voice[i]! > 0.5 && fast[i]! > slow[i]! + 0.06) found.push(i);
  }
  return found;
}

/**
 * Blinks, head motion and brows of one speaker: computed once at 100 Hz, so the same at any frame rate.
 * It starts from the source's own pose within the first 0.6 s.
 * @param seed the job's seed: equal seeds give equal motion.
 * @param partner the voice that a silent listener hears: nods follow the ends of its phrases, and the listener looks
 * to its `side` of the picture, −1 left to 1 right.
 * @see models of eye blinks and head motion in speech: Bentivoglio 1997, Busso 2007.
 */
export function createIdleMotion(
  track: MouthTrack,
  durationSeconds: number,
  seed: number,
  style: IdleMotionStyle,
  partner?: { readonly track: MouthTrack; readonly side: number },
): IdleMotion {
  const length = Math.max(2, Math.ceil(durationSeconds * MOUTH_RATE_HZ) + 1);
  const stretchTo = (values: Float32Array) =>
    Float32Array.from({ length }, (_, i) => (i < values.length ? values[i]! : 0));
  const voice = stretchTo(track.voice);
  const energy = stretchTo(track.energy);
  const speaking = smooth(voice, 0.5);
  const { headMotion } = style;
  const yaw = wander(createRandom(seed, STREAM.yaw), length, 2, 0.7);
  const pitch = wander(createRandom(seed, STREAM.pitch), length, 1.3, 0.6);
  const roll = wander(createRandom(seed, STREAM.roll), length, 1, 0.8);
  const x = wander(createRandom(seed, STREAM.x), length, 0.008, 0.9);
  const y = wander(createRandom(seed, STREAM.y), length, 0.006, 0.9);
  // The beat of the voice, about 0.5 to 2 Hz, nods the head.
  const [fast, slow] = [smooth(energy, 0.18), smooth(energy, 0.9)];
  const brow = new Float32Array(length);
  const browRandom = createRandom(seed, STREAM.brow);
  for (const frame of accents(energy, voice)) {
    const [chance, size, time] = [browRandom(), browRandom(), browRandom()];
    if (chance < 0.3) {
      addBump(
        brow,
        frame / MOUTH_RATE_HZ - 0.15,
        0.5 + 0.3 * time,
        (0.25 + 0.4 * size) * style.expressiveness,
      );
    }
  }
  const looks = createLooks(createRandom(seed, STREAM.gaze), length, 0.5 + 0.5 * Math.min(1, headMotion));
  const nods = new Float32Array(length);
  const listening = new Float32Array(length);
  if (partner) {
    const nodRandom = createRandom(seed, STREAM.nod);
    const heard = stretchTo(partner.track.voice);
    listening.set(
      smooth(
        heard.map((v, i) => v * (1 - speaking[i]!)),
        LISTENING_SECONDS,
      ),
    );
    for (let i = 30; i < length; i++) {
      const ends = heard[i]! < 0.5 && heard[i - 1]! >= 0.5;
      if (!ends || nodRandom() > 0.55 || voice[i]! > 0.5) continue;
      const start = i / MOUTH_RATE_HZ + 0.1 + 0.3 * nodRandom();
      addBump(nods, start, 0.5, -2.2);
      if (nodRandom() < 0.5) addBump(nods, start + 0.42, 0.45, -1.4);
    }
  }
  for (let i = 0; i < length; i++) {
    const begin = smoothstep(0, 0.6, i / MOUTH_RATE_HZ);
    const lively = headMotion * begin * (0.55 + 0.45 * speaking[i]!);
    const beat = clamp((fast[i]! - slow[i]!) * 5 * style.energy, -1.5, 1.5);
    const side = (partner?.side ?? 0) * listening[i]! * begin;
    yaw[i] = clamp(yaw[i]! * lively + TOWARDS_PARTNER.yaw * side * Math.min(1, headMotion), -5, 5);
    looks.x[i] = looks.x[i]! * begin + TOWARDS_PARTNER.gaze * side;
    looks.y[i]! *= begin;
    pitch[i] = clamp(pitch[i]! * lively + (beat + nods[i]!) * headMotion * begin, -4, 4);
    roll[i] = clamp(roll[i]! * lively, -3, 3);
    x[i] = x[i]! * lively;
    y[i] = y[i]! * lively;
    brow[i] = clamp(brow[i]!, 0, 1);
  }
  steadyGaze(looks, yaw, pitch);
  const blinks = blinkTimes(createRandom(seed, STREAM.blink), voice, durationSeconds, style.blinkRate);

  return {
    at(timeSeconds) {
      const place = clamp(timeSeconds * MOUTH_RATE_HZ, 0, length - 1);
      const low = Math.min(length - 2, Math.floor(place));
      const mix = (line: Float32Array) => line[low]! + (line[low + 1]! - line[low]!) * (place - low);
      let lids = 0;
      for (const start of blinks) lids = Math.max(lids, lidAt(timeSeconds - start));
      return {
        head: { yawDeg: mix(yaw), pitchDeg: mix(pitch), rollDeg: mix(roll), x: mix(x), y: mix(y) },
        blinkLeft: lids,
        blinkRight: lids,
        gaze: [mix(looks.x), mix(looks.y)],
        brow: mix(brow),
        smile: style.smile,
      };
    },
  };
}
