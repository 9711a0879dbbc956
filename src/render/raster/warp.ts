import type { Box } from "../../core/face.ts";
import type { RgbaImage } from "../../core/image.ts";
import { growTo } from "../../core/kernels/kernels.ts";
import { DOUBLING_SLACK, doublingKernelsOn, type DoublingKernels } from "./doubling-kernels.ts";
import { WARP_SLACK, warpKernelsOn, warpRoom, type WarpKernels } from "./warp-kernels.ts";

/** A part of a picture enlarged for sampling between pixels, with a mirrored margin. */
export interface Texture {
  readonly width: number;
  readonly height: number;
  /** Texels per pixel: 2, or 1 for very large parts. */
  readonly scale: number;
  /** Pixel of the picture at texel (0, 0). */
  readonly x: number;
  readonly y: number;
  /** One RGBA pixel per word, as in the picture. */
  readonly data: Uint32Array;
}

const aligned = (bytes: number) => Math.ceil(bytes / 16) * 16;

/** Above this many pixels a texture stays at the picture's own resolution, to spare memory. */
const DOUBLED_PIXELS = 4_000_000;

/** A view of a picture's bytes, one pixel per word. */
export function wordsOf(image: RgbaImage): Uint32Array {
  return new Uint32Array(image.data.buffer, image.data.byteOffset, image.width * image.height);
}

function mirror(i: number, length: number): number {
  if (length === 1) return 0;
  const period = 2 * (length - 1);
  const m = ((i % period) + period) % period;
  return m < length ? m : period - m;
}

/** This thread's memory for doubling, which grows to the largest texture. */
let doubling: { readonly memory: WebAssembly.Memory; readonly kernels: DoublingKernels } | null = null;

/** Doubles a picture by Catmull-Rom interpolation; its edges are repeated. @param fill writes a row, a word per pixel. */
function doubled(width: number, height: number, fill: (row: Uint32Array, y: number) => void): Uint32Array {
  if (!doubling) {
    const memory = new WebAssembly.Memory({ initial: 1 });
    doubling = { memory, kernels: doublingKernelsOn(memory) };
  }
  const { memory, kernels } = doubling;
  // A row with a pixel before it and two behind, a row half-way between two, then the texture's own rows.
  const [rowBytes, padded] = [8 * width, aligned((width + 3) * 4 + DOUBLING_SLACK)];
  const wide = aligned(rowBytes + DOUBLING_SLACK);
  const between = padded;
  const rows = padded + wide;
  growTo(memory, rows + wide * height);
  const row = new Uint32Array(memory.buffer, 0, width + 3);
  const inner = row.subarray(1, width + 1);
  const out = new Uint32Array(4 * width * height);
  for (let y = 0; y < height; y++) {
    fill(inner, y);
    row[0] = row[1]!;
    row.fill(row[width]!, width + 1);
    kernels.widenEven(0, rows + y * wide, width);
  }
  const at = (y: number) => rows + Math.min(height - 1, Math.max(0, y)) * wide;
  for (let y = 0; y < height; y++) {
    kernels.betweenEven(at(y - 1), at(y), at(y + 1), at(y + 2), between, rowBytes);
    out.set(new Uint32Array(memory.buffer, at(y), 2 * width), 4 * y * width);
    out.set(new Uint32Array(memory.buffer, between, 2 * width), (4 * y + 2) * width);
  }
  return out;
}

/**
 * Copies `box` of a picture with a mirrored `margin`, doubled by Catmull-Rom interpolation.
 * Every second texel equals its source pixel exactly, so an unmoved pixel is unchanged. WebAssembly SIMD.
 */
export function createTexture(image: RgbaImage, box: Box, margin: number): Texture {
  const width = box.width + 2 * margin;
  const height = box.height + 2 * margin;
  const words = wordsOf(image);
  const x0 = box.x - margin;
  const y0 = box.y - margin;
  const columns = Int32Array.from({ length: width }, (_, i) => mirror(x0 + i, image.width));
  const fill = (out: Uint32Array, y: number) => {
    const row = mirror(y0 + y, image.height) * image.width;
    for (let x = 0; x < width; x++) out[x] = words[row + columns[x]!]!;
  };
  if (width * height > DOUBLED_PIXELS) {
    const data = new Uint32Array(width * height);
    for (let y = 0; y < height; y++) fill(data.subarray(y * width, (y + 1) * width), y);
    return { width, height, scale: 1, x: x0, y: y0, data };
  }
  return { width: 2 * width, height: 2 * height, scale: 2, x: x0, y: y0, data: doubled(width, height, fill) };
}

/** Colour of a texture at a point of the picture, bilinear, edges repeated. */
export function sampleTexture(texture: Texture, x: number, y: number): number {
  const limit = (value: number, top: number) => (value < 0 ? 0 : value > top ? top : value);
  const u = limit(Math.round((x - texture.x) * texture.scale * 256), (texture.width - 2) * 256);
  const v = limit(Math.round((y - texture.y) * texture.scale * 256), (texture.height - 2) * 256);
  return mixTexels(texture.data, (v >> 8) * texture.width + (u >> 8), texture.width, u & 255, v & 255);
}

function mixTexels(data: Uint32Array, at: number, width: number, fx: number, fy: number): number {
  const w11 = (fx * fy + 128) >> 8;
  const w10 = fx - w11;
  const w01 = fy - w11;
  const w00 = 256 - fx - fy + w11;
  const p00 = data[at]!;
  const p10 = data[at + 1]!;
  const p01 = data[at + width]!;
  const p11 = data[at + width + 1]!;
  const even =
    Math.imul(p00 & 0xff00ff, w00) +
    Math.imul(p10 & 0xff00ff, w10) +
    Math.imul(p01 & 0xff00ff, w01) +
    Math.imul(p11 & 0xff00ff, w11) +
    0x800080;
  const odd =
    Math.imul((p00 >>> 8) & 0xff00ff, w00) +
    Math.imul((p10 >>> 8) & 0xff00ff, w10) +
    Math.imul((p01 >>> 8) & 0xff00ff, w01) +
    Math.imul((p11 >>> 8) & 0xff00ff, w11) +
    0x800080;
  return (((even >>> 8) & 0xff00ff) | (odd & 0xff00ff00)) >>> 0;
}

/** Where a warp draws: one RGBA pixel per word. */
export interface Canvas {
  readonly width: number;
  readonly height: number;
  readonly words: Uint32Array;
}

/** This thread's memory for warps, which grows to the largest texture and canvas; it begins with a copy of `held`. */
let warps: { readonly memory: WebAssembly.Memory; readonly kernels: WarpKernels } | null = null;
let held: WeakRef<Uint32Array> | null = null;

/** Puts a texture to the beginning of the memory, unless it is there. */
function holdTexture(memory: WebAssembly.Memory, data: Uint32Array): void {
  if (held?.deref() === data) return;
  new Uint32Array(memory.buffer, 0, data.length).set(data);
  held = new WeakRef(data);
}

/** The canvas's rows `[top, bottom)` that a mesh may reach. */
export function rowsOf(target: Float64Array, height: number): readonly [number, number] {
  let [top, bottom] = [Infinity, -Infinity];
  for (let i = 1; i < target.length; i += 2) {
    const y = target[i]!;
    if (y < top) top = y;
    if (y > bottom) bottom = y;
  }
  return [Math.max(0, Math.ceil(top)), Math.min(height, Math.ceil(bottom))];
}

/**
 * Draws the triangles `[first, last)` of a mesh that moved, each with the texture it has in the source, bilinear.
 * Pixels whose centre lies in a triangle are drawn once: spans are half open and neighbours compute
 * the same border. Triangles that did not move leave the canvas as it is, unless `whole`: it holds another picture.
 * WebAssembly SIMD; a texture's data must not change while it is used.
 * @param source `[vertices, 2]` in pixels of the picture. @param target `[vertices, 2]` on the canvas.
 */
export function warpMesh(
  texture: Texture,
  triangles: Uint16Array,
  first: number,
  last: number,
  source: Float64Array,
  target: Float64Array,
  { width, height, words }: Canvas,
  whole = false,
): void {
  const [top, bottom] = rowsOf(target, height);
  if (top >= bottom) return;
  if (!warps) {
    const memory = new WebAssembly.Memory({ initial: 1 });
    warps = { memory, kernels: warpKernelsOn(memory) };
  }
  const { memory, kernels } = warps;
  const sourceAt = aligned(texture.data.byteLength + WARP_SLACK);
  const targetAt = sourceAt + aligned(source.byteLength);
  const trianglesAt = targetAt + aligned(target.byteLength);
  const roomAt = trianglesAt + aligned(triangles.byteLength);
  const canvasAt = roomAt + aligned(warpRoom(last - first, bottom - top));
  const pixels = (bottom - top) * width;
  growTo(memory, canvasAt + pixels * 4 + WARP_SLACK);
  holdTexture(memory, texture.data);
  new Float64Array(memory.buffer, sourceAt, source.length).set(source);
  new Float64Array(memory.buffer, targetAt, target.length).set(target);
  new Uint16Array(memory.buffer, trianglesAt, triangles.length).set(triangles);
  const rows = words.subarray(top * width, bottom * width);
  const drawn = new Uint32Array(memory.buffer, canvasAt, pixels);
  drawn.set(rows);
  kernels.warp(
    trianglesAt,
    first,
    last,
    sourceAt,
    targetAt,
    0,
    texture.width,
    texture.height,
    texture.x,
    texture.y,
    texture.scale,
    canvasAt,
    width,
    top,
    bottom,
    roomAt,
    whole ? 1 : 0,
    0,
    0,
  );
  rows.set(drawn);
}
