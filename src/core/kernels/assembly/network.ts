/*
 * Convolutions of feature maps (src/inference/network). A map lies row by row, its channels side by side (NHWC), in 32-bit
 * floats; addresses in bytes. Vectors read and write whole groups of channels, never beyond them.
 *
 * AssemblyScript puts decorators before functions, which TypeScript takes for an error: hence each `@ts-ignore`.
 */

/** Output channels that are computed together. */
const GROUP: i32 = 8;

// @ts-ignore: decorator
@inline
function plus(sum: v128, weights: v128, factor: v128): v128 {
  return f32x4.add(sum, f32x4.mul(weights, factor));
}

/** Bends negative values by a slope. */
// @ts-ignore: decorator
@inline
function bent(sum: v128, slopes: v128): v128 {
  const zero = f32x4.splat(0);
  return plus(f32x4.max(sum, zero), f32x4.min(sum, zero), slopes);
}

/** Writes eight channels of a pixel: adds what comes from elsewhere (if its address is not 0), and bends. */
// @ts-ignore: decorator
@inline
function finish(first: v128, second: v128, added: usize, slopes0: v128, slopes1: v128, out: usize): void {
  if (added) {
    first = f32x4.add(first, v128.load(added));
    second = f32x4.add(second, v128.load(added, 16));
  }
  v128.store(out, bent(first, slopes0));
  v128.store(out, bent(second, slopes1), 16);
}

/**
 * One row of a dense convolution. Each output pixel is the product of `segments` rows of its input, `length` floats each,
 * with the weights.
 * @param input address of the first pixel's first float. @param step from pixel to pixel, in bytes.
 * @param pitch from segment to segment, in bytes.
 * @param weights groups of eight output channels; in a group, eight for each input float.
 * @param channels output channels, a multiple of eight.
 * @param added a map's row of the output's width whose first `addedChannels` are added, or 0. @param addedStep its pixels'
 * distance in bytes.
 * @param slopes of negative values.
 */
export function convolveRow(
  input: usize,
  step: i32,
  segments: i32,
  pitch: i32,
  length: i32,
  weights: usize,
  bias: usize,
  channels: i32,
  added: usize,
  addedStep: i32,
  addedChannels: i32,
  slopes: usize,
  out: usize,
  pixels: i32,
): void {
  const outStep = <usize>channels << 2;
  const groupBytes = (<usize>segments * length * GROUP) << 2;
  for (let channel: i32 = 0; channel < channels; channel += GROUP) {
    const at = <usize>channel << 2;
    const bias0 = v128.load(bias + at);
    const bias1 = v128.load(bias + at, 16);
    const slopes0 = v128.load(slopes + at);
    const slopes1 = v128.load(slopes + at, 16);
    let more = added && channel < addedChannels ? added + at : 0;
    // With nothing to add, its address stays 0.
    const next = more ? addedStep : 0;
    let from = input;
    let to = out + at;
    let x: i32 = 0;
    for (; x + 4 <= pixels; x += 4) {
      let a0 = bias0;
      let a1 = bias1;
      let b0 = bias0;
      let b1 = bias1;
      let c0 = bias0;
      let c1 = bias1;
      let d0 = bias0;
      let d1 = bias1;
      let w = weights;
      for (let segment: i32 = 0; segment < segments; segment++) {
        let p = from + <usize>(segment * pitch);
        for (const end = p + (<usize>length << 2); p < end; p += 4) {
          const w0 = v128.load(w);
          const w1 = v128.load(w, 16);
          w += 32;
          const a = v128.load32_splat(p);
          a0 = plus(a0, w0, a);
          a1 = plus(a1, w1, a);
          const b = v128.load32_splat(p + step);
          b0 = plus(b0, w0, b);
          b1 = plus(b1, w1, b);
          const c = v128.load32_splat(p + 2 * step);
          c0 = plus(c0, w0, c);
          c1 = plus(c1, w1, c);
          const d = v128.load32_splat(p + 3 * step);
          d0 = plus(d0, w0, d);
          d1 = plus(d1, w1, d);
        }
      }
      finish(a0, a1, more, slopes0, slopes1, to);
      more += next;
      to += outStep;
      finish(b0, b1, more, slopes0, slopes1, to);
      more += next;
      to += outStep;
      finish(c0, c1, more, slopes0, slopes1, to);
      more += next;
      to += outStep;
      finish(d0, d1, more, slopes0, slopes1, to);
      more += next;
      to += outStep;
      from += 4 * step;
    }
    for (; x < pixels; x++) {
      // Two sums, so that one addition need not wait for the one before.
      let a0 = bias0;
      let a1 = bias1;
      let b0 = f32x4.splat(0);
      let b1 = b0;
      let w = weights;
      for (let segment: i32 = 0; segment < segments; segment++) {
        let p = from + <usize>(segment * pitch);
        const end = p + (<usize>length << 2);
        for (; p + 8 <= end; p += 8) {
          const a = v128.load32_splat(p);
          const b = v128.load32_splat(p, 4);
          a0 = plus(a0, v128.load(w), a);
          a1 = plus(a1, v128.load(w, 16), a);
          b0 = plus(b0, v128.load(w, 32), b);
          b1 = plus(b1, v128.load(w, 48), b);
          w += 64;
        }
        if (p < end) {
          const a = v128.load32_splat(p);
          a0 = plus(a0, v128.load(w), a);
          a1 = plus(a1, v128.load(w, 16), a);
          w += 32;
        }
      }
      finish(f32x4.add(a0, b0), f32x4.add(a1, b1), more, slopes0, slopes1, to);
      more += next;
      to += outStep;
      from += step;
    }
    weights += groupBytes;
  }
}

/**
 * One row of a depthwise 3 × 3 convolution.
 * @param input address of the first window's upper left pixel. @param step from window to window, in bytes.
 * @param pitch from row to row, in bytes. @param channels a multiple of four.
 * @param weights nine times the channels.
 */
export function depthwiseRow(
  input: usize,
  step: i32,
  pitch: i32,
  channels: i32,
  weights: usize,
  bias: usize,
  out: usize,
  pixels: i32,
): void {
  const pixel = <usize>channels << 2;
  for (let at: usize = 0; at < pixel; at += 16) {
    const w = weights + at;
    const w0 = v128.load(w);
    const w1 = v128.load(w + pixel);
    const w2 = v128.load(w + 2 * pixel);
    const w3 = v128.load(w + 3 * pixel);
    const w4 = v128.load(w + 4 * pixel);
    const w5 = v128.load(w + 5 * pixel);
    const w6 = v128.load(w + 6 * pixel);
    const w7 = v128.load(w + 7 * pixel);
    const w8 = v128.load(w + 8 * pixel);
    const start = v128.load(bias + at);
    let upper = input + at;
    let to = out + at;
    for (let x: i32 = 0; x < pixels; x++) {
      const middle = upper + pitch;
      const lower = middle + pitch;
      let sum = plus(start, w0, v128.load(upper));
      let other = f32x4.mul(w1, v128.load(upper + pixel));
      sum = plus(sum, w2, v128.load(upper + 2 * pixel));
      other = plus(other, w3, v128.load(middle));
      sum = plus(sum, w4, v128.load(middle + pixel));
      other = plus(other, w5, v128.load(middle + 2 * pixel));
      sum = plus(sum, w6, v128.load(lower));
      other = plus(other, w7, v128.load(lower + pixel));
      sum = plus(sum, w8, v128.load(lower + 2 * pixel));
      v128.store(to, f32x4.add(sum, other));
      upper += step;
      to += pixel;
    }
  }
}

/** One row of a maximum over 2 × 2 pixels, two apart. @param pitch from row to row, in bytes. */
export function maximumRow(input: usize, pitch: i32, channels: i32, out: usize, pixels: i32): void {
  const pixel = <usize>channels << 2;
  for (let x: i32 = 0; x < pixels; x++) {
    for (let at: usize = 0; at < pixel; at += 16) {
      const p = input + at;
      const upper = f32x4.max(v128.load(p), v128.load(p + pixel));
      const lower = f32x4.max(v128.load(p + pitch), v128.load(p + pitch + pixel));
      v128.store(out + at, f32x4.max(upper, lower));
    }
    input += 2 * pixel;
    out += pixel;
  }
}

/** A pixel between four of a map: their shares are those of the upper ones and the lower ones, left and right. */
export function blendPixels(
  input: usize,
  pitch: i32,
  channels: i32,
  upperLeft: f32,
  upperRight: f32,
  lowerLeft: f32,
  lowerRight: f32,
  out: usize,
): void {
  const pixel = <usize>channels << 2;
  const lower = input + pitch;
  for (let at: usize = 0; at < pixel; at += 16) {
    let sum = f32x4.mul(v128.load(input + at), f32x4.splat(upperLeft));
    sum = plus(sum, v128.load(input + at + pixel), f32x4.splat(upperRight));
    sum = plus(sum, v128.load(lower + at), f32x4.splat(lowerLeft));
    v128.store(out + at, plus(sum, v128.load(lower + at + pixel), f32x4.splat(lowerRight)));
  }
}
