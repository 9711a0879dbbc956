/** An axis-aligned box in image pixels. */
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** A face as the detector sees it, in pixels of the image it was found in. */
export interface DetectedFace {
  readonly box: Box;
  /** `[6, 2]`: right eye, left eye, nose tip, mouth centre, right ear, left ear (the person's right). */
  readonly keypoints: Float32Array<ArrayBuffer>;
  /** Confidence in [0, 1]. */
  readonly score: number;
}

/** Number of landmarks: 468 of the face mesh, then 5 of each iris. */
export const LANDMARK_COUNT = 478;

/** A face's mesh in pixels of the image it was found in. */
export interface FaceLandmarks {
  /** `[478, 3]`, row-major: x, y in pixels (0 at the left or top edge), z in the same unit, smaller is nearer. */
  readonly points: Float32Array<ArrayBuffer>;
  /** Probability in [0, 1] that the crop shows a face. */
  readonly presence: number;
}

/** Rotation of the head in degrees; yaw > 0 turns to the image's right, pitch > 0 looks up, roll > 0 leans clockwise in the image. */
export interface HeadPose {
  readonly yawDeg: number;
  readonly pitchDeg: number;
  readonly rollDeg: number;
}

/** Landmarks down the mouth, column by column: outer and inner edge of the upper lip, inner and outer edge of the lower. */
export const MOUTH_COLUMNS = [
  [39, 80, 88, 181],
  [37, 81, 178, 84],
  [37, 82, 87, 84],
  [0, 13, 14, 17],
  [267, 312, 317, 314],
  [267, 311, 402, 314],
  [269, 310, 318, 405],
] as const;
