/**
 * The articulators that the speech model finds and the rig moves, each 0 (rest) to 1 (full):
 * - `aperture`: gap between the lips, 1 = the widest vowel of normal speech
 * - `stretch`: lip corners drawn apart (as in "ee")
 * - `round`: lips rounded and protruded (as in "oo")
 * - `closure`: lips pressed together (p, b, m)
 * - `labiodental`: lower lip against the upper teeth (f, v)
 * - `teeth`: teeth together behind open lips (s, z, sh)
 * - `tongue`: tongue tip raised (t, d, n, l, th)
 */
export const ARTICULATORS = [
  "aperture",
  "stretch",
  "round",
  "closure",
  "labiodental",
  "teeth",
  "tongue",
] as const;

/** The name of one articulator. */
export type Articulator = (typeof ARTICULATORS)[number];

/** One instant of the mouth: every articulator in [0, 1]. */
export type MouthPose = Record<Articulator, number>;

/** Rate of every {@link MouthTrack} in Hz. */
export const MOUTH_RATE_HZ = 100;

/**
 * Mouth motion over time, one frame per 10 ms; frame `i` describes the instant `i / 100` s of the audio.
 * Already cleaned: closures gated, silence at rest, loudness of the clip equalised.
 */
export interface MouthTrack {
  readonly frames: number;
  /** `[frames, 7]`, row-major, in the order of {@link ARTICULATORS}, each in [0, 1]. */
  readonly articulation: Float32Array<ArrayBuffer>;
  /** `[frames]`, voice activity in [0, 1]. */
  readonly voice: Float32Array<ArrayBuffer>;
  /** `[frames]`, loudness relative to the clip's own speech level, 0 (silent) to 1 (loud); drives brows and nods. */
  readonly energy: Float32Array<ArrayBuffer>;
}

/** A part of a mouth that is still being analysed. */
export interface MouthPiece {
  /** Number of its first frame, at {@link MOUTH_RATE_HZ}. */
  readonly start: number;
  /** So many of its frames are final; those after them are replaced by the next piece. */
  readonly final: number;
  readonly track: MouthTrack;
}

/** The mouth at rest. */
export const REST_POSE: Readonly<MouthPose> = Object.freeze({
  aperture: 0,
  stretch: 0,
  round: 0,
  closure: 0,
  labiodental: 0,
  teeth: 0,
  tongue: 0,
});
