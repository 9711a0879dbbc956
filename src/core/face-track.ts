import type { Box } from "./face.ts";

/** Vertices of a tracked face: those of the mesh proper, without the irises. */
export const TRACKED_VERTICES = 468;

/**
 * Vertices whose colour is remembered for every frame, so that an occluder or another person can be told
 * from the face: first {@link LOOK_UPPER} of forehead, nose and cheeks, then the lower face, then the lips.
 */
export const LOOK_VERTICES: readonly number[] = [
  10, 151, 9, 8, 168, 6, 197, 195, 5, 4, 67, 297, 109, 338, 69, 299, 108, 337, 50, 280, 101, 330, 118, 347,
  117, 346, 123, 352, 36, 266, 205, 425, 187, 411, 2, 97, 326, 98, 327, 164, 167, 393, 165, 391, 92, 322, 206,
  426, 203, 423, 186, 410, 57, 287, 43, 273, 106, 335, 182, 406, 83, 313, 18, 200, 199, 175, 152, 148, 377,
  176, 400, 140, 369, 170, 395, 149, 378, 150, 379, 136, 365, 169, 394, 210, 430, 211, 431, 32, 262, 194, 418,
  201, 421, 208, 428, 202, 422, 204, 424, 212, 432, 214, 434, 192, 416, 216, 436, 207, 427, 138, 367, 135,
  364, 0, 37, 267, 40, 270, 61, 291, 17, 84, 314, 91, 321,
];
/** How many of {@link LOOK_VERTICES} lie above the mouth's motion. */
export const LOOK_UPPER = 39;
/** Where the lips begin in {@link LOOK_VERTICES}. */
export const LOOK_LIPS = 113;

/** One person followed through a video. All arrays have one row per frame of {@link FaceTracks}. */
export interface FaceTrack {
  /** The same number for the same person, across gaps and cuts. */
  readonly id: number;
  /** `[frames, 468, 3]` x, y, z in steps of {@link FaceTracks.step} pixels; zeros where the face is not seen. */
  readonly points: Int16Array<ArrayBuffer>;
  /** `[frames]`, 0 where the face is not seen, else its presence, 1 to 255. */
  readonly presence: Uint8Array<ArrayBuffer>;
  /**
   * `[frames, STEP_VALUES]` how the head moved from the frame before in pixels of {@link FaceTracks}, as `readStep`
   * reads it; zeros, certainty included, where that is not known.
   */
  readonly steps: Float32Array<ArrayBuffer>;
  /** `[frames, STEP_VALUES]` the same of the chin, which the jaw moves as one piece. */
  readonly chinSteps: Float32Array<ArrayBuffer>;
  /** `[frames]` mean contrast between neighbouring pixels around the nose in grey levels; falls with motion blur. */
  readonly sharpness: Float32Array<ArrayBuffer>;
  /** `[frames]` share of the lips' line on which teeth or gums seem to show, 0 to 255. */
  readonly teeth: Uint8Array<ArrayBuffer>;
  /** `[frames, LOOK_VERTICES.length, 3]` sRGB around each look vertex. */
  readonly look: Uint8Array<ArrayBuffer>;
}

/** The faces of a video over time. */
export interface FaceTracks {
  /** Size in pixels of the frames that were looked at. */
  readonly width: number;
  readonly height: number;
  /** Pixels per step of {@link FaceTrack.points}. */
  readonly step: number;
  readonly frames: number;
  /** Frames that begin a new shot, rising; frame 0 is not listed. */
  readonly cuts: readonly number[];
  /** The faces that were followed. */
  readonly faces: readonly FaceTrack[];
}

/** A person that a track shows, in short. */
export interface TrackSummary {
  readonly id: number;
  /** Frames in which the face is seen. */
  readonly seen: number;
  /** Median box in pixels of the tracking size. */
  readonly box: Box;
  /** How much the lips move on their own: spread of the lip gap in inter-ocular distances. */
  readonly lipMotion: number;
  /** Median inter-ocular distance in pixels. */
  readonly iod: number;
}
