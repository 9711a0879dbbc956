import type { MouthPose, MouthTrack } from "../../core/mouth.ts";
import { sampleMouth } from "../../speech/mouth-track/sample-mouth.ts";

/**
 * The mouth of an output frame, its openings sized by the style; closures and contacts stay whole.
 * @param expressiveness 1 = as the voice has it.
 * @param frameIndex may be fractional.
 */
export function mouthAt(
  track: MouthTrack,
  expressiveness: number,
  fps: number,
  frameIndex: number,
): MouthPose {
  const pose = sampleMouth(track, fps, frameIndex);
  const sized = (value: number) => Math.min(1, value * expressiveness);
  return { ...pose, aperture: sized(pose.aperture), stretch: sized(pose.stretch), round: sized(pose.round) };
}
