import { EngineError } from "../../job/errors.ts";
import type { RgbaImage } from "../../core/image.ts";
import { maskAlpha } from "../../core/mask-alpha.ts";
import { warning, withoutRepeats, type Warning } from "../../job/warnings.ts";
import { chooseFace, coverage } from "../../vision/detect/choose-face.ts";
import type { FaceData } from "../../worker-rpc/inference-api.ts";

/** The faces that speak and what to tell about the choice. */
export interface SpeakerChoice {
  /** As many as voices, from the image's left to its right. */
  readonly speakers: readonly FaceData[];
  readonly warnings: readonly Warning[];
}

/** A mask names a face of a dialogue when at least this part of its box is white. */
const NAMED_BY_MASK = 0.2;
/** A face smaller than this part of the second largest one is somebody in the background. */
const BACKGROUND = 0.25;

const area = ({ detection: { box } }: FaceData) => box.width * box.height;
const centreX = ({ detection: { box } }: FaceData) => box.x + box.width / 2;

/**
 * Who speaks: for one voice the largest face (or the one under the mask); for two the left-most and the right-most
 * of those that can speak, the background left out (or of those under the mask).
 * @param found all faces, largest first.
 * @param mask any size; white = may change.
 * @throws EngineError `input/no-face`, `input/one-face`, `input/face-too-small`, `input/face-turned`.
 */
export function chooseSpeakers(
  found: readonly FaceData[],
  voices: number,
  mask: RgbaImage | null,
  picture: RgbaImage,
): SpeakerChoice {
  const fitted = mask ? maskAlpha(mask, picture.width, picture.height) : undefined;
  if (voices === 1) {
    const { chosen, warnings } = chooseFace(found, fitted);
    return { speakers: [chosen], warnings };
  }
  const secondLargest = found[1] ? area(found[1]) : 0;
  const candidates = found.filter((face) =>
    fitted ? coverage(face, fitted) >= NAMED_BY_MASK : area(face) >= BACKGROUND * secondLargest,
  );
  if (found.length === 0) chooseFace(found);
  if (candidates.length < 2) {
    throw new EngineError(
      "input/one-face",
      fitted
        ? `The mask covers ${candidates.length === 1 ? "one face" : "no face"} of ${found.length}; a dialogue needs two. Paint both faces white, or leave the mask out.`
        : "One face was found, and a dialogue needs two. Use a picture in which two people look toward the camera, or one voice.",
    );
  }
  const inOrder = [...candidates].sort((a, b) => centreX(a) - centreX(b));
  const speakers = [inOrder[0]!, inOrder.at(-1)!];
  const warnings = speakers.flatMap((face) => chooseFace([face]).warnings);
  if (found.length > 2) warnings.push(warning("face/outermost", { faces: found.length }));
  return { speakers, warnings: withoutRepeats(warnings) };
}
