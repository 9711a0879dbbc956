import { createImage, type RgbaImage } from "../../core/image.ts";
import { growTo, kernelsOn } from "../../core/kernels/kernels.ts";

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

/** The kernels, WebAssembly SIMD; numbers are addresses in their memory. */
interface CropKernels {
  /** Averages blocks of `factor` × `factor` pixels of rows that begin `stride` bytes apart, a word each. */
  shrink(pixels: number, stride: number, width: number, height: number, factor: number, out: number): void;
  /** See `sample` in src/core/kernels/assembly/crop.ts. */
  sample(words: number, columns: number, left: number, top: number, ...rest: number[]): void;
}

/** The pixels that a crop reads, at address 0: a part of the image, shrunk by averaging `factor` × `factor` blocks. */
interface Region {
  /** Of the image. */
  readonly left: number;
  readonly top: number;
  readonly factor: number;
  readonly columns: number;
  readonly rows: number;
}

/** Vectors may read this many bytes beyond the row below the last one. */
const SLACK = 16;

/** This thread's memory for crops: a region, then what it is made of or what becomes of it. */
let crops: { readonly memory: WebAssembly.Memory; readonly kernels: CropKernels } | undefined;

function cropKernels() {
  if (crops) return crops;
  const memory = new WebAssembly.Memory({ initial: 1 });
  crops = { memory, kernels: kernelsOn<CropKernels>("crop", memory) };
  return crops;
}

/** The first address behind a region. */
const behind = ({ columns, rows }: Pick<Region, "columns" | "rows">) =>
  Math.ceil((columns * (rows + 1) * 4 + SLACK) / 16) * 16;

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

/** Copies what a crop needs of an image into the memory of the kernels; undefined where there is no image or no place. */
function readRegion(image: RgbaImage, rect: CropRect, factor: number): Region | undefined {
  const { width, height, data } = image;
  if (width === 0 || height === 0 || !Object.values(rect).every(Number.isFinite)) return undefined;
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
  const { memory, kernels } = cropKernels();
  const band = behind({ columns, rows });
  const stride = right - left;
  growTo(memory, band + stride * Math.min(factor, bottom - top) * 4);
  const words = new Uint32Array(data.buffer, data.byteOffset, width * height);
  const held = new Uint32Array(memory.buffer);
  for (let row = 0; row < rows; row++) {
    const from = top + row * factor;
    const count = Math.min(factor, bottom - from);
    const to = factor === 1 ? row * columns : band / 4;
    for (let y = 0; y < count; y++) {
      const at = (from + y) * width;
      held.set(words.subarray(at + left, at + right), to + y * stride);
    }
    if (factor > 1) kernels.shrink(band, stride * 4, stride, count, factor, row * columns * 4);
  }
  return { left, top, factor, columns, rows };
}

/**
 * Samples a crop's grid of `size × taps` points a side, averaging `taps × taps` each; bilinear with weights in steps of
 * 1/256.
 * @returns `[3, size, size]`.
 */
function sample(
  region: Region,
  image: RgbaImage,
  rect: CropRect,
  options: CropOptions,
  taps: number,
): Float32Array<ArrayBuffer> {
  const { size, border, scale, offset } = options;
  const { factor, columns, rows } = region;
  const grid = size * taps;
  // Pixels of the picture itself are counted from its own first one.
  const [left, top] = factor === 1 ? [0, 0] : [region.left, region.top];
  const last = factor === 1 ? [image.width - 1, image.height - 1] : [columns - 1, rows - 1];
  // All positions in 1/256 pixel, from the middle of the first one.
  const inRegion = (x: number, y: number): [number, number] => [
    ((x - left) / factor - 0.5) * 256,
    ((y - top) / factor - 0.5) * 256,
  ];
  const at = (u: number, v: number) => inRegion(...cropToImage(rect, u / grid, v / grid));
  const [originX, originY] = at(0.5, 0.5);
  const [rightX, rightY] = at(1.5, 0.5);
  const [downX, downY] = at(0.5, 1.5);
  const { memory, kernels } = cropKernels();
  const out = behind(region);
  growTo(memory, out + 12 * size * size);
  kernels.sample(
    ...[0, columns, factor === 1 ? region.left : 0, factor === 1 ? region.top : 0],
    ...[last[0]! << 8, last[1]! << 8, size, taps, originX, originY],
    ...[rightX - originX, rightY - originY, downX - originX, downY - originY],
    ...[border === "black" ? 1 : 0, ...inRegion(0, 0), ...inRegion(image.width, image.height)],
    ...[scale / (256 * taps * taps), offset, out],
  );
  return new Float32Array(memory.buffer, out, 3 * size * size).slice();
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
  const shrink = Math.max(rect.width, rect.height) / options.size;
  const factor = shrink < 2 ? 1 : Math.round(shrink);
  const region = readRegion(image, rect, factor);
  if (region === undefined) return new Float32Array(3 * options.size ** 2).fill(options.offset);
  return sample(region, image, rect, options, shrink / factor > MAX_STEP ? 2 : 1);
}

/** An image shrunk by averaging whole blocks of `factor` × `factor` pixels, opaque. */
export function shrinkImage(image: RgbaImage, factor: number): RgbaImage {
  const whole = { centreX: image.width / 2, centreY: image.height / 2, angle: 0 };
  const region = readRegion(image, { ...whole, width: image.width, height: image.height }, factor);
  const small = createImage(region?.columns ?? 0, region?.rows ?? 0);
  const words = new Uint32Array(small.data.buffer);
  const means = new Uint32Array(cropKernels().memory.buffer, 0, words.length);
  for (let i = 0; i < words.length; i++) words[i] = means[i]! | 0xff000000;
  return small;
}
