import type { RgbaImage } from "../../core/image.ts";
import { smoothstep } from "../../core/scalar.ts";
import { rectToImage, type FaceRect } from "./face-crop.ts";
import type { LipFramesManifest } from "../manifest/manifest.ts";

/** How much of the generated picture shows at a point of the crop, 0 to 1; soft towards the region's rim. */
export function pasteWeight(paste: LipFramesManifest["paste"], u: number, v: number): number {
  const { top, right, bottom, left, feather } = paste;
  const halfWidth = (right - left) / 2;
  const halfHeight = (bottom - top) / 2;
  const x = Math.abs(u - (left + right) / 2);
  const y = Math.abs(v - (top + bottom) / 2);
  const inside =
    paste.shape === "rectangle"
      ? Math.min(halfWidth - x, halfHeight - y)
      : (1 - Math.hypot(x / halfWidth, y / halfHeight)) * Math.min(halfWidth, halfHeight);
  if (inside <= 0) return 0;
  return feather === 0 ? 1 : smoothstep(0, feather, inside);
}

/** Catmull and Rom's cubic through four samples (1974). */
function cubic(a: number, b: number, c: number, d: number, t: number): number {
  return b + 0.5 * t * (c - a + t * (2 * a - 5 * b + 4 * c - d + t * (3 * (b - c) + d - a)));
}

/** The picture at a point given in its pixels, bicubic; beyond the edge it repeats. Writes three channels. */
function sampleCubic(image: RgbaImage, x: number, y: number, out: Float32Array): void {
  const { width, height, data } = image;
  const [x0, y0] = [Math.floor(x), Math.floor(y)];
  const [fx, fy] = [x - x0, y - y0];
  const column = (i: number) => Math.min(Math.max(x0 + i, 0), width - 1) * 4;
  const row = (j: number) => Math.min(Math.max(y0 + j, 0), height - 1) * width * 4;
  const [xa, xb, xc, xd] = [column(-1), column(0), column(1), column(2)];
  const [ya, yb, yc, yd] = [row(-1), row(0), row(1), row(2)];
  for (let c = 0; c < 3; c++) {
    const line = (at: number) =>
      cubic(data[at + xa + c]!, data[at + xb + c]!, data[at + xc + c]!, data[at + xd + c]!, fx);
    out[c] = cubic(line(ya), line(yb), line(yc), line(yd), fy);
  }
}

const MAX_SHIFT = 40;

/**
 * The constant per colour by which the generated picture differs from the face that it replaces, measured on the soft
 * rim where both are skin; limited, so that a failed picture is not repainted.
 */
export function colourShift(
  paste: LipFramesManifest["paste"],
  face: RgbaImage,
  generated: RgbaImage,
): [number, number, number] {
  const shift: [number, number, number] = [0, 0, 0];
  if (paste.colourMatch === "none") return shift;
  const { width: size } = face;
  let total = 0;
  for (let i = 0; i < size * size; i++) {
    const weight = pasteWeight(paste, ((i % size) + 0.5) / size, (Math.floor(i / size) + 0.5) / size);
    const rim = weight * (1 - weight);
    if (rim === 0) continue;
    total += rim;
    for (let c = 0; c < 3; c++) shift[c]! += rim * (face.data[i * 4 + c]! - generated.data[i * 4 + c]!);
  }
  if (total === 0) return [0, 0, 0];
  return shift.map((sum) => Math.min(MAX_SHIFT, Math.max(-MAX_SHIFT, sum / total))) as [
    number,
    number,
    number,
  ];
}

/** What {@link pasteBack} needs beside the frame. */
export interface Patch {
  readonly rect: FaceRect;
  /** The square picture that was cut out at `rect`. */
  readonly face: RgbaImage;
  readonly generated: RgbaImage;
  readonly paste: LipFramesManifest["paste"];
  /** 0 leaves the frame as it is, 1 is full. */
  readonly strength: number;
}

/** Blends the generated face into the frame, in place; pixels outside the region keep their values exactly. */
export function pasteBack(frame: RgbaImage, patch: Patch): void {
  const { rect, face, generated, paste, strength } = patch;
  if (strength <= 0) return;
  const { width: size } = generated;
  const shift = colourShift(paste, face, generated);
  const corners = [
    rectToImage(rect, paste.left, paste.top),
    rectToImage(rect, paste.right, paste.top),
    rectToImage(rect, paste.left, paste.bottom),
    rectToImage(rect, paste.right, paste.bottom),
  ];
  const bound = (values: readonly number[], limit: number) => [
    Math.max(0, Math.floor(Math.min(...values))),
    Math.min(limit, Math.ceil(Math.max(...values)) + 1),
  ];
  const [left, right] = bound(
    corners.map(([x]) => x),
    frame.width,
  ) as [number, number];
  const [top, bottom] = bound(
    corners.map(([, y]) => y),
    frame.height,
  ) as [number, number];
  const [cos, sin] = [Math.cos(rect.angle), Math.sin(rect.angle)];
  const colour = new Float32Array(3);
  for (let y = top; y < bottom; y++) {
    for (let x = left; x < right; x++) {
      const [dx, dy] = [x + 0.5 - rect.centreX, y + 0.5 - rect.centreY];
      const u = (dx * cos + dy * sin) / rect.width + 0.5;
      const v = (dy * cos - dx * sin) / rect.height + 0.5;
      const at = (y * frame.width + x) * 4;
      const weight = pasteWeight(paste, u, v) * strength;
      if (weight === 0) continue;
      sampleCubic(generated, u * size - 0.5, v * size - 0.5, colour);
      for (let c = 0; c < 3; c++) {
        const old = frame.data[at + c]!;
        frame.data[at + c] = old + weight * (colour[c]! + shift[c]! - old);
      }
    }
  }
}
