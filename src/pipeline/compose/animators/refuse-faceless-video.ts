import { EngineError } from "../../../job/errors.ts";

/**
 * Refuses a video in which no frame shows a usable face.
 * @param strengths of each face, `[frames of the video]` strength of the new mouth, 0 to 1.
 * @throws EngineError `input/face-turned`.
 */
export function checkUsableFrames(strengths: readonly Float32Array[]): void {
  if (strengths.some((face) => face.some((strength) => strength > 0))) return;
  throw new EngineError(
    "input/face-turned",
    "The face is turned away, covered or at the picture's border in every frame, so its mouth cannot be replaced. Use a video in which it looks toward the camera.",
  );
}
