import { LANDMARK_COUNT, type DetectedFace, type FaceLandmarks } from "../../core/face.ts";
import type { RgbaImage } from "../../core/image.ts";
import type { Model, Tensor } from "../../inference/model.ts";
import { cropToImage, sampleCrop, type CropRect } from "./crop.ts";

const INPUT_SIZE = 192;
/** The crop is this much larger than the face's bounds. */
const ENLARGEMENT = 1.5;
/** Outer eye corners of the person's right and left eye; their line becomes horizontal in the crop. */
const EYE_CORNERS = [33, 263] as const;
/** Points of the mesh proper, without the irises. */
const MESH_POINTS = 468;

const square = (left: number, top: number, right: number, bottom: number, angle: number): CropRect => {
  const side = Math.max(right - left, bottom - top) * ENLARGEMENT;
  return { centreX: (left + right) / 2, centreY: (top + bottom) / 2, width: side, height: side, angle };
};

/** The mesh's crop for a detected face: its box as an enlarged square, turned so that the eyes are level. */
export function cropFromDetection({ box, keypoints }: DetectedFace): CropRect {
  const [rightX, rightY, leftX, leftY] = keypoints as unknown as [number, number, number, number];
  const angle = Math.atan2(leftY - rightY, leftX - rightX);
  return square(box.x, box.y, box.x + box.width, box.y + box.height, angle);
}

/** The mesh's crop for a face whose landmarks are known from before. */
export function cropFromLandmarks({ points }: FaceLandmarks): CropRect {
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
  for (let i = 0; i < MESH_POINTS * 3; i += 3) {
    left = Math.min(left, points[i]!);
    right = Math.max(right, points[i]!);
    top = Math.min(top, points[i + 1]!);
    bottom = Math.max(bottom, points[i + 1]!);
  }
  const [a, b] = [EYE_CORNERS[0] * 3, EYE_CORNERS[1] * 3];
  return square(
    left,
    top,
    right,
    bottom,
    Math.atan2(points[b + 1]! - points[a + 1]!, points[b]! - points[a]!),
  );
}

/** What the mesh is fed for a crop of an image. */
export function meshFeeds(image: RgbaImage, rect: CropRect): { image: Tensor } {
  const data = sampleCrop(image, rect, { size: INPUT_SIZE, border: "repeat", scale: 1 / 255, offset: 0 });
  return { image: { data, dims: [1, 3, INPUT_SIZE, INPUT_SIZE] } };
}

/** Runs the attention mesh once on a crop; the points come back in pixels of the image. */
export async function landmarksWithin(
  model: Pick<Model, "run">,
  image: RgbaImage,
  rect: CropRect,
): Promise<FaceLandmarks> {
  const outputs = await model.run(meshFeeds(image, rect));
  const raw = outputs["landmarks"]!.data;
  const points = new Float32Array(LANDMARK_COUNT * 3);
  for (let i = 0; i < points.length; i += 3) {
    const [x, y] = cropToImage(rect, raw[i]! / INPUT_SIZE, raw[i + 1]! / INPUT_SIZE);
    points[i] = x;
    points[i + 1] = y;
    points[i + 2] = (raw[i + 2]! / INPUT_SIZE) * rect.width;
  }
  return { points, presence: outputs["presence"]!.data[0]! };
}
