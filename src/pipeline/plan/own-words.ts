import { correlation } from "../../core/correlation.ts";
import type { FaceTrack } from "../../core/face-track.ts";
import type { MouthPose, MouthTrack } from "../../core/mouth.ts";
import { sampleMouth } from "../../speech/mouth-track/sample-mouth.ts";
import { lipGaps } from "./lip-gaps.ts";

/**
 * Lips follow the sound that is their own: r of gap and heard aperture is .67 to .78 for seven speakers in 30 s of theirs,
 * and .08 to .52 in each other's, although all of them rest at the same instants.
 */
const LEAST_R = 0.55;
/** Seconds of the face that it takes to tell. */
const LEAST_SECONDS = 1;

/**
 * What a person of a video says in each frame, by the video's own sound.
 * @param spoken what that sound says; null where there is none. @param fps frames a second of the video.
 * @param starts `[frames]` instant of each frame in seconds.
 * @returns null where the lips do not follow the sound: somebody else speaks, or it was dubbed.
 */
export function ownWords(
  track: FaceTrack,
  spoken: MouthTrack | null,
  fps: number,
  starts: ArrayLike<number>,
): ((frame: number) => MouthPose) | null {
  if (!spoken) return null;
  const said = (frame: number) => sampleMouth(spoken, fps, starts[frame]! * fps);
  const seen = lipGaps(track).flatMap((gap, frame) => (gap === null ? [] : [{ gap, frame }]));
  if (seen.length < LEAST_SECONDS * fps) return null;
  const r = correlation(
    seen.map(({ gap }) => gap),
    seen.map(({ frame }) => said(frame).aperture),
  );
  return r >= LEAST_R ? said : null;
}
