import type { FaceLandmarks } from "../../core/face.ts";
import { createImage, type RgbaImage } from "../../core/image.ts";
import type { LipFramesManifest } from "../manifest/manifest.ts";

/** A rectangle of an image, turned clockwise by `angle` radians; in pixels, 0 at the left or top edge. */
export interface FaceRect {
  readonly centreX: number;
  readonly centreY: number;
  readonly width: number;
  readonly height: number;
  readonly angle: number;
}

const MESH_POINTS = 468;
/** Outer eye corners of the person's right and left eye. */
const EYE_CORNERS = [33, 263] as const;

/** The rectangle that a manifest cuts out for a face; landmarks in pixels of the image. */
export function cropRect(landmarks: FaceLandmarks, crop: LipFramesManifest["crop"]): FaceRect {
  const { points } = landmarks;
  const [a, b] = [EYE_CORNERS[0] * 3, EYE_CORNERS[1] * 3];
  const angle =
    crop.rotation === "eyes" ? Math.atan2(points[b + 1]! - points[a + 1]!, points[b]! - points[a]!) : 0;
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
  for (let i = 0; i < MESH_POINTS * 3; i += 3) {
    const x = points[i]! * cos + points[i + 1]! * sin;
    const y = points[i + 1]! * cos - points[i]! * sin;
    left = Math.min(left, x);
    right = Math.max(right, x);
    top = Math.min(top, y);
    bottom = Math.max(bottom, y);
  }
  const { margins } = crop;
  const [width, height] = [right - left, bottom - top];
  left -= margins.left * width;
  right += margins.right * width;
  top -= margins.top * height;
  bottom += margins.bottom * height;
  const [x, y] = [(left + right) / 2, (top + bottom) / 2];
  const side = Math.max(right - left, bottom - top);
  const square = crop.shape === "square";
  return {
    centreX: x * cos - y * sin,
    centreY: y * cos + x * sin,
    width: square ? side : right - left,
    height: square ? side : bottom - top,
    angle,
  };
}

/** The mean of neighbouring frames' rectangles; angles must be near each other. */
export function meanRect(rects: readonly FaceRect[]): FaceRect {
  const mean = (pick: (rect: FaceRect) => number) =>
    rects.reduce((sum, rect) => sum + pick(rect), 0) / rects.length;
  return {
    centreX: mean((rect) => rect.centreX),
    centreY: mean((rect) => rect.centreY),
    width: mean((rect) => rect.width),
    height: mean((rect) => rect.height),
    angle: mean((rect) => rect.angle),
  };
}

/**
 * Steadies rectangles over time: each becomes the mean of those within half of `frames` on either side, never
 * across a gap (`null`).
 */
export function smoothRects(rects: readonly (FaceRect | null)[], frames: number): (FaceRect | null)[] {
  const reach = Math.floor(frames / 2);
  return rects.map((rect, index) => {
    if (!rect) return null;
    const near = [rect];
    for (const step of [-1, 1]) {
      for (let i = 1; i <= reach; i++) {
        const other = rects[index + i * step];
        if (!other) break;
        near.push(other);
      }
    }
    return meanRect(near);
  });
}

/** Where a point of the rectangle, each coordinate in [0, 1], lies in the image. */
export function rectToImage(rect: FaceRect, u: number, v: number): [number, number] {
  const x = (u - 0.5) * rect.width;
  const y = (v - 0.5) * rect.height;
  const [cos, sin] = [Math.cos(rect.angle), Math.sin(rect.angle)];
  return [rect.centreX + x * cos - y * sin, rect.centreY + x * sin + y * cos];
}

const MAX_TAPS = 8;

/** Cuts a rectangle out of an image as a square picture, averaging where it shrinks; beyond the edge it repeats. */
export function cropFace(image: RgbaImage, rect: FaceRect, size: number): RgbaImage {
  const out = createImage(size, size);
  const tapsFor = (length: number) => Math.min(MAX_TAPS, Math.max(1, Math.ceil(length / size)));
  const tapsX = tapsFor(rect.width);
  const tapsY = tapsFor(rect.height);
  const [cos, sin] = [Math.cos(rect.angle), Math.sin(rect.angle)];
  const stepX = rect.width / (size * tapsX);
  const stepY = rect.height / (size * tapsY);
  const [originX, originY] = rectToImage(rect, 0.5 / (size * tapsX), 0.5 / (size * tapsY));
  const share = 1 / (tapsX * tapsY);
  const { width, height, data } = image;
  for (let row = 0; row < size; row++) {
    for (let column = 0; column < size; column++) {
      let [r, g, b] = [0, 0, 0];
      for (let tap = 0; tap < tapsX * tapsY; tap++) {
        const i = column * tapsX + (tap % tapsX);
        const j = row * tapsY + Math.floor(tap / tapsX);
        const x = Math.min(Math.max(originX + i * stepX * cos - j * stepY * sin - 0.5, 0), width - 1);
        const y = Math.min(Math.max(originY + i * stepX * sin + j * stepY * cos - 0.5, 0), height - 1);
        const [x0, y0] = [Math.floor(x), Math.floor(y)];
        const [fx, fy] = [x - x0, y - y0];
        const at = (y0 * width + x0) * 4;
        const right = x0 + 1 < width ? 4 : 0;
        const down = y0 + 1 < height ? width * 4 : 0;
        const [wa, wb, wc, wd] = [(1 - fx) * (1 - fy), fx * (1 - fy), (1 - fx) * fy, fx * fy];
        r += data[at]! * wa + data[at + right]! * wb + data[at + down]! * wc + data[at + right + down]! * wd;
        g +=
          data[at + 1]! * wa +
          data[at + right + 1]! * wb +
          data[at + down + 1]! * wc +
          data[at + right + down + 1]! * wd;
        b +=
          data[at + 2]! * wa +
          data[at + right + 2]! * wb +
          data[at + down + 2]! * wc +
          data[at + right + down + 2]! * wd;
      }
      const to = (row * size + column) * 4;
      out.data[to] = r * share;
      out.data[to + 1] = g * share;
      out.data[to + 2] = b * share;
      out.data[to + 3] = 255;
    }
  }
  return out;
}
