/*
 * Draws triangles of a mesh with a texture, and lays what has an alpha channel over a background. Vectors may read up to
 * 16 bytes beyond the end of a texture, and read and write up to 16 bytes beyond a row of the background.
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

/** One 16-bit number in four lanes. */
const FOUR: i64 = 0x0001_0001_0001_0001;

/**
 * The four channels of a texture at (u, v), in 1/65536 texel, bilinear with weights of 8 bits, before they are divided by
 * 256: lanes 0 to 3 hold what the left texels give, lanes 4 to 7 what the right ones give.
 */
// @ts-ignore: decorator
@inline
function mixed(texture: usize, width: i32, u: i32, v: i32): v128 {
  const at = texture + (<usize>((v >> 16) * width + (u >> 16)) << 2);
  const fx = (u >> 8) & 255;
  const fy = (v >> 8) & 255;
  const both = (fx * fy + 128) >> 8;
  const right = fx - both;
  const below = fy - both;
  const upper = i64x2.replace_lane(i64x2.splat(<i64>(256 - fx - below) * FOUR), 1, <i64>right * FOUR);
  const lower = i64x2.replace_lane(i64x2.splat(<i64>below * FOUR), 1, <i64>both * FOUR);
  return i16x8.add(
    i16x8.mul(v128.load8x8_u(at), upper),
    i16x8.mul(v128.load8x8_u(at + (<usize>width << 2)), lower),
  );
}

/** Two pixels as bytes, in the low half. */
// @ts-ignore: decorator
@inline
function pixels(first: v128, second: v128): v128 {
  const sum = i16x8.add(i64x2.shuffle(first, second, 0, 2), i64x2.shuffle(first, second, 1, 3));
  const words = i16x8.shr_u(i16x8.add(sum, i16x8.splat(128)), 8);
  return i8x16.narrow_i16x8_u(words, words);
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
): void {
  const maxU = (textureWidth - 2) << 16;
  const maxV = (textureHeight - 2) << 16;
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
    let row = canvas + (<usize>((from - top) * width) << 2);
    for (let at = spans; at < span; at += SPAN) {
      let out = row + (<usize>load<i32>(at, 16) << 2);
      const end = row + (<usize>load<i32>(at, 20) << 2);
      row += <usize>width << 2;
      if (out >= end) continue;
      if (load<i32>(at, 24)) {
        let u = <i32>load<f64>(at);
        let v = <i32>load<f64>(at, 8);
        for (; out + 8 <= end; out += 8) {
          const one = mixed(texture, textureWidth, u, v);
          const two = mixed(texture, textureWidth, u + stepU, v + stepV);
          v128.store64_lane(out, pixels(one, two), 0);
          u += 2 * stepU;
          v += 2 * stepV;
        }
        if (out < end) {
          const one = mixed(texture, textureWidth, u, v);
          v128.store32_lane(out, pixels(one, one), 0);
        }
      } else {
        let u = load<f64>(at);
        let v = load<f64>(at, 8);
        for (; out < end; out += 4) {
          const one = mixed(texture, textureWidth, limit(u, maxU), limit(v, maxV));
          v128.store32_lane(out, pixels(one, one), 0);
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
