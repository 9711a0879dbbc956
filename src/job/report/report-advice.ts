import type { WarningCode } from "../warnings.ts";

/** What to do about a result that may look wrong; warnings that say it themselves have none. */
const ADVICE: Partial<Record<WarningCode, string>> = {
  "picture/not-enlarged": "Use a larger picture for a larger video.",
  "picture/cut-short": "Copy the picture's file again from where it came.",
  "video/not-enlarged": "Use a larger video for a larger video.",
  "video/cut-short": "Copy the video's file again from where it came.",
  "video/faceless":
    "These frames show no face, or one that is turned away, covered or very small. Where a face should have been found, cut the clip there, or use a larger one.",
  "video/largest-face": "Choose the face, or paint a mask over it, and render again.",
  "video/speaking-face": "If it is the wrong person, choose the face and render again.",
  "face/largest": "If it is the wrong person, choose the face and render again.",
  "face/turned": "A face from the front moves fully; up to 15° looks best.",
  "face/weakened": "A face from the front moves fully; up to 15° looks best.",
  "face/small": "Cut the picture closer to the face, or use a larger one.",
  "mouth/small": "Cut the picture closer to the face, or use a larger one.",
  "sound/damaged": "Copy the sound's file again from where it came.",
  "voice/unheard": "Use a louder voice, or one without music and noise.",
};

/** What to do about a warning; undefined where there is nothing to do. */
export function adviceFor(code: string): string | undefined {
  return ADVICE[code as WarningCode];
}
