/*
 * Lays a face over a frame (src/render/video/face-box.ts). Pictures are boxes of RGBA words without padding, `width` by
 * `height`; weights are 32-bit floats. Sums are those of 64-bit floats in the order of rows and columns.
 *
 * One long file, since its functions are one binary on one memory, called in turn for each frame.
 *
 * AssemblyScript puts decorators before functions, which TypeScript takes for an error: hence each `@ts-ignore`.
 */

/** A share of a triangle's vertex below which a pixel lies outside. */
const RIM: f64 = -1e-6;

/** The first or last column at which a share that changes by `slope` may reach {@link RIM}, with one beside it. */
// @ts-ignore: decorator
@inline
function bound(atZero: f64, slope: f64): f64 {
  return (RIM - atZero) / slope;
}

/**
 * Spreads two values of vertices over a box, linearly within each triangle; pixels outside all triangles get 0.
 * @param triangles 16-bit numbers, `count` times three. @param target 64-bit floats, two a vertex, less (`left`, `top`).
 * @param one @param two 64-bit floats, one a vertex. @param oneOut @param twoOut `[height, width]`.
 */
export function spread(
  triangles: usize,
  count: i32,
  target: usize,
  left: f64,
  top: f64,
  width: i32,
  height: i32,
  one: usize,
  two: usize,
  oneOut: usize,
  twoOut: usize,
): void {
  const bytes = (<usize>width * height) << 2;
  memory.fill(oneOut, 0, bytes);
  memory.fill(twoOut, 0, bytes);
  for (const end = triangles + <usize>count * 6; triangles < end; triangles += 6) {
    const a = <usize>load<u16>(triangles);
    const b = <usize>load<u16>(triangles, 2);
    const c = <usize>load<u16>(triangles, 4);
    const ax = load<f64>(target + (a << 4)) - left;
    const ay = load<f64>(target + (a << 4), 8) - top;
    const bx = load<f64>(target + (b << 4)) - left;
    const by = load<f64>(target + (b << 4), 8) - top;
    const cx = load<f64>(target + (c << 4)) - left;
    const cy = load<f64>(target + (c << 4), 8) - top;
    const area = (bx - ax) * (cy - ay) - (cx - ax) * (by - ay);
    // Also where a vertex is no number.
    if (!(Math.abs(area) >= 1e-9)) continue;
    const y0 = <i32>Math.max(0, Math.ceil(Math.min(Math.min(ay, by), cy)));
    const y1 = <i32>Math.min(<f64>(height - 1), Math.floor(Math.max(Math.max(ay, by), cy)));
    const x0 = Math.max(0, Math.ceil(Math.min(Math.min(ax, bx), cx)));
    const x1 = Math.min(<f64>(width - 1), Math.floor(Math.max(Math.max(ax, bx), cx)));
    const va = f64x2.splat(load<f64>(one + (a << 3)));
    const vb = f64x2.splat(load<f64>(one + (b << 3)));
    const vc = f64x2.splat(load<f64>(one + (c << 3)));
    const wa = f64x2.splat(load<f64>(two + (a << 3)));
    const wb = f64x2.splat(load<f64>(two + (b << 3)));
    const wc = f64x2.splat(load<f64>(two + (c << 3)));
    // Shares of `b` and `c`, and how they change from pixel to pixel.
    const bAcross = (cy - ay) / area;
    const bDown = (cx - ax) / area;
    const cAcross = (by - ay) / area;
    const cDown = (bx - ax) / area;
    const aAcross = cAcross - bAcross;
    const perB = f64x2.splat(bAcross);
    const perC = f64x2.splat(cAcross);
    const rim = f64x2.splat(RIM);
    for (let y = y0; y <= y1; y++) {
      const bRow = (<f64>y - ay) * bDown;
      const cRow = (<f64>y - ay) * cDown;
      // Columns that cannot be inside are left out; those beside them are looked at.
      let first = x0;
      let last = x1;
      const ofB0 = -ax * bAcross - bRow;
      const ofC0 = cRow + ax * cAcross;
      const ofA0 = 1 - ofB0 - ofC0;
      if (bAcross > 0) first = Math.max(first, Math.floor(bound(ofB0, bAcross)) - 1);
      else if (bAcross < 0) last = Math.min(last, Math.ceil(bound(ofB0, bAcross)) + 1);
      if (cAcross < 0) first = Math.max(first, Math.floor(bound(ofC0, -cAcross)) - 1);
      else if (cAcross > 0) last = Math.min(last, Math.ceil(bound(ofC0, -cAcross)) + 1);
      if (aAcross > 0) first = Math.max(first, Math.floor(bound(ofA0, aAcross)) - 1);
      else if (aAcross < 0) last = Math.min(last, Math.ceil(bound(ofA0, aAcross)) + 1);
      if (!(first <= last)) continue;
      const end = <i32>last;
      for (let x = <i32>first; x <= end; x += 2) {
        const across = f64x2.sub(f64x2.replace_lane(f64x2.splat(x), 1, <f64>(x + 1)), f64x2.splat(ax));
        const ofB = f64x2.sub(f64x2.mul(across, perB), f64x2.splat(bRow));
        const ofC = f64x2.sub(f64x2.splat(cRow), f64x2.mul(across, perC));
        const ofA = f64x2.sub(f64x2.sub(f64x2.splat(1), ofB), ofC);
        const outside = v128.or(v128.or(f64x2.lt(ofA, rim), f64x2.lt(ofB, rim)), f64x2.lt(ofC, rim));
        let bits = 3 & ~i64x2.bitmask(outside);
        if (x == end) bits &= 1;
        if (bits == 0) continue;
        const ones = f32x4.demote_f64x2_zero(
          f64x2.add(f64x2.add(f64x2.mul(ofA, va), f64x2.mul(ofB, vb)), f64x2.mul(ofC, vc)),
        );
        const twos = f32x4.demote_f64x2_zero(
          f64x2.add(f64x2.add(f64x2.mul(ofA, wa), f64x2.mul(ofB, wb)), f64x2.mul(ofC, wc)),
        );
        const at = <usize>(y * width + x) << 2;
        if (bits == 3) {
          v128.store64_lane(oneOut + at, ones, 0);
          v128.store64_lane(twoOut + at, twos, 0);
        } else if (bits == 1) {
          v128.store32_lane(oneOut + at, ones, 0);
          v128.store32_lane(twoOut + at, twos, 0);
        } else {
          v128.store32_lane(oneOut + at, ones, 1, 4);
          v128.store32_lane(twoOut + at, twos, 1, 4);
        }
      }
    }
  }
}

/** Makes `skin` 1 where it is above .95 and `alpha` above 0, else 0. Four pixels a step; reads and writes up to 12 bytes more. */
export function markSkin(alpha: usize, skin: usize, pixels: i32): void {
  for (const end = alpha + (<usize>pixels << 2); alpha < end; alpha += 16, skin += 16) {
    const shown = f32x4.gt(v128.load(alpha), f32x4.splat(0));
    // The number of 32 bits next below .95.
    const sure = f32x4.gt(v128.load(skin), f32x4.splat(0.95));
    v128.store(skin, v128.and(v128.and(shown, sure), f32x4.splat(1)));
  }
}

// @ts-ignore: decorator
@inline
function green(at: usize): i32 {
  return load<u8>(at, 1);
}

/** Four times the difference between a pixel and the mean of its neighbours, in green. */
// @ts-ignore: decorator
@inline
function apart(at: usize, stride: usize): i32 {
  return (green(at) << 2) - green(at - 4) - green(at + 4) - green(at - stride) - green(at + stride);
}

/**
 * Sums over every second pixel of every second row, where the mask is above 0 there and two pixels around: into `out` a
 * 64-bit float, four times the difference between a pixel and the mean of its neighbours; behind it one, 32 times that with
 * half of that difference on top; behind it their number.
 */
export function detail(words: usize, mask: usize, width: i32, height: i32, out: usize): void {
  const stride = <usize>width << 2;
  let plain: i64 = 0;
  let sharpened: i64 = 0;
  let count: i32 = 0;
  for (let y: i32 = 2; y < height - 2; y += 2) {
    for (let x: i32 = 2 + ((y & 2) >> 1); x < width - 2; x += 2) {
      const at = <usize>(y * width + x) << 2;
      const here = mask + at;
      if (!(load<f32>(here) > 0 && load<f32>(here - 8) > 0 && load<f32>(here, 8) > 0)) continue;
      if (!(load<f32>(here - 2 * stride) > 0 && load<f32>(here + 2 * stride) > 0)) continue;
      const own = apart(words + at, stride);
      const around =
        apart(words + at - 4, stride) +
        apart(words + at + 4, stride) +
        apart(words + at - stride, stride) +
        apart(words + at + stride, stride);
      plain += abs(own);
      sharpened += abs(12 * own - around);
      count++;
    }
  }
  store<f64>(out, <f64>plain);
  store<f64>(out, <f64>sharpened, 8);
  store<f64>(out, <f64>count, 16);
}

/** Mixes two pictures into the first, of which `part` of 256 stays. Four pixels a step; reads and writes up to 12 bytes more. */
export function mix(one: usize, two: usize, pixels: i32, part: i32): void {
  const own = i16x8.splat(<i16>part);
  const other = i16x8.splat(<i16>(256 - part));
  const half = i16x8.splat(128);
  for (const end = one + (<usize>pixels << 2); one < end; one += 16, two += 16) {
    const a = v128.load(one);
    const b = v128.load(two);
    const low = i16x8.add(
      i16x8.mul(i16x8.extend_low_i8x16_u(a), own),
      i16x8.mul(i16x8.extend_low_i8x16_u(b), other),
    );
    const high = i16x8.add(
      i16x8.mul(i16x8.extend_high_i8x16_u(a), own),
      i16x8.mul(i16x8.extend_high_i8x16_u(b), other),
    );
    const mixed = i8x16.narrow_i16x8_u(
      i16x8.shr_u(i16x8.add(low, half), 8),
      i16x8.shr_u(i16x8.add(high, half), 8),
    );
    v128.store(one, mixed);
  }
}

/** Red and green of a pixel in its low half, as 64-bit floats. */
// @ts-ignore: decorator
@inline
function redGreen(channels: v128): v128 {
  return f64x2.convert_low_i32x4_u(channels);
}

/** Blue, and what is in the fourth channel. */
// @ts-ignore: decorator
@inline
function blueRest(channels: v128): v128 {
  return f64x2.convert_low_i32x4_u(i64x2.shuffle(channels, channels, 1, 1));
}

/** The four channels of a pixel in 32-bit lanes. */
// @ts-ignore: decorator
@inline
function channelsOf(at: usize): v128 {
  return i32x4.extend_low_i16x8_u(i16x8.extend_low_i8x16_u(v128.load32_zero(at)));
}

/**
 * Adds to the cells of a grid, `columns` by `rows` of `cell` × `cell` pixels: eight 32-bit floats a cell, red, green and blue of
 * `real` and the sum of the weights, the same of `drawn`; times the weights.
 */
export function gainSums(
  real: usize,
  drawn: usize,
  weights: usize,
  width: i32,
  height: i32,
  cell: i32,
  columns: i32,
  out: usize,
): void {
  for (let y: i32 = 0; y < height; y++) {
    let to = out + (<usize>((y / cell) * columns) << 5);
    for (let column: i32 = 0; column < columns; column++, to += 32) {
      const end = min(width, (column + 1) * cell);
      let ownRG = f64x2.splat(0);
      let ownBW = f64x2.splat(0);
      let madeRG = f64x2.splat(0);
      let madeBW = f64x2.splat(0);
      for (let x = column * cell; x < end; x++) {
        const at = <usize>(y * width + x) << 2;
        const weight = load<f32>(weights + at);
        if (!(weight > 0)) continue;
        const both = f64x2.splat(<f64>weight);
        const own = i32x4.replace_lane(channelsOf(real + at), 3, 1);
        const made = i32x4.replace_lane(channelsOf(drawn + at), 3, 1);
        ownRG = f64x2.add(ownRG, f64x2.mul(both, redGreen(own)));
        ownBW = f64x2.add(ownBW, f64x2.mul(both, blueRest(own)));
        madeRG = f64x2.add(madeRG, f64x2.mul(both, redGreen(made)));
        madeBW = f64x2.add(madeBW, f64x2.mul(both, blueRest(made)));
      }
      if (f64x2.extract_lane(ownBW, 1) == 0) continue;
      addTo(to, ownRG);
      addTo(to + 8, ownBW);
      addTo(to + 16, madeRG);
      addTo(to + 24, madeBW);
    }
  }
}

/** Adds two 64-bit floats to 32-bit ones. */
// @ts-ignore: decorator
@inline
function addTo(at: usize, sums: v128): void {
  const sum = f64x2.add(f64x2.promote_low_f32x4(v128.load64_zero(at)), sums);
  v128.store64_lane(at, f32x4.demote_f64x2_zero(sum), 0);
}

/**
 * Weighs `2 radius + 1` cells along each line of a grid, its ends repeated; eight 32-bit floats a cell, addresses and distances
 * in bytes. @param step from cell to cell of a line. @param pitch from line to line. @param weights 32-bit floats.
 */
export function blurLines(
  source: usize,
  out: usize,
  lines: i32,
  length: i32,
  step: i32,
  pitch: i32,
  weights: usize,
  radius: i32,
): void {
  for (let line: i32 = 0; line < lines; line++) {
    const from = source + <usize>(line * pitch);
    for (let i: i32 = 0; i < length; i++) {
      let first = f64x2.splat(0);
      let second = first;
      let third = first;
      let fourth = first;
      let weight = weights;
      for (let k = i - radius; k <= i + radius; k++, weight += 4) {
        const cell = from + <usize>(max(0, min(length - 1, k)) * step);
        const share = f64x2.splat(<f64>load<f32>(weight));
        first = f64x2.add(first, f64x2.mul(share, f64x2.promote_low_f32x4(v128.load64_zero(cell))));
        second = f64x2.add(second, f64x2.mul(share, f64x2.promote_low_f32x4(v128.load64_zero(cell, 8))));
        third = f64x2.add(third, f64x2.mul(share, f64x2.promote_low_f32x4(v128.load64_zero(cell, 16))));
        fourth = f64x2.add(fourth, f64x2.mul(share, f64x2.promote_low_f32x4(v128.load64_zero(cell, 24))));
      }
      const to = out + <usize>(line * pitch + i * step);
      v128.store64_lane(to, f32x4.demote_f64x2_zero(first), 0);
      v128.store64_lane(to, f32x4.demote_f64x2_zero(second), 0, 8);
      v128.store64_lane(to, f32x4.demote_f64x2_zero(third), 0, 16);
      v128.store64_lane(to, f32x4.demote_f64x2_zero(fourth), 0, 24);
    }
  }
}

/** From one value to another. */
// @ts-ignore: decorator
@inline
function between(a: v128, b: v128, share: v128): v128 {
  return f64x2.add(a, f64x2.mul(f64x2.sub(b, a), share));
}

// @ts-ignore: decorator
@inline
function upper(four: v128): v128 {
  return f64x2.promote_low_f32x4(i64x2.shuffle(four, four, 1, 1));
}

/** Rounded to a 32-bit float. */
// @ts-ignore: decorator
@inline
function single(values: v128): v128 {
  return f64x2.promote_low_f32x4(f32x4.demote_f64x2_zero(values));
}

/** Shares of the new face between which it mixes with the frame. */
const MIXED_FROM: f64 = 0.05;
const MIXED_TO: f64 = 0.6;
/** Largest change of a pixel by sharpening in grey levels. */
const MOST_SHARPENED: f64 = 12;

/** A neighbour's channels where the face shows there, else the pixel's own. */
// @ts-ignore: decorator
@inline
function neighbour(words: usize, alpha: usize, own: v128): v128 {
  return load<f32>(alpha) > 0 ? channelsOf(words) : own;
}

/** The new value of two channels. @param apart four times the difference to the neighbours' mean. */
// @ts-ignore: decorator
@inline
function laid(own: v128, drawn: v128, apart: v128, sharper: v128, light: v128, share: v128): v128 {
  const added = f64x2.mul(sharper, f64x2.mul(apart, f64x2.splat(0.25)));
  const limited = f64x2.max(f64x2.min(added, f64x2.splat(MOST_SHARPENED)), f64x2.splat(-MOST_SHARPENED));
  const wanted = f64x2.mul(f64x2.add(drawn, limited), light);
  const value = f64x2.nearest(f64x2.add(own, f64x2.mul(f64x2.sub(wanted, own), share)));
  return i32x4.trunc_sat_f64x2_s_zero(value);
}

/**
 * Lays a face over a frame, in the frame's light and sharpness.
 * @param real the frame, changed. @param drawn the face. @param alpha how much of it shows, times `share`.
 * @param gains four 32-bit floats a cell of the grid: red, green, blue, 0.
 * @param places a 64-bit float and, behind all of them, a 32-bit number a column: the cell at its left, and how far it is
 * from there to the next.
 * @param sharper share of the difference to its neighbours that each pixel is given.
 */
export function lay(
  real: usize,
  drawn: usize,
  alpha: usize,
  width: i32,
  height: i32,
  gains: usize,
  places: usize,
  cell: i32,
  columns: i32,
  rows: i32,
  share: f64,
  sharper: f64,
): void {
  const stride = <usize>width << 2;
  const cells = places + (<usize>width << 3);
  const right: usize = columns > 1 ? 16 : 0;
  const down: usize = rows > 1 ? <usize>columns << 4 : 0;
  const sharpers = f64x2.splat(sharper);
  for (let y: i32 = 0; y < height; y++) {
    const v = Math.max(0, Math.min(<f64>(rows - 1), (<f64>y + 0.5) / <f64>cell - 0.5));
    const y0 = min(<i32>v, max(0, rows - 2));
    const fy = f64x2.splat(v - <f64>y0);
    for (let x: i32 = 0; x < width; x++) {
      const at = <usize>(y * width + x) << 2;
      const shown = load<f32>(alpha + at);
      if (!(shown > 0)) continue;
      const t = Math.max(0, Math.min(1, (<f64>shown - MIXED_FROM) / (MIXED_TO - MIXED_FROM)));
      const part = t * t * (3 - 2 * t) * share;
      if (part <= 0.002) continue;
      const g = gains + (<usize>(y0 * columns + load<i32>(cells + (<usize>x << 2))) << 4);
      const fx = f64x2.splat(load<f64>(places + (<usize>x << 3)));
      const a = v128.load(g);
      const b = v128.load(g + right);
      const c = v128.load(g + down);
      const d = v128.load(g + down + right);
      const lightRG = single(
        between(
          between(f64x2.promote_low_f32x4(a), f64x2.promote_low_f32x4(b), fx),
          between(f64x2.promote_low_f32x4(c), f64x2.promote_low_f32x4(d), fx),
          fy,
        ),
      );
      const lightB = single(
        between(between(upper(a), upper(b), fx), between(upper(c), upper(d), fx), fy),
      );
      const plain = channelsOf(drawn + at);
      let apart = i32x4.splat(0);
      // Beyond the layer's rim there is nothing to compare with.
      if (x > 0 && y > 0 && x < width - 1 && y < height - 1) {
        const here = drawn + at;
        const shares = alpha + at;
        const beside = i32x4.add(
          neighbour(here - 4, shares - 4, plain),
          neighbour(here + 4, shares + 4, plain),
        );
        const over = i32x4.add(
          neighbour(here - stride, shares - stride, plain),
          neighbour(here + stride, shares + stride, plain),
        );
        apart = i32x4.sub(i32x4.shl(plain, 2), i32x4.add(beside, over));
      }
      const own = channelsOf(real + at);
      const parts = f64x2.splat(part);
      const apartB = i64x2.shuffle(apart, apart, 1, 1);
      const rg = laid(
        redGreen(own),
        redGreen(plain),
        f64x2.convert_low_i32x4_s(apart),
        sharpers,
        lightRG,
        parts,
      );
      const bx = laid(
        blueRest(own),
        blueRest(plain),
        f64x2.convert_low_i32x4_s(apartB),
        sharpers,
        lightB,
        parts,
      );
      const all = i32x4.shuffle(rg, bx, 0, 1, 4, 5);
      const words = i16x8.narrow_i32x4_s(all, all);
      const bytes = i32x4.extract_lane(i8x16.narrow_i16x8_u(words, words), 0);
      store<u32>(real + at, (load<u32>(real + at) & 0xff000000) | (bytes & 0xffffff));
    }
  }
}
