/*
 * Draws triangles of a mesh with a texture, and lays what has an alpha channel over a background. Vectors may read up to
 * 16 bytes beyond the end of a texture, and write as many beyond a canvas what they read there.
 *
 * AssemblyScript puts decorators before functions, which TypeScript takes for an error: hence each `@ts-ignore`.
 */

/** The nearest whole number, halves upwards, as `Math.round`. */
// @ts-ignore: decorator
@inline
function round(value: f64): f64 {
  const below = Math.floor(value);
  return value - below >= 0.5 ? below + 1 : below;
}

/** The same of both lanes. */
// @ts-ignore: decorator
@inline
function roundBoth(values: v128): v128 {
  const below = f64x2.floor(values);
  const up = f64x2.ge(f64x2.sub(values, below), f64x2.splat(0.5));
  return f64x2.add(below, v128.and(up, f64x2.splat(1)));
}

/** Bytes of a row of a triangle: where its texture begins, its first pixel, the one behind its last, if all is inside. */
const SPAN: usize = 32;

/** Bytes 1 of the 32-bit lanes, as 16-bit numbers, each twice; the other lanes are out of reach, which gives 0. */
const FRACTIONS = i8x16(1, -1, 1, -1, 5, -1, 5, -1, 9, -1, 9, -1, 13, -1, 13, -1);

/**
 * The four channels of a texel and the one to its right, times their weights, and of those below: lanes 0 to 3 hold what
 * the left texels give, lanes 4 to 7 what the right ones give.
 */
// @ts-ignore: decorator
@inline
function mixed(at: usize, stride: usize, upper: v128, lower: v128): v128 {
  return i16x8.add(i16x8.mul(v128.load8x8_u(at), upper), i16x8.mul(v128.load8x8_u(at + stride), lower));
}

/** Two pixels in 16-bit lanes. */
// @ts-ignore: decorator
@inline
function pixels(first: v128, second: v128): v128 {
  const sum = i16x8.add(i64x2.shuffle(first, second, 0, 2), i64x2.shuffle(first, second, 1, 3));
  return i16x8.shr_u(i16x8.add(sum, i16x8.splat(128)), 8);
}

/**
 * Four pixels of a texture at (u, v), in 1/65536 texel, bilinear with weights of 8 bits.
 * @param stride of the texture's rows, in bytes.
 */
// @ts-ignore: decorator
@inline
function sampled(texture: usize, stride: usize, u: v128, v: v128): v128 {
  const columns = i32x4.shl(i32x4.shr_u(u, 16), 2);
  const at = i32x4.add(i32x4.mul(i32x4.shr_u(v, 16), i32x4.splat(<i32>stride)), columns);
  const fx = i8x16.swizzle(u, FRACTIONS);
  const fy = i8x16.swizzle(v, FRACTIONS);
  const both = i16x8.shr_u(i16x8.add(i16x8.mul(fx, fy), i16x8.splat(128)), 8);
  const right = i16x8.sub(fx, both);
  const below = i16x8.sub(fy, both);
  const left = i16x8.sub(i16x8.sub(i16x8.splat(256), fx), below);
  const one = mixed(
    texture + <usize>i32x4.extract_lane(at, 0),
    stride,
    i32x4.shuffle(left, right, 0, 0, 4, 4),
    i32x4.shuffle(below, both, 0, 0, 4, 4),
  );
  const two = mixed(
    texture + <usize>i32x4.extract_lane(at, 1),
    stride,
    i32x4.shuffle(left, right, 1, 1, 5, 5),
    i32x4.shuffle(below, both, 1, 1, 5, 5),
  );
  const three = mixed(
    texture + <usize>i32x4.extract_lane(at, 2),
    stride,
    i32x4.shuffle(left, right, 2, 2, 6, 6),
    i32x4.shuffle(below, both, 2, 2, 6, 6),
  );
  const four = mixed(
    texture + <usize>i32x4.extract_lane(at, 3),
    stride,
    i32x4.shuffle(left, right, 3, 3, 7, 7),
    i32x4.shuffle(below, both, 3, 3, 7, 7),
  );
  return i8x16.narrow_i16x8_u(pixels(one, two), pixels(three, four));
}

/** Numbers from 0 to `top`. */
// @ts-ignore: decorator
@inline
function within(values: v128, top: i32): v128 {
  return i32x4.max_s(i32x4.min_s(values, i32x4.splat(top)), i32x4.splat(0));
}

// @ts-ignore: decorator
@inline
function limit(value: f64, top: i32): i32 {
  return value < 0 ? 0 : value > <f64>top ? top : <i32>value;
}

/** Whether the vertex at `p` lies above the one at `q`; of two at one height the earlier one. */
// @ts-ignore: decorator
@inline
function isAbove(target: usize, p: usize, q: usize): bool {
  const py = load<f64>(target + p, 8);
  const qy = load<f64>(target + q, 8);
  return py < qy || (py == qy && p < q);
}

/**
 * Draws the triangles `[first, last)` that moved, or all.
 * @param triangles 16-bit numbers of vertices. @param source @param target 64-bit floats, two a vertex.
 * @param texture address of its first texel, which shows the picture's pixel (`originX`, `originY`); `scale` texels a pixel.
 * @param canvas address of row `top`; rows up to `bottom`, exclusive, are there, `width` pixels each.
 * @param spans room for 32 bytes a row.
 * @param empty address of a byte for each triangle, 1 where its texels are 0; or 0.
 */
export function warp(
  triangles: usize,
  first: i32,
  last: i32,
  source: usize,
  target: usize,
  texture: usize,
  textureWidth: i32,
  textureHeight: i32,
  originX: f64,
  originY: f64,
  scale: f64,
  canvas: usize,
  width: i32,
  top: i32,
  bottom: i32,
  spans: usize,
  whole: bool,
  empty: usize,
): void {
  const maxU = (textureWidth - 2) << 16;
  const maxV = (textureHeight - 2) << 16;
  const stride = <usize>textureWidth << 2;
  const limits = f64x2.replace_lane(f64x2.splat(<f64>maxU), 1, <f64>maxV);
  for (let t = first; t < last; t++) {
    const three = triangles + <usize>t * 6;
    let a = <usize>load<u16>(three) << 4;
    let b = <usize>load<u16>(three, 2) << 4;
    let c = <usize>load<u16>(three, 4) << 4;
    if (
      !whole &&
      load<f64>(target + a) == load<f64>(source + a) &&
      load<f64>(target + a, 8) == load<f64>(source + a, 8) &&
      load<f64>(target + b) == load<f64>(source + b) &&
      load<f64>(target + b, 8) == load<f64>(source + b, 8) &&
      load<f64>(target + c) == load<f64>(source + c) &&
      load<f64>(target + c, 8) == load<f64>(source + c, 8)
    ) {
      continue;
    }
    // From top to bottom, so that neighbours walk a shared edge in the same direction.
    let other: usize;
    if (isAbove(target, b, a)) {
      other = a;
      a = b;
      b = other;
    }
    if (isAbove(target, c, b)) {
      other = b;
      b = c;
      c = other;
    }
    if (isAbove(target, b, a)) {
      other = a;
      a = b;
      b = other;
    }
    const ay = load<f64>(target + a, 8);
    const by = load<f64>(target + b, 8);
    const cy = load<f64>(target + c, 8);
    const from = <i32>Math.max(<f64>top, Math.ceil(ay));
    const to = <i32>Math.min(<f64>(bottom - 1), Math.ceil(cy) - 1);
    if (from > to) continue;
    const ax = load<f64>(target + a);
    const bx = load<f64>(target + b);
    const cx = load<f64>(target + c);
    const area = (bx - ax) * (cy - ay) - (cx - ax) * (by - ay);
    // Also where a vertex is no number.
    if (!(Math.abs(area) >= 1e-9)) continue;
    const sa = load<f64>(source + a);
    const ta = load<f64>(source + a, 8);
    const ua = (sa - originX) * scale;
    const va = (ta - originY) * scale;
    const ub = (load<f64>(source + b) - sa) * scale;
    const vb = (load<f64>(source + b, 8) - ta) * scale;
    const uc = (load<f64>(source + c) - sa) * scale;
    const vc = (load<f64>(source + c, 8) - ta) * scale;
    const ux = (ub * (cy - ay) - uc * (by - ay)) / area;
    const uy = (uc * (bx - ax) - ub * (cx - ax)) / area;
    const vx = (vb * (cy - ay) - vc * (by - ay)) / area;
    const vy = (vc * (bx - ax) - vb * (cx - ax)) / area;
    const across = f64x2.replace_lane(f64x2.splat(round(ux * 65536)), 1, round(vx * 65536));
    const perColumn = f64x2.replace_lane(f64x2.splat(ux), 1, vx);
    const perRow = f64x2.replace_lane(f64x2.splat(uy), 1, vy);
    const corner = f64x2.replace_lane(f64x2.splat(ua), 1, va);
    const long = (cx - ax) / (cy - ay);
    const upper = (bx - ax) / (by - ay);
    const lower = (cx - bx) / (cy - by);
    let span = spans;
    for (let y = from; y <= to; y++) {
      const down = <f64>y - ay;
      const onLong = ax + down * long;
      const onShort = <f64>y < by ? ax + down * upper : bx + (<f64>y - by) * lower;
      const edges = f64x2.replace_lane(f64x2.splat(onLong), 1, onShort);
      const others = f64x2.replace_lane(f64x2.splat(onShort), 1, onLong);
      const left = f64x2.pmax(f64x2.ceil(f64x2.pmin(edges, others)), f64x2.splat(0));
      const right = f64x2.pmin(f64x2.ceil(f64x2.pmax(edges, others)), f64x2.splat(width));
      const inward = f64x2.mul(f64x2.sub(left, f64x2.splat(ax)), perColumn);
      const exact = f64x2.add(f64x2.add(corner, inward), f64x2.mul(f64x2.splat(down), perRow));
      const start = roundBoth(f64x2.mul(exact, f64x2.splat(65536)));
      const last = f64x2.add(f64x2.sub(right, left), f64x2.splat(-1));
      const end = f64x2.add(start, f64x2.mul(last, across));
      const inside = v128.and(
        f64x2.ge(f64x2.pmin(start, end), f64x2.splat(0)),
        f64x2.le(f64x2.pmax(start, end), limits),
      );
      v128.store(span, start);
      v128.store64_lane(span, i32x4.trunc_sat_f64x2_s_zero(f64x2.shuffle(left, right, 0, 2)), 0, 16);
      store<i32>(span, i64x2.all_true(inside) ? 1 : 0, 24);
      span += SPAN;
    }
    const stepU = <i32>f64x2.extract_lane(across, 0);
    const stepV = <i32>f64x2.extract_lane(across, 1);
    const firstU = i32x4.mul(i32x4.splat(stepU), i32x4(0, 1, 2, 3));
    const firstV = i32x4.mul(i32x4.splat(stepV), i32x4(0, 1, 2, 3));
    const fourU = i32x4.splat(stepU << 2);
    const fourV = i32x4.splat(stepV << 2);
    const none = empty != 0 && load<u8>(empty + t) != 0;
    let row = canvas + (<usize>((from - top) * width) << 2);
    for (let at = spans; at < span; at += SPAN) {
      let out = row + (<usize>load<i32>(at, 16) << 2);
      const end = row + (<usize>load<i32>(at, 20) << 2);
      row += <usize>width << 2;
      if (out >= end) continue;
      if (load<i32>(at, 24)) {
        if (none) {
          for (; out + 16 <= end; out += 16) v128.store(out, i64x2.splat(0));
          for (; out < end; out += 4) store<u32>(out, 0);
          continue;
        }
        let u = i32x4.add(i32x4.splat(<i32>load<f64>(at)), firstU);
        let v = i32x4.add(i32x4.splat(<i32>load<f64>(at, 8)), firstV);
        for (; out + 16 <= end; out += 16) {
          v128.store(out, sampled(texture, stride, u, v));
          u = i32x4.add(u, fourU);
          v = i32x4.add(v, fourV);
        }
        if (out < end) {
          // What lies behind the last pixel is looked up, but keeps its colour.
          const last = sampled(texture, stride, within(u, maxU), within(v, maxV));
          const drawn = i32x4.gt_s(i32x4.splat(<i32>(end - out) >> 2), i32x4(0, 1, 2, 3));
          v128.store(out, v128.bitselect(last, v128.load(out), drawn));
        }
      } else {
        let u = load<f64>(at);
        let v = load<f64>(at, 8);
        for (; out < end; out += 4) {
          const one = i32x4.splat(limit(u, maxU));
          v128.store32_lane(out, sampled(texture, stride, one, i32x4.splat(limit(v, maxV))), 0);
          u += f64x2.extract_lane(across, 0);
          v += f64x2.extract_lane(across, 1);
        }
      }
    }
  }
}

/** Two premultiplied pixels in eight lanes over two opaque ones: own + floor(((255 − alpha) behind + 127) / 255). */
// @ts-ignore: decorator
@inline
function over(own: v128, behind: v128): v128 {
  const alpha = i8x16.shuffle(own, own, 6, 7, 6, 7, 6, 7, 6, 7, 14, 15, 14, 15, 14, 15, 14, 15);
  const product = i16x8.add(i16x8.mul(i16x8.sub(i16x8.splat(255), alpha), behind), i16x8.splat(127));
  const carried = i16x8.add(i16x8.add(product, i16x8.splat(1)), i16x8.shr_u(product, 8));
  return i16x8.add(own, i16x8.shr_u(carried, 8));
}

/** Lays a row of at least four premultiplied pixels over opaque ones, in place; opaque pixels stay as they are. */
export function overRow(row: usize, behind: usize, width: i32): void {
  const opaque = i32x4.splat(0xff000000);
  const end = row + (<usize>width << 2);
  while (row < end) {
    // The last four may have been laid in part: what is opaque now stays.
    if (row + 16 > end) {
      behind -= row + 16 - end;
      row = end - 16;
    }
    const own = v128.load(row);
    const solid = i32x4.eq(v128.and(own, opaque), opaque);
    if (!i32x4.all_true(solid)) {
      const low = over(i16x8.extend_low_i8x16_u(own), v128.load8x8_u(behind));
      const high = over(i16x8.extend_high_i8x16_u(own), v128.load8x8_u(behind, 8));
      const laid = v128.or(i8x16.narrow_i16x8_u(low, high), opaque);
      v128.store(row, v128.bitselect(own, laid, solid));
    }
    row += 16;
    behind += 16;
  }
}
