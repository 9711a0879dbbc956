/*
 * Draws triangles of a mesh with a texture, and lays what has an alpha channel over a background. Vectors may read up to
 * 16 bytes beyond the end of a texture, and write as many beyond a canvas what they read there.
 *
 * One long file, since its functions are one binary on one memory and share what is known of triangles and their rows.
 *
 * AssemblyScript puts decorators before functions, which TypeScript takes for an error: hence each `@ts-ignore`.
 */

import { round, roundBoth } from "./shared/rounding";

/**
 * What is known of a triangle, by byte: `EDGES` of its upper part (64-bit floats in pairs of the long and the short one: where
 * they begin across and down, and pixels a row), those of its lower part after them; then in pairs of across and down: texels
 * a pixel to the right, a pixel down, at the uppermost vertex, and 1/65536 texels a pixel in whole numbers, as floats and as
 * integers; then 32-bit numbers: the lower part's first row, the last row, a kind, and the next triangle of a list.
 */
const EDGES: usize = 48;
const PER_COLUMN: usize = 96;
const PER_ROW: usize = 112;
const CORNER: usize = 128;
const STEP: usize = 144;
const WHOLE_STEP: usize = 160;
const LOWER: usize = 168;
const LAST: usize = 172;
const KIND: usize = 176;
const NEXT: usize = 180;
const TRIANGLE: usize = 192;

/**
 * A row of a triangle, by byte: where its texture begins in 1/65536 texel, two 32-bit numbers; its first pixel, the one behind
 * its last; its triangle, a kind; for `LIMITED` rows again where its texture begins, as floats.
 */
const FIRST: usize = 8;
const BEHIND: usize = 12;
const OF: usize = 16;
const ROW_KIND: usize = 20;
const START: usize = 32;
const SPAN: usize = 48;

/** Some of what is looked up may lie beside the texture. */
const LIMITED: i32 = 0;
/** All that is looked up lies in the texture, also a vector behind a row's end. */
const INSIDE: i32 = 1;
/** All texels are 0. */
const CLEAR: i32 = 2;
/** The row's own pixels lie in the texture. */
const OWN_INSIDE: i32 = 3;

/** Bytes that memory gives at a time. */
const LINE: usize = 64;
/** Rows of a texture that are asked for before they are needed. */
const AHEAD: i32 = 6;

/** Added to a whole number it leaves that in the lower half of a 64-bit float. */
const WHOLE: f64 = 6755399441055744;

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

/** What lies four texels and pixels around a triangle is in the texture. */
// @ts-ignore: decorator
@inline
function surrounded(at: f64, toB: f64, toC: f64, step: f64, size: i32): bool {
  const reach = 4 * Math.abs(step) + 1;
  const low = at + Math.min(0, Math.min(toB, toC));
  const high = at + Math.max(0, Math.max(toB, toC));
  return low - reach > 0 && high + reach < <f64>(size - 2);
}

/**
 * Makes the list of a row's triangles in their order: those of the row before that are left, and those that begin.
 * @param begins the first of these, linked. @returns the end of the list `next`.
 */
function joined(before: usize, end: usize, begins: usize, y: i32, next: usize): usize {
  for (; before < end; before += 4) {
    const one = load<usize>(before);
    for (; begins != 0 && begins < one; begins = load<usize>(begins, NEXT)) {
      store<usize>(next, begins);
      next += 4;
    }
    store<usize>(next, one);
    next += load<i32>(one, LAST) >= y ? 4 : 0;
  }
  for (; begins != 0; begins = load<usize>(begins, NEXT)) {
    store<usize>(next, begins);
    next += 4;
  }
  return next;
}

/** The texture's lowest row in which a span of the last {@link spansOf} begins. */
let texelRow: i32 = 0;

/** Works out row `y` of the triangles of a list. @param limits of places in the texture. @returns the end of `span`. */
function spansOf(list: usize, end: usize, y: i32, width: i32, limits: v128, span: usize): usize {
  const height = f64x2.splat(<f64>y);
  const none = f64x2.splat(0);
  const whole = f64x2.splat(WHOLE);
  const columns = f64x2.splat(<f64>width);
  let lowest = i32x4.splat(0);
  for (; list < end; list += 4) {
    const one = load<usize>(list);
    const part = one + (y >= load<i32>(one, LOWER) ? EDGES : 0);
    const down = f64x2.sub(height, v128.load(part, 16));
    const edges = f64x2.add(v128.load(part), f64x2.mul(down, v128.load(part, 32)));
    const others = i64x2.shuffle(edges, edges, 1, 0);
    const left = f64x2.pmax(f64x2.ceil(f64x2.pmin(edges, others)), none);
    const right = f64x2.ceil(f64x2.pmax(edges, others));
    const ends = f64x2.pmax(f64x2.pmin(i64x2.shuffle(left, right, 0, 2), columns), none);
    const inward = f64x2.mul(f64x2.sub(left, v128.load64_splat(one)), v128.load(one, PER_COLUMN));
    const fromCorner = f64x2.mul(i64x2.shuffle(down, down, 0, 0), v128.load(one, PER_ROW));
    const exact = f64x2.add(f64x2.add(v128.load(one, CORNER), inward), fromCorner);
    const start = roundBoth(f64x2.mul(exact, f64x2.splat(65536)));
    const packed = i32x4.shuffle(f64x2.add(start, whole), f64x2.add(ends, whole), 0, 2, 4, 6);
    v128.store(span, packed);
    lowest = i32x4.max_s(lowest, packed);
    store<usize>(span, one, OF);
    let kind = load<i32>(one, KIND);
    if (kind == LIMITED) {
      const last = f64x2.add(f64x2.sub(f64x2.pmin(right, columns), left), f64x2.splat(-1));
      const stop = f64x2.add(start, f64x2.mul(last, v128.load(one, STEP)));
      const inside = v128.and(
        f64x2.ge(f64x2.pmin(start, stop), none),
        f64x2.le(f64x2.pmax(start, stop), limits),
      );
      if (i64x2.all_true(inside)) kind = OWN_INSIDE;
      v128.store(span, start, START);
    }
    store<i32>(span, kind, ROW_KIND);
    span += SPAN;
  }
  texelRow = i32x4.extract_lane(lowest, 1) >> 16;
  return span;
}

/** Draws what {@link spansOf} worked out on the canvas's row at `row`. */
function drawSpans(span: usize, last: usize, row: usize, texture: usize, stride: usize, maxU: i32, maxV: i32): void {
  for (; span < last; span += SPAN) {
    let out = row + (<usize>load<i32>(span, FIRST) << 2);
    const end = row + (<usize>load<i32>(span, BEHIND) << 2);
    if (out >= end) continue;
    const kind = load<i32>(span, ROW_KIND);
    const one = load<usize>(span, OF);
    if (kind == LIMITED) {
      let u = load<f64>(span, START);
      let v = load<f64>(span, START + 8);
      for (; out < end; out += 4) {
        const single = sampled(texture, stride, i32x4.splat(limit(u, maxU)), i32x4.splat(limit(v, maxV)));
        v128.store32_lane(out, single, 0);
        u += load<f64>(one, STEP);
        v += load<f64>(one, STEP + 8);
      }
      continue;
    }
    // Whole vectors are drawn, and what the last one hides behind the row's end is put back: a row's length cannot be guessed.
    const hidden = v128.load(end);
    if (kind == CLEAR) {
      for (; out < end; out += 16) v128.store(out, i64x2.splat(0));
    } else {
      const stepU = v128.load32_splat(one, WHOLE_STEP);
      const stepV = v128.load32_splat(one, WHOLE_STEP + 4);
      let u = i32x4.add(v128.load32_splat(span), i32x4.mul(stepU, i32x4(0, 1, 2, 3)));
      let v = i32x4.add(v128.load32_splat(span, 4), i32x4.mul(stepV, i32x4(0, 1, 2, 3)));
      const fourU = i32x4.shl(stepU, 2);
      const fourV = i32x4.shl(stepV, 2);
      if (kind == OWN_INSIDE) {
        for (; out + 16 <= end; out += 16) {
          v128.store(out, sampled(texture, stride, u, v));
          u = i32x4.add(u, fourU);
          v = i32x4.add(v, fourV);
        }
        u = within(u, maxU);
        v = within(v, maxV);
      }
      for (; out < end; out += 16) {
        v128.store(out, sampled(texture, stride, u, v));
        u = i32x4.add(u, fourU);
        v = i32x4.add(v, fourV);
      }
    }
    v128.store(end, hidden);
  }
}

/**
 * Draws the triangles `[first, last)` that moved, or all. Row after row, in a row each triangle in its order: the texture is
 * then looked up along its own rows, which memory is fast at.
 * @param triangles 16-bit numbers of vertices. @param source @param target 64-bit floats, two a vertex.
 * @param texture address of its first texel, which shows the picture's pixel (`originX`, `originY`); `scale` texels a pixel.
 * @param canvas address of row `top`; rows up to `bottom`, exclusive, are there, `width` pixels each.
 * @param room for 248 bytes a triangle, 4 a row and 8 more, on a multiple of 16.
 * @param empty address of a byte for each triangle, 1 where its texels are 0; or 0.
 * @param extents address of two 32-bit numbers for each row of the texture: bytes from its first texel to the first one in
 * the row that may be looked up, and behind the last; or 0.
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
  room: usize,
  whole: bool,
  empty: usize,
  extents: usize,
): void {
  const maxU = (textureWidth - 2) << 16;
  const maxV = (textureHeight - 2) << 16;
  const stride = <usize>textureWidth << 2;
  const limits = f64x2.replace_lane(f64x2.splat(<f64>maxU), 1, <f64>maxV);
  const count = <usize>(last - first);
  // In the room: triangles, rows of them, each row's first triangle, two lists of triangles.
  const spans = room + count * TRIANGLE;
  const beginning = spans + count * SPAN;
  let present = beginning + (<usize>(bottom - top) << 2);
  let following = present + (count << 2) + 4;
  memory.fill(beginning, 0, <usize>(bottom - top) << 2);
  // Backwards, so that each row's list runs forwards.
  for (let t = last - 1; t >= first; t--) {
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
    const long = (cx - ax) / (cy - ay);
    const stepU = round(ux * 65536);
    const stepV = round(vx * 65536);
    // A sliver's sums are not exact enough to be sure of.
    const inside =
      Math.abs(area) > 1e-3 &&
      surrounded(ua, ub, uc, ux, textureWidth) &&
      surrounded(va, vb, vc, vx, textureHeight);
    const one = room + <usize>(t - first) * TRIANGLE;
    store<f64>(one, ax);
    store<f64>(one, ax, 8);
    store<f64>(one, ay, 16);
    store<f64>(one, ay, 24);
    store<f64>(one, long, 32);
    store<f64>(one, (bx - ax) / (by - ay), 40);
    store<f64>(one, ax, EDGES);
    store<f64>(one, bx, EDGES + 8);
    store<f64>(one, ay, EDGES + 16);
    store<f64>(one, by, EDGES + 24);
    store<f64>(one, long, EDGES + 32);
    store<f64>(one, (cx - bx) / (cy - by), EDGES + 40);
    store<f64>(one, ux, PER_COLUMN);
    store<f64>(one, vx, PER_COLUMN + 8);
    store<f64>(one, uy, PER_ROW);
    store<f64>(one, vy, PER_ROW + 8);
    store<f64>(one, ua, CORNER);
    store<f64>(one, va, CORNER + 8);
    store<f64>(one, stepU, STEP);
    store<f64>(one, stepV, STEP + 8);
    store<i32>(one, <i32>stepU, WHOLE_STEP);
    store<i32>(one, <i32>stepV, WHOLE_STEP + 4);
    store<i32>(one, <i32>Math.ceil(by), LOWER);
    store<i32>(one, to, LAST);
    const clear = empty != 0 && load<u8>(empty + t) != 0;
    store<i32>(one, clear ? CLEAR : inside ? INSIDE : LIMITED, KIND);
    const begins = beginning + (<usize>(from - top) << 2);
    store<usize>(one, load<usize>(begins), NEXT);
    store<usize>(begins, one);
  }
  let end = present;
  let fetched = 0;
  let sum: u32 = 0;
  for (let y = top; y < bottom; y++) {
    const begins = load<usize>(beginning + (<usize>(y - top) << 2));
    end = joined(present, end, begins, y, following);
    const list = following;
    following = present;
    present = list;
    const spansEnd = spansOf(present, end, y, width, limits, spans);
    const row = canvas + (<usize>((y - top) * width) << 2);
    if (extents != 0) {
      // A texture is larger than what a processor keeps: its rows are asked for in one go, before triangles need pieces of them.
      const until = min(textureHeight, texelRow + AHEAD);
      for (; fetched < until; fetched++) {
        const extent = extents + (<usize>fetched << 3);
        const behind = texture + load<u32>(extent, 4);
        for (let at = texture + load<u32>(extent); at < behind; at += LINE) sum += load<u32>(at);
      }
    }
    drawSpans(spans, spansEnd, row, texture, stride, maxU, maxV);
  }
  // Nobody needs the sum, but what goes into it is then really read.
  store<u32>(room, sum);
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
    if (!v128.any_true(own)) {
      v128.store(row, v128.or(v128.load(behind), opaque));
    } else if (!i32x4.all_true(solid)) {
      const low = over(i16x8.extend_low_i8x16_u(own), v128.load8x8_u(behind));
      const high = over(i16x8.extend_high_i8x16_u(own), v128.load8x8_u(behind, 8));
      const laid = v128.or(i8x16.narrow_i16x8_u(low, high), opaque);
      v128.store(row, v128.bitselect(own, laid, solid));
    }
    row += 16;
    behind += 16;
  }
}
