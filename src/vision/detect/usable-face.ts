import { EngineError } from "../../job/errors.ts";
import type { FoundFace } from "../landmarks/face-analyser.ts";

/** Smallest distance between the outer eye corners, in pixels, with which a mouth has enough pixels to move. */
const MIN_EYE_DISTANCE_PX = 32;
/** Beyond this yaw the far half of the mouth is hidden. */
const MAX_YAW_DEG = 45;
/** From this yaw on the motion is reduced. */
export const STRONG_YAW_DEG = 30;

const RIGHT_EYE_OUTER = 33;
const LEFT_EYE_OUTER = 263;

/**
 * Distance between the outer eye corners in pixels, measured in space, so that a turned head is not called small.
 */
export function eyeDistancePx({ landmarks: { points } }: FoundFace): number {
  const [a, b] = [RIGHT_EYE_OUTER * 3, LEFT_EYE_OUTER * 3];
  return Math.hypot(
    points[b]! - points[a]!,
    points[b + 1]! - points[a + 1]!,
    points[b + 2]! - points[a + 2]!,
  );
}

/**
 * Refuses a face of a picture that cannot be animated: one that is too small or turned too far.
 * @throws EngineError `input/face-too-small`, `input/face-turned`.
 */
export function checkUsableFace(face: FoundFace): void {
  const distance = eyeDistancePx(face);
  if (distance < MIN_EYE_DISTANCE_PX) {
    throw new EngineError(
      "input/face-too-small",
      `The face is too small: ${Math.round(distance)} pixels between the outer eye corners, at least ` +
        `${MIN_EYE_DISTANCE_PX} are needed. Use a larger picture or one that is cropped closer to the face.`,
      { details: { value: Math.round(distance), limits: { least: MIN_EYE_DISTANCE_PX }, unit: "pixels" } },
    );
  }
  const yaw = Math.abs(face.pose.yawDeg);
  if (yaw > MAX_YAW_DEG) {
    throw new EngineError(
      "input/face-turned",
      `The head is turned by ${Math.round(yaw)}°, at most ${MAX_YAW_DEG}° can be animated. ` +
        `Use a picture in which the face looks toward the camera.`,
      { details: { value: Math.round(yaw), limits: { most: MAX_YAW_DEG }, unit: "degrees" } },
    );
  }
}
