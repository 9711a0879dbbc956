/*
 * Cuts turned rectangles out of RGBA pictures (src/vision/landmarks/crop.ts). Vectors may read up to 16 bytes beyond the
 * row below the last one of a region.
 *
 * AssemblyScript puts decorators before functions, which TypeScript takes for an error: hence each `@ts-ignore`.
 */

// @ts-ignore: decorator
@inline
function mean(sum: i32, share: f64): i32 {
  return <i32>(<f64>sum * share + 0.5);
}

/** The means of 2 × 2 pixels, two of them. */
// @ts-ignore: decorator
@inline
function halved(at: usize, stride: usize): v128 {
  const first = i16x8.add(v128.load8x8_u(at), v128.load8x8_u(at + stride));
  const second = i16x8.add(v128.load8x8_u(at, 8), v128.load8x8_u(at + stride, 8));
  const sum = i16x8.add(i64x2.shuffle(first, second, 0, 2), i64x2.shuffle(first, second, 1, 3));
  const words = i16x8.shr_u(i16x8.add(sum, i16x8.splat(2)), 2);
  return i8x16.narrow_i16x8_u(words, words);
}

/**
 * Averages blocks of `factor` × `factor` pixels; those at the right and lower ends may be smaller.
 * @param pixels address of the first. @param stride from row to row, in bytes. @param out a word a block,
 * whose alpha means nothing.
 */
export function shrink(
  pixels: usize,
  stride: usize,
  width: i32,
  height: i32,
  factor: i32,
  out: usize,
): void {
  for (let top: i32 = 0; top < height; top += factor) {
    const down = min(factor, height - top);
    let left: i32 = 0;
    if (factor == 2 && down == 2) {
      const row = pixels + <usize>top * stride;
      for (; left + 4 <= width; left += 4) {
        v128.store64_lane(out, halved(row + (<usize>left << 2), stride), 0);
        out += 8;
      }
    }
    for (; left < width; left += factor) {
      const across = min(factor, width - left);
      let red: i32 = 0;
      let green: i32 = 0;
      let blue: i32 = 0;
      let row = pixels + <usize>top * stride + (<usize>left << 2);
      for (let y: i32 = 0; y < down; y++) {
        for (let x: i32 = 0; x < across; x++) {
          const word = load<u32>(row + (<usize>x << 2));
          red += word & 255;
          green += (word >> 8) & 255;
          blue += (word >> 16) & 255;
        }
        row += stride;
      }
      const share = 1 / <f64>(across * down);
      store<u32>(out, mean(red, share) | (mean(green, share) << 8) | (mean(blue, share) << 16));
      out += 4;
    }
  }
}

/** One 16-bit number in four lanes. */
const FOUR: i64 = 0x0001_0001_0001_0001;

/** Red, green and blue between four pixels, times 256, in 32-bit lanes; weights in 1/256. */
// @ts-ignore: decorator
@inline
function between(words: usize, columns: i32, px: i32, py: i32): v128 {
  const at = words + (<usize>((py >> 8) * columns + (px >> 8)) << 2);
  const fx = px & 255;
  const fy = py & 255;
  const both = (fx * fy) >> 8;
  const right = fx - both;
  const below = fy - both;
  // Where a pixel has no neighbour its weight is 0.
  const upper = i64x2.replace_lane(i64x2.splat(<i64>(256 - fx - below) * FOUR), 1, <i64>right * FOUR);
  const lower = i64x2.replace_lane(i64x2.splat(<i64>below * FOUR), 1, <i64>both * FOUR);
  const sum = i16x8.add(
    i16x8.mul(v128.load8x8_u(at), upper),
    i16x8.mul(v128.load8x8_u(at + (<usize>columns << 2)), lower),
  );
  return i32x4.add(i32x4.extend_low_i16x8_u(sum), i32x4.extend_high_i16x8_u(sum));
}

/**
 * Samples a grid of `size × taps` points a side into the planes R, G, B of `out`, averaging `taps × taps` each. Positions
 * are in 1/256 pixel of a picture; beyond 0 and (`lastX`, `lastY`) its edge is repeated.
 * @param words address of the first pixel that is there, the one at (`left`, `top`); `columns` lie side by side.
 * @param black leaves out what lies beyond (`firstX`, `firstY`) and (`endX`, `endY`).
 */
export function sample(
  words: usize,
  columns: i32,
  left: i32,
  top: i32,
  lastX: i32,
  lastY: i32,
  size: i32,
  taps: i32,
  originX: f64,
  originY: f64,
  acrossX: f64,
  acrossY: f64,
  alongX: f64,
  alongY: f64,
  black: bool,
  firstX: f64,
  firstY: f64,
  endX: f64,
  endY: f64,
  gain: f64,
  offset: f64,
  out: usize,
): void {
  const plane = <usize>(size * size) << 2;
  for (let row: i32 = 0; row < size; row++) {
    for (let column: i32 = 0; column < size; column++) {
      const i = <f64>(column * taps);
      let sum = i32x4.splat(0);
      for (let j = row * taps, end = (row + 1) * taps; j < end; j++) {
        let x = originX + <f64>j * alongX + i * acrossX;
        let y = originY + <f64>j * alongY + i * acrossY;
        for (let tap: i32 = 0; tap < taps; tap++) {
          if (!black || !(x < firstX || y < firstY || x > endX || y > endY)) {
            const px = x < 0 ? 0 : x > <f64>lastX ? lastX : <i32>x;
            const py = y < 0 ? 0 : y > <f64>lastY ? lastY : <i32>y;
            sum = i32x4.add(sum, between(words, columns, px - (left << 8), py - (top << 8)));
          }
          x += acrossX;
          y += acrossY;
        }
      }
      store<f32>(out, <f32>(<f64>i32x4.extract_lane(sum, 0) * gain + offset));
      store<f32>(out + plane, <f32>(<f64>i32x4.extract_lane(sum, 1) * gain + offset));
      store<f32>(out + 2 * plane, <f32>(<f64>i32x4.extract_lane(sum, 2) * gain + offset));
      out += 4;
    }
  }
}
