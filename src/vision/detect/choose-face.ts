import { EngineError } from "../../job/errors.ts";
import { isWhite, type MaskAlpha } from "../../core/mask-alpha.ts";
import { warning, type Warning } from "../../job/warnings.ts";
import type { FoundFace } from "../landmarks/face-analyser.ts";
import { checkUsableFace, STRONG_YAW_DEG } from "./usable-face.ts";

/** The face to animate and what to tell about the rest. */
export interface FaceChoice {
  readonly chosen: FoundFace;
  /** The other faces, the largest first. */
  readonly others: readonly FoundFace[];
  /** For the job's `warnings`. */
  readonly warnings: readonly Warning[];
}

/** A mask covers a face when at least this part of its box is white. */
const MIN_COVERAGE = 0.2;

/**
 * The part of a face's box, in [0, 1], on which a mask is white.
 * @param mask of the picture's size.
 */
export function coverage({ detection: { box } }: FoundFace, mask: MaskAlpha): number {
  const left = Math.max(0, Math.floor(box.x));
  const top = Math.max(0, Math.floor(box.y));
  const right = Math.min(mask.width, Math.ceil(box.x + box.width));
  const bottom = Math.min(mask.height, Math.ceil(box.y + box.height));
  let white = 0;
  for (let y = top; y < bottom; y++) {
    for (let x = left; x < right; x++) if (isWhite(mask, x, y)) white++;
  }
  return white / Math.max(1, (right - left) * (bottom - top));
}

/**
 * The face to animate: the largest, or with a mask the one that it covers most.
 * @param faces as {@link FaceAnalyser.analyse} returns them.
 * @param mask of the picture's size.
 * @throws EngineError `input/no-face`, `input/face-too-small` or `input/face-turned`.
 */
export function chooseFace(faces: readonly FoundFace[], mask?: MaskAlpha): FaceChoice {
  if (faces.length === 0) {
    throw new EngineError(
      "input/no-face",
      "No face was found in the picture. Use one that shows a face from the front, upright and not covered.",
    );
  }
  let chosen = faces[0]!;
  if (mask !== undefined) {
    const covered = faces.map((face) => coverage(face, mask));
    const best = covered.indexOf(Math.max(...covered));
    if (covered[best]! < MIN_COVERAGE) {
      throw new EngineError(
        "input/no-face",
        `The mask covers none of the ${faces.length} faces found. Paint the face to animate white, or leave the mask out.`,
      );
    }
    chosen = faces[best]!;
  }
  checkUsableFace(chosen);
  const others = faces.filter((face) => face !== chosen);
  const warnings: Warning[] = [];
  if (others.length > 0) {
    const code = mask === undefined ? "face/largest" : "face/under-mask";
    warnings.push(warning(code, { faces: faces.length }));
  }
  const yaw = Math.round(Math.abs(chosen.pose.yawDeg));
  if (yaw > STRONG_YAW_DEG) {
    warnings.push(warning("face/turned", { degrees: yaw }));
  }
  return { chosen, others, warnings };
}
