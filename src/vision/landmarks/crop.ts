import { createImage, type RgbaImage } from "../../core/image.ts";

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

/** The pixels that a crop reads: the image itself, or a part of it shrunk by averaging `factor` × `factor` blocks. */
interface Region {
  readonly left: number;
  readonly top: number;
  readonly factor: number;
  readonly columns: number;
  readonly rows: number;
  /** `[rows, columns]` little-endian RGBA. */
  readonly words: Uint32Array;
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
  const { width, height, data } = image;
  if (width === 0 || height === 0) return undefined;
  if (factor === 1) {
    const words = new Uint32Array(data.buffer, data.byteOffset, width * height);
    return { left: 0, top: 0, factor, columns: width, rows: height, words };
  }
  const cos = Math.abs(Math.cos(rect.angle));
  const sin = Math.abs(Math.sin(rect.angle));
  const halfWidth = (rect.width * cos + rect.height * sin) / 2 + 2 * factor;
  const halfHeight = (rect.width * sin + rect.height * cos) / 2 + 2 * factor;
  // A crop beside the image still sees its nearest edge.
  const clampX = (value: number) => Math.min(Math.max(Math.floor(value), 0), width - 1);
  const clampY = (value: number) => Math.min(Math.max(Math.floor(value), 0), height - 1);
  const [left, right] = [clampX(rect.centreX - halfWidth), clampX(rect.centreX + halfWidth) + 1];
  const [top, bottom] = [clampY(rect.centreY - halfHeight), clampY(rect.centreY + halfHeight) + 1];
  const columns = Math.ceil((right - left) / factor);
  const rows = Math.ceil((bottom - top) / factor);
  const words = new Uint32Array(columns * rows);
  const sums = new Int32Array(columns * 3);
  for (let row = 0; row < rows; row++) {
    const yStart = top + row * factor;
    const yEnd = Math.min(yStart + factor, bottom);
    sums.fill(0);
    for (let y = yStart; y < yEnd; y++) {
      let from = (y * width + left) * 4;
      for (let to = 0, x = left; x < right; to += 3, x += factor) {
        const end = from + Math.min(factor, right - x) * 4;
        let r = sums[to]!;
        let g = sums[to + 1]!;
        let b = sums[to + 2]!;
        for (; from < end; from += 4) {
          r = (r + data[from]!) | 0;
          g = (g + data[from + 1]!) | 0;
          b = (b + data[from + 2]!) | 0;
        }
        sums[to] = r;
        sums[to + 1] = g;
        sums[to + 2] = b;
      }
    }
    for (let column = 0, at = 0; column < columns; column++, at += 3) {
      const share = 1 / (Math.min(factor, right - left - column * factor) * (yEnd - yStart));
      const r = (sums[at]! * share + 0.5) | 0;
      const g = (sums[at + 1]! * share + 0.5) | 0;
      const b = (sums[at + 2]! * share + 0.5) | 0;
      words[row * columns + column] = r | (g << 8) | (b << 16);
    }
  }
  return { left, top, factor, columns, rows, words };
}

/** Red and blue of a pixel, with room for a product with a weight of 0 to 256 each. */
const RED_BLUE = 0x00ff00ff;
const GREEN = 0x0000ff00;

/**
 * Samples a crop's grid of `size × taps` points a side into the planes of `out`, averaging `taps × taps` each;
 * bilinear with weights in steps of 1/256.
 */
function sample(
  region: Region,
  image: RgbaImage,
  rect: CropRect,
  options: CropOptions,
  taps: number,
  out: Float32Array,
): void {
  const { size, border, scale, offset } = options;
  const { left, top, factor, columns, rows, words } = region;
  const plane = size * size;
  const grid = size * taps;
  // All positions in 1/256 pixel of the region, from the middle of its first pixel.
  const inRegion = (x: number, y: number): [number, number] => [
    ((x - left) / factor - 0.5) * 256,
    ((y - top) / factor - 0.5) * 256,
  ];
  const at = (u: number, v: number) => inRegion(...cropToImage(rect, u / grid, v / grid));
  const [originX, originY] = at(0.5, 0.5);
  const [rightX, rightY] = at(1.5, 0.5);
  const [downX, downY] = at(0.5, 1.5);
  const [acrossX, acrossY] = [rightX - originX, rightY - originY];
  const [alongX, alongY] = [downX - originX, downY - originY];
  const [firstX, firstY] = inRegion(0, 0);
  const [endX, endY] = inRegion(image.width, image.height);
  const gain = scale / (256 * taps * taps);
  const black = border === "black";
  const [lastX, lastY] = [(columns - 1) << 8, (rows - 1) << 8];
  for (let pixel = 0; pixel < plane; pixel++) {
    const row = Math.floor(pixel / size);
    const i = (pixel - row * size) * taps;
    let red = 0;
    let green = 0;
    let blue = 0;
    for (let j = row * taps; j < (row + 1) * taps; j++) {
      let x = originX + j * alongX + i * acrossX;
      let y = originY + j * alongY + i * acrossY;
      for (let tap = 0; tap < taps; tap++, x += acrossX, y += acrossY) {
        if (black && (x < firstX || y < firstY || x > endX || y > endY)) continue;
        const px = x < 0 ? 0 : x > lastX ? lastX : x | 0;
        const py = y < 0 ? 0 : y > lastY ? lastY : y | 0;
        const first = (py >> 8) * columns + (px >> 8);
        const next = px < lastX ? 1 : 0;
        const below = first + (py < lastY ? columns : 0);
        const a = words[first]!;
        const b = words[first + next]!;
        const c = words[below]!;
        const d = words[below + next]!;
        const fx = px & 255;
        const fy = py & 255;
        const wd = (fx * fy) >> 8;
        const wb = fx - wd;
        const wc = fy - wd;
        const wa = 256 - fx - wc;
        let sum = (Math.imul(a & RED_BLUE, wa) + Math.imul(b & RED_BLUE, wb)) | 0;
        sum = (sum + Math.imul(c & RED_BLUE, wc)) | 0;
        sum = (sum + Math.imul(d & RED_BLUE, wd)) | 0;
        red += sum & 0xffff;
        blue += sum >>> 16;
        sum = (Math.imul(a & GREEN, wa) + Math.imul(b & GREEN, wb)) | 0;
        sum = (sum + Math.imul(c & GREEN, wc)) | 0;
        sum = (sum + Math.imul(d & GREEN, wd)) | 0;
        green += sum >>> 8;
      }
    }
    out[pixel] = red * gain + offset;
    out[pixel + plane] = green * gain + offset;
    out[pixel + 2 * plane] = blue * gain + offset;
  }
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
  const words = new Uint32Array(small.data.buffer);
  for (let i = 0; i < words.length; i++) words[i] = region!.words[i]! | 0xff000000;
  return small;
}
