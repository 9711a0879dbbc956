import type { Box } from "../../core/face.ts";
import type { RgbaImage } from "../../core/image.ts";

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

/**
 * Copies `box` of a picture with a mirrored `margin`, doubled by Catmull-Rom interpolation.
 * Every second texel equals its source pixel exactly, so an unmoved pixel is unchanged.
 */
export function createTexture(image: RgbaImage, box: Box, margin: number): Texture {
  const width = box.width + 2 * margin;
  const height = box.height + 2 * margin;
  const words = wordsOf(image);
  const x0 = box.x - margin;
  const y0 = box.y - margin;
  const columns = Int32Array.from({ length: width }, (_, i) => mirror(x0 + i, image.width));
  const plain = new Uint32Array(width * height);
  for (let y = 0; y < height; y++) {
    const row = mirror(y0 + y, image.height) * image.width;
    for (let x = 0; x < width; x++) plain[y * width + x] = words[row + columns[x]!]!;
  }
  if (width * height > DOUBLED_PIXELS) return { width, height, scale: 1, x: x0, y: y0, data: plain };
  const source = new Uint8Array(plain.buffer);
  const wide = new Uint8ClampedArray(width * 2 * height * 4);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const row = y * width;
      const a = (row + Math.max(0, x - 1)) * 4;
      const b = (row + x) * 4;
      const c = (row + Math.min(width - 1, x + 1)) * 4;
      const d = (row + Math.min(width - 1, x + 2)) * 4;
      const to = (row + x) * 8;
      for (let k = 0; k < 4; k++) {
        wide[to + k] = source[b + k]!;
        wide[to + 4 + k] = (9 * (source[b + k]! + source[c + k]!) - source[a + k]! - source[d + k]!) / 16;
      }
    }
  }
  const stride = width * 8;
  const tall = new Uint8ClampedArray(stride * height * 2);
  for (let y = 0; y < height; y++) {
    const a = Math.max(0, y - 1) * stride;
    const b = y * stride;
    const c = Math.min(height - 1, y + 1) * stride;
    const d = Math.min(height - 1, y + 2) * stride;
    const to = y * 2 * stride;
    tall.set(wide.subarray(b, b + stride), to);
    for (let i = 0; i < stride; i++) {
      tall[to + stride + i] = (9 * (wide[b + i]! + wide[c + i]!) - wide[a + i]! - wide[d + i]!) / 16;
    }
  }
  return { width: width * 2, height: height * 2, scale: 2, x: x0, y: y0, data: new Uint32Array(tall.buffer) };
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

/**
 * Draws the triangles `[first, last)` of a mesh that moved, each with the texture it has in the source.
 * Pixels whose centre lies in a triangle are drawn once: spans are half open and neighbours compute
 * the same border. Triangles that did not move leave the canvas as it is, unless `whole`: it holds another picture.
 * @param source `[vertices, 2]` in pixels of the picture. @param target `[vertices, 2]` on the canvas.
 */
export function warpMesh(
  texture: Texture,
  triangles: Uint16Array,
  first: number,
  last: number,
  source: Float64Array,
  target: Float64Array,
  canvas: Canvas,
  whole = false,
): void {
  const { width: tw, data, scale } = texture;
  const { width, height, words } = canvas;
  const maxU = (tw - 2) * 65536;
  const maxV = (texture.height - 2) * 65536;
  for (let t = first; t < last; t++) {
    let a = triangles[t * 3]! * 2;
    let b = triangles[t * 3 + 1]! * 2;
    let c = triangles[t * 3 + 2]! * 2;
    if (
      !whole &&
      target[a] === source[a] &&
      target[a + 1] === source[a + 1] &&
      target[b] === source[b] &&
      target[b + 1] === source[b + 1] &&
      target[c] === source[c] &&
      target[c + 1] === source[c + 1]
    ) {
      continue;
    }
    // From top to bottom, so that neighbours walk a shared edge in the same direction.
    if (target[b + 1]! < target[a + 1]! || (target[b + 1] === target[a + 1] && b < a)) [a, b] = [b, a];
    if (target[c + 1]! < target[b + 1]! || (target[c + 1] === target[b + 1] && c < b)) [b, c] = [c, b];
    if (target[b + 1]! < target[a + 1]! || (target[b + 1] === target[a + 1] && b < a)) [a, b] = [b, a];
    const ax = target[a]!;
    const ay = target[a + 1]!;
    const bx = target[b]!;
    const by = target[b + 1]!;
    const cx = target[c]!;
    const cy = target[c + 1]!;
    const top = Math.max(0, Math.ceil(ay));
    const bottom = Math.min(height - 1, Math.ceil(cy) - 1);
    if (top > bottom) continue;
    const area = (bx - ax) * (cy - ay) - (cx - ax) * (by - ay);
    if (Math.abs(area) < 1e-9) continue;
    const ua = (source[a]! - texture.x) * scale;
    const va = (source[a + 1]! - texture.y) * scale;
    const ub = (source[b]! - source[a]!) * scale;
    const vb = (source[b + 1]! - source[a + 1]!) * scale;
    const uc = (source[c]! - source[a]!) * scale;
    const vc = (source[c + 1]! - source[a + 1]!) * scale;
    const ux = (ub * (cy - ay) - uc * (by - ay)) / area;
    const uy = (uc * (bx - ax) - ub * (cx - ax)) / area;
    const vx = (vb * (cy - ay) - vc * (by - ay)) / area;
    const vy = (vc * (bx - ax) - vb * (cx - ax)) / area;
    const stepU = Math.round(ux * 65536);
    const stepV = Math.round(vx * 65536);
    const long = (cx - ax) / (cy - ay);
    const upper = (bx - ax) / (by - ay);
    const lower = (cx - bx) / (cy - by);
    for (let y = top; y <= bottom; y++) {
      const onLong = ax + (y - ay) * long;
      const onShort = y < by ? ax + (y - ay) * upper : bx + (y - by) * lower;
      const left = Math.max(0, Math.ceil(onLong < onShort ? onLong : onShort));
      const right = Math.min(width, Math.ceil(onLong < onShort ? onShort : onLong));
      if (left >= right) continue;
      let u = Math.round((ua + (left - ax) * ux + (y - ay) * uy) * 65536);
      let v = Math.round((va + (left - ax) * vx + (y - ay) * vy) * 65536);
      const span = right - left - 1;
      const inside =
        u >= 0 &&
        v >= 0 &&
        u <= maxU &&
        v <= maxV &&
        u + span * stepU >= 0 &&
        v + span * stepV >= 0 &&
        u + span * stepU <= maxU &&
        v + span * stepV <= maxV;
      const end = y * width + right;
      if (inside) {
        for (let to = y * width + left; to < end; to++) {
          const at = (v >> 16) * tw + (u >> 16);
          const fx = (u >> 8) & 255;
          const fy = (v >> 8) & 255;
          const w11 = (fx * fy + 128) >> 8;
          const w10 = fx - w11;
          const w01 = fy - w11;
          const w00 = 256 - fx - w01;
          const p00 = data[at]!;
          const p10 = data[at + 1]!;
          const p01 = data[at + tw]!;
          const p11 = data[at + tw + 1]!;
          const even =
            (Math.imul(p00 & 0xff00ff, w00) +
              Math.imul(p10 & 0xff00ff, w10) +
              Math.imul(p01 & 0xff00ff, w01) +
              Math.imul(p11 & 0xff00ff, w11) +
              0x800080) |
            0;
          const odd =
            (Math.imul((p00 >>> 8) & 0xff00ff, w00) +
              Math.imul((p10 >>> 8) & 0xff00ff, w10) +
              Math.imul((p01 >>> 8) & 0xff00ff, w01) +
              Math.imul((p11 >>> 8) & 0xff00ff, w11) +
              0x800080) |
            0;
          words[to] = ((even >>> 8) & 0xff00ff) | (odd & 0xff00ff00);
          u += stepU;
          v += stepV;
        }
      } else {
        for (let to = y * width + left; to < end; to++) {
          const cu = u < 0 ? 0 : u > maxU ? maxU : u;
          const cv = v < 0 ? 0 : v > maxV ? maxV : v;
          words[to] = mixTexels(data, (cv >> 16) * tw + (cu >> 16), tw, (cu >> 8) & 255, (cv >> 8) & 255);
          u += stepU;
          v += stepV;
        }
      }
    }
  }
}
