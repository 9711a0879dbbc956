import { MOUTH_RATE_HZ, type MouthTrack } from "../../core/mouth.ts";
import { createRandom } from "../../core/random.ts";
import { clamp, smoothstep } from "../../core/scalar.ts";
import { createLooks, steadyGaze } from "../eyes/gaze.ts";
import type { FramePose } from "../portrait/portrait.ts";
import { drawBlinks, lidsAt } from "./blinks.ts";
import { addBump, smooth, wander, type Wandering } from "./wander.ts";

/** How lively a head is. */
export interface IdleMotionStyle {
  /** Size of the head's motion; 0 = still, 1 = as people do. */
  readonly headMotion: number;
  /** Blinks per minute; 0 = none. */
  readonly blinkRate: number;
  /** How strongly loudness moves head and brows; 1 = as people do. */
  readonly energy: number;
  /** Size of the brows' play and of the head's quick turns; 1 = as people do. */
  readonly expressiveness: number;
  /** −1 glum to 1 smiling. */
  readonly smile: number;
}

/** The motion of a face apart from its mouth. */
export interface IdleMotion {
  /** The face at a time in seconds; times outside the clip hold its ends. */
  at(timeSeconds: number): Omit<FramePose, "mouth">;
}

/** One way in which a head moves: slowly about, and in small quick turns while it speaks. */
interface Turning {
  readonly slow: Wandering;
  readonly quick: Wandering;
}

/**
 * Degrees. Fitted so that the tracker finds in our pictures what it finds in those of seven speakers (docs/idle-motion.md):
 * their heads turn less far than one thinks, and four fifths of the speed's power lie above 1 Hz.
 */
const TURN: Readonly<Record<"yaw" | "pitch" | "roll", Turning>> = {
  yaw: {
    slow: { sigma: 1.4, seconds: 0.7, softness: 0.35 },
    quick: { sigma: 0.68, seconds: 0.1, softness: 0.14 },
  },
  pitch: {
    slow: { sigma: 1.25, seconds: 0.6, softness: 0.35 },
    quick: { sigma: 0.8, seconds: 0.1, softness: 0.14 },
  },
  roll: {
    slow: { sigma: 0.5, seconds: 0.8, softness: 0.35 },
    quick: { sigma: 0.25, seconds: 0.1, softness: 0.14 },
  },
};
/** The head's place, in distances between the eyes. */
const PLACE: Readonly<Record<"x" | "y", Wandering>> = {
  x: { sigma: 0.008, seconds: 0.9, softness: 0.35 },
  y: { sigma: 0.006, seconds: 0.9, softness: 0.35 },
};
/** Share of the motion that is left while nobody speaks: people's speed falls by a quarter. */
const AT_REST = { slow: 0.85, quick: 0.7 } as const;
/**
 * Degrees by which a voice that is louder than in the last second nods the head, and the most of it. Little: with people's
 * heads loudness goes by r = −.21 to .35.
 */
export const VOICE_NOD = { degrees: 1.6, most: 0.8 } as const;

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
  const turn = (axis: keyof typeof TURN) => {
    const random = createRandom(seed, STREAM[axis]);
    const slow = wander(random, length, TURN[axis].slow);
    const quick = wander(random, length, TURN[axis].quick);
    return slow.map((value, i) => {
      const calm = 1 - speaking[i]!;
      const lively = style.expressiveness * quick[i]!;
      return value * (1 - (1 - AT_REST.slow) * calm) + lively * (1 - (1 - AT_REST.quick) * calm);
    });
  };
  const [yaw, pitch, roll] = [turn("yaw"), turn("pitch"), turn("roll")];
  const x = wander(createRandom(seed, STREAM.x), length, PLACE.x);
  const y = wander(createRandom(seed, STREAM.y), length, PLACE.y);
  // The beat of the voice, about 0.5 to 2 Hz.
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
    const lively = headMotion * begin;
    const { degrees, most } = VOICE_NOD;
    const beat = clamp((fast[i]! - slow[i]!) * degrees * style.energy, -most, most);
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
  const blinks = drawBlinks(createRandom(seed, STREAM.blink), voice, durationSeconds, style.blinkRate);

  return {
    at(timeSeconds) {
      const place = clamp(timeSeconds * MOUTH_RATE_HZ, 0, length - 1);
      const low = Math.min(length - 2, Math.floor(place));
      const mix = (line: Float32Array) => line[low]! + (line[low + 1]! - line[low]!) * (place - low);
      const lids = lidsAt(blinks, timeSeconds);
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
