import { createImage, type RgbaImage } from "../core/image.ts";

/** A rotated rectangle in pixels of an image (0 at the left or top edge), turned clockwise by `angle` radians. */
export interface CropRect {
  readonly centreX: number;
  readonly centreY: number;
  readonly width: number;
  readonly height: number;
  readonly angle: number;
}

/** How a crop becomes a network's input. */
export interface CropOptions {
  /** Side of the square result in pixels. */
  readonly size: number;
  /** Outside the image: its nearest pixel, or black. */
  readonly border: "repeat" | "black";
  /** The result is `value * scale + offset` for values 0…255. */
  readonly scale: number;
  readonly offset: number;
}

/** The part of an image that a crop reads, shrunk by averaging whole blocks of `factor` × `factor` pixels. */
interface Region {
  readonly left: number;
  readonly top: number;
  readonly factor: number;
  readonly columns: number;
  readonly rows: number;
  /** `[rows, columns, 3]`, 0…255. */
  readonly data: Float32Array;
}

/** Reading every so many pixels skips none that matter; beyond it four points are averaged. */
const MAX_STEP = 1.25;

/** Where a point of the crop, each coordinate in [0, 1], lies in the image. */
export function cropToImage(rect: CropRect, u: number, v: number): [number, number] {
  const x = (u - 0.5) * rect.width;
  const y = (v - 0.5) * rect.height;
  const cos = Math.cos(rect.angle);
  const sin = Math.sin(rect.angle);
  return [rect.centreX + x * cos - y * sin, rect.centreY + x * sin + y * cos];
}

function readRegion(image: RgbaImage, rect: CropRect, factor: number): Region | undefined {
  const cos = Math.abs(Math.cos(rect.angle));
  const sin = Math.abs(Math.sin(rect.angle));
  const halfWidth = (rect.width * cos + rect.height * sin) / 2 + 2 * factor;
  const halfHeight = (rect.width * sin + rect.height * cos) / 2 + 2 * factor;
  // A crop beside the image still sees its nearest edge.
  const clampX = (value: number) => Math.min(Math.max(Math.floor(value), 0), image.width - 1);
  const clampY = (value: number) => Math.min(Math.max(Math.floor(value), 0), image.height - 1);
  const [left, right] = [clampX(rect.centreX - halfWidth), clampX(rect.centreX + halfWidth) + 1];
  const [top, bottom] = [clampY(rect.centreY - halfHeight), clampY(rect.centreY + halfHeight) + 1];
  if (image.width === 0 || image.height === 0) return undefined;
  const columns = Math.ceil((right - left) / factor);
  const rows = Math.ceil((bottom - top) / factor);
  const data = new Float32Array(columns * rows * 3);
  const { data: source, width } = image;
  for (let row = 0; row < rows; row++) {
    const yEnd = Math.min(top + (row + 1) * factor, bottom);
    for (let y = top + row * factor; y < yEnd; y++) {
      let from = (y * width + left) * 4;
      let to = row * columns * 3;
      for (let column = 0; column < columns; column++) {
        const count = Math.min(factor, right - left - column * factor);
        let r = 0;
        let g = 0;
        let b = 0;
        for (let i = 0; i < count; i++, from += 4) {
          r += source[from]!;
          g += source[from + 1]!;
          b += source[from + 2]!;
        }
        const share = 1 / (count * (yEnd - top - row * factor));
        data[to]! += r * share;
        data[to + 1]! += g * share;
        data[to + 2]! += b * share;
        to += 3;
      }
    }
  }
  return { left, top, factor, columns, rows, data };
}

/** Samples a crop's grid of `size × taps` points a side into the planes of `out`, averaging `taps × taps` each. */
function sample(
  region: Region,
  image: RgbaImage,
  rect: CropRect,
  options: CropOptions,
  taps: number,
  out: Float32Array,
): void {
  const { size, border, scale, offset } = options;
  const { left, top, factor, columns, rows, data } = region;
  const plane = size * size;
  const [originX, originY] = cropToImage(rect, 0.5 / (size * taps), 0.5 / (size * taps));
  const stepX = rect.width / (size * taps);
  const stepY = rect.height / (size * taps);
  const [cos, sin] = [Math.cos(rect.angle), Math.sin(rect.angle)];
  const gain = scale / (taps * taps);
  const black = border === "black";
  const { width, height } = image;
  for (let j = 0; j < size * taps; j++) {
    const row = Math.floor(j / taps) * size;
    for (let i = 0; i < size * taps; i++) {
      const imageX = originX + i * stepX * cos - j * stepY * sin;
      const imageY = originY + i * stepX * sin + j * stepY * cos;
      if (black && (imageX < 0 || imageY < 0 || imageX > width || imageY > height)) continue;
      const x = Math.min(Math.max((imageX - left) / factor - 0.5, 0), columns - 1);
      const y = Math.min(Math.max((imageY - top) / factor - 0.5, 0), rows - 1);
      const x0 = Math.floor(x);
      const y0 = Math.floor(y);
      const fx = x - x0;
      const fy = y - y0;
      const a = (y0 * columns + x0) * 3;
      const b = x0 + 1 < columns ? a + 3 : a;
      const down = y0 + 1 < rows ? columns * 3 : 0;
      const wa = (1 - fx) * (1 - fy) * gain;
      const wb = fx * (1 - fy) * gain;
      const wc = (1 - fx) * fy * gain;
      const wd = fx * fy * gain;
      const at = row + Math.floor(i / taps);
      for (let channel = 0; channel < 3; channel++) {
        out[at + channel * plane]! +=
          data[a + channel]! * wa +
          data[b + channel]! * wb +
          data[a + down + channel]! * wc +
          data[b + down + channel]! * wd;
      }
    }
  }
  if (offset !== 0) for (let i = 0; i < out.length; i++) out[i]! += offset;
}

/**
 * Cuts a rotated rectangle out of an image and resizes it, averaging where it shrinks.
 * @returns `[3, size, size]`, planes R, G, B; the caller owns it.
 */
export function sampleCrop(
  image: RgbaImage,
  rect: CropRect,
  options: CropOptions,
): Float32Array<ArrayBuffer> {
  const out = new Float32Array(3 * options.size * options.size);
  const shrink = Math.max(rect.width, rect.height) / options.size;
  const factor = shrink < 2 ? 1 : Math.round(shrink);
  const region = readRegion(image, rect, factor);
  if (region === undefined) return out.fill(options.offset);
  sample(region, image, rect, options, shrink / factor > MAX_STEP ? 2 : 1, out);
  return out;
}

/** An image shrunk by averaging whole blocks of `factor` × `factor` pixels, opaque. */
export function shrinkImage(image: RgbaImage, factor: number): RgbaImage {
  const whole = { centreX: image.width / 2, centreY: image.height / 2, angle: 0 };
  const region = readRegion(image, { ...whole, width: image.width, height: image.height }, factor);
  const small = createImage(region?.columns ?? 0, region?.rows ?? 0);
  for (let i = 0, at = 0; i < small.data.length; i += 4, at += 3) {
    small.data[i] = region!.data[at]!;
    small.data[i + 1] = region!.data[at + 1]!;
    small.data[i + 2] = region!.data[at + 2]!;
    small.data[i + 3] = 255;
  }
  return small;
}
