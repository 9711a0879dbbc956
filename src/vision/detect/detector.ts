import type { DetectedFace } from "../../core/face.ts";
import type { RgbaImage } from "../../core/image.ts";
import type { Model, Tensor } from "../../inference/model.ts";
import { anchorCentres } from "./anchors.ts";
import { cropToImage, sampleCrop, type CropRect } from "../landmarks/crop.ts";
import type { Candidate } from "./suppression.ts";

/** What distinguishes the two BlazeFace detectors. */
interface DetectorKind {
  readonly size: number;
  readonly anchors: Float32Array;
  readonly minScore: number;
}

/** Near faces; thresholds and anchors of MediaPipe's `face_detection_short_range`. */
export const SHORT_RANGE: DetectorKind = {
  size: 128,
  anchors: anchorCentres(128, [
    { stride: 8, perCell: 2 },
    { stride: 16, perCell: 6 },
  ]),
  minScore: 0.5,
};

/** Small faces; thresholds and anchors of MediaPipe's `face_detection_full_range`. */
export const FULL_RANGE: DetectorKind = {
  size: 192,
  anchors: anchorCentres(192, [{ stride: 4, perCell: 1 }]),
  minScore: 0.6,
};

const KEYPOINTS = 6;
const VALUES = 16;

/** The square around a whole image, turned by quarter turns. */
export function wholeImage(image: RgbaImage, quarterTurns = 0): CropRect {
  const side = Math.max(image.width, image.height);
  return {
    centreX: image.width / 2,
    centreY: image.height / 2,
    width: side,
    height: side,
    angle: (quarterTurns * Math.PI) / 2,
  };
}

/** What a detector is fed for a square of an image. */
export function detectorFeeds({ size }: DetectorKind, image: RgbaImage, rect: CropRect): { image: Tensor } {
  const data = sampleCrop(image, rect, { size, border: "black", scale: 1 / 127.5, offset: -1 });
  return { image: { data, dims: [1, 3, size, size] } };
}

/** All candidates that a detector sees within a square of an image, unmerged, in pixels of the image. */
export async function detectWithin(
  model: Pick<Model, "run">,
  kind: DetectorKind,
  image: RgbaImage,
  rect: CropRect,
): Promise<Candidate[]> {
  const { size, anchors, minScore } = kind;
  const outputs = await model.run(detectorFeeds(kind, image, rect));
  const boxes = outputs["boxes"]!.data;
  const scores = outputs["scores"]!.data;
  const candidates: Candidate[] = [];
  for (let i = 0; i < scores.length; i++) {
    const score = scores[i]!;
    if (score < minScore) continue;
    const raw = boxes.subarray(i * VALUES, (i + 1) * VALUES);
    const [anchorX, anchorY] = [anchors[2 * i]!, anchors[2 * i + 1]!];
    const point = (k: number): [number, number] =>
      cropToImage(rect, anchorX + raw[2 * k]! / size, anchorY + raw[2 * k + 1]! / size);
    const [centreX, centreY] = point(0);
    // Quarter turns swap the sides; other angles do not occur.
    const turned = Math.abs(Math.sin(rect.angle)) > 0.5;
    const width = (raw[turned ? 3 : 2]! / size) * rect.width;
    const height = (raw[turned ? 2 : 3]! / size) * rect.height;
    const values = new Float32Array(VALUES);
    values.set([centreX - width / 2, centreY - height / 2, centreX + width / 2, centreY + height / 2]);
    for (let k = 0; k < KEYPOINTS; k++) values.set(point(k + 2), 4 + 2 * k);
    candidates.push({ values, score });
  }
  return candidates;
}

/** A merged candidate in the project's terms. */
export function toDetectedFace({ values, score }: Candidate): DetectedFace {
  const [left, top, right, bottom] = values as unknown as [number, number, number, number];
  return {
    box: { x: left, y: top, width: right - left, height: bottom - top },
    keypoints: values.slice(4),
    score,
  };
}
