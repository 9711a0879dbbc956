/*
 * Draws eyeballs between their lids.
 *
 * AssemblyScript puts decorators before functions, which TypeScript takes for an error: hence each `@ts-ignore`.
 */

import { round, roundBoth } from "./shared/rounding";

// @ts-ignore: decorator
@external("env", "exp")
declare function exp(value: f64): f64;

/** Places of the parameters, 64-bit floats, in bytes; written by src/render/eyes/eye-kernels.ts. */
const MAP: usize = 0;
const DETERMINANT: usize = 48;
const OUTLINE: usize = 56;
const ALONG: usize = 72;
const BINS: usize = 88;
const LASHES: usize = 96;
const LASH_WIDTH: usize = 104;
const IRIS: usize = 112;
const IRIS_RADIUS: usize = 128;
const REACH: usize = 136;
const GAZE: usize = 144;
const LASH: usize = 160;
const ORIGIN: usize = 184;
const SCALE: usize = 200;

/** Softness of a lid's edge in pixels. */
const FEATHER: f64 = 1.2;

// @ts-ignore: decorator
@inline
function unit(value: f64): f64 {
  return value < 0 ? 0 : value > 1 ? 1 : value;
}

/**
 * The texture at a place in pixels of the picture, bilinear: four channels in 16-bit lanes.
 * @param limits the last place in 1/256 texel, across and down.
 */
// @ts-ignore: decorator
@inline
function sampled(texture: usize, width: i32, limits: v128, origin: v128, scale: v128, place: v128): v128 {
  const exact = f64x2.mul(f64x2.mul(f64x2.sub(place, origin), scale), f64x2.splat(256));
  const within = f64x2.pmin(f64x2.pmax(roundBoth(exact), f64x2.splat(0)), limits);
  const texel = i32x4.trunc_sat_f64x2_s_zero(within);
  const column = i32x4.extract_lane(texel, 0);
  const row = i32x4.extract_lane(texel, 1);
  const at = texture + (<usize>((row >> 8) * width + (column >> 8)) << 2);
  const fx = column & 255;
  const fy = row & 255;
  const both = (fx * fy + 128) >> 8;
  const upper = i64x2.shuffle(i16x8.splat(<i16>(256 - fx - fy + both)), i16x8.splat(<i16>(fx - both)), 0, 2);
  const lower = i64x2.shuffle(i16x8.splat(<i16>(fy - both)), i16x8.splat(<i16>both), 0, 2);
  const stride = <usize>width << 2;
  const sum = i16x8.add(
    i16x8.mul(v128.load8x8_u(at), upper),
    i16x8.mul(v128.load8x8_u(at + stride), lower),
  );
  return i16x8.shr_u(i16x8.add(i16x8.add(sum, i64x2.shuffle(sum, sum, 1, 0)), i16x8.splat(128)), 8);
}

/**
 * Draws the eyeball in the columns `[x0, x1]` of the rows `[y0, y1]`.
 * @param upper @param lower 32-bit floats: the lids' heights in `count` bins along the eye.
 * @param texture address of its first texel. @param canvas address of its first pixel, `width` a row.
 * @param still whether the lids are where the source has them. @param looks whether the eye turns.
 */
export function eyeball(
  parameters: usize,
  upper: usize,
  lower: usize,
  count: i32,
  texture: usize,
  textureWidth: i32,
  textureHeight: i32,
  canvas: usize,
  width: i32,
  x0: i32,
  y0: i32,
  x1: i32,
  y1: i32,
  still: bool,
  looks: bool,
): void {
  const mapA = load<f64>(parameters, MAP);
  const mapB = load<f64>(parameters, MAP + 8);
  const mapX = load<f64>(parameters, MAP + 16);
  const mapC = load<f64>(parameters, MAP + 24);
  const mapD = load<f64>(parameters, MAP + 32);
  const mapY = load<f64>(parameters, MAP + 40);
  const determinant = f64x2.splat(load<f64>(parameters, DETERMINANT));
  const first = f64x2.replace_lane(f64x2.splat(mapD), 1, mapA);
  const second = f64x2.replace_lane(f64x2.splat(mapB), 1, mapC);
  const outlineX = load<f64>(parameters, OUTLINE);
  const outlineY = load<f64>(parameters, OUTLINE + 8);
  const alongX = load<f64>(parameters, ALONG);
  const alongY = load<f64>(parameters, ALONG + 8);
  const bins = load<f64>(parameters, BINS);
  const lashes = load<f64>(parameters, LASHES);
  const lashWidth = load<f64>(parameters, LASH_WIDTH);
  const iris = v128.load(parameters, IRIS);
  const gaze = v128.load(parameters, GAZE);
  const origin = v128.load(parameters, ORIGIN);
  const scale = v128.load64_splat(parameters, SCALE);
  const limits = f64x2.replace_lane(
    f64x2.splat(<f64>((textureWidth - 2) << 8)),
    1,
    <f64>((textureHeight - 2) << 8),
  );
  const irisRadius = load<f64>(parameters, IRIS_RADIUS);
  const reach = load<f64>(parameters, REACH);
  for (let y = y0; y <= y1; y++) {
    const py = <f64>y - mapY;
    for (let x = x0; x <= x1; x++) {
      const px = <f64>x - mapX;
      const place = f64x2.replace_lane(f64x2.splat(px), 1, py);
      const turned = f64x2.replace_lane(f64x2.splat(py), 1, px);
      let source = f64x2.div(f64x2.sub(f64x2.mul(first, place), f64x2.mul(second, turned)), determinant);
      const rx = (still ? f64x2.extract_lane(source, 0) : <f64>x) - outlineX;
      const ry = (still ? f64x2.extract_lane(source, 1) : <f64>y) - outlineY;
      const place0 = round((rx * alongX + ry * alongY) * bins);
      if (!(place0 >= 0 && place0 < <f64>count)) continue;
      const bin = <i32>place0;
      const across = ry * alongX - rx * alongY;
      const top = <f64>load<f32>(upper + (<usize>bin << 2));
      const bottom = <f64>load<f32>(lower + (<usize>bin << 2));
      const covered = unit(
        (Math.min(bottom, across + FEATHER / 2) - Math.max(top, across - FEATHER / 2)) / FEATHER,
      );
      if (covered <= 0 && lashes == 0) continue;
      // The upper lid's edge carries the lashes down; their line thins out towards the corners.
      const inward = Math.min(1, <f64>(3 * min(bin, count - 1 - bin)) / <f64>count);
      let lashed: f64 = 0;
      if (lashes != 0) {
        const away = (across - Math.min(top, bottom)) / lashWidth;
        lashed = lashes * inward * exp(-away * away);
        if (covered <= 0 && lashed < 0.01) continue;
      }
      if (looks) {
        const away = f64x2.sub(source, iris);
        const squares = f64x2.mul(away, away);
        const fromIris = Math.sqrt(f64x2.extract_lane(squares, 0) + f64x2.extract_lane(squares, 1));
        if (fromIris < reach) {
          const t = unit((fromIris - irisRadius) / (reach - irisRadius));
          const share = inward * (1 - t * t * (3 - 2 * t));
          source = f64x2.sub(source, f64x2.mul(gaze, f64x2.splat(share)));
        }
      }
      const shown = sampled(texture, textureWidth, limits, origin, scale, source);
      const at = canvas + (<usize>(y * width + x) << 2);
      const word = load<u32>(at);
      // A share of the skin that is mere rounding changes no level.
      if (covered > 1 - 1e-9 && lashed == 0) {
        const colour = i32x4.extract_lane(i8x16.narrow_i16x8_u(shown, shown), 0);
        store<u32>(at, (word & 0xff000000) | (colour & 0xffffff));
        continue;
      }
      const skin = (1 - covered) * (1 - lashed);
      const ball = covered * (1 - lashed);
      const red =
        <f64>(word & 255) * skin +
        <f64>i16x8.extract_lane_u(shown, 0) * ball +
        load<f64>(parameters, LASH) * lashed;
      const green =
        <f64>((word >> 8) & 255) * skin +
        <f64>i16x8.extract_lane_u(shown, 1) * ball +
        load<f64>(parameters, LASH + 8) * lashed;
      const blue =
        <f64>((word >> 16) & 255) * skin +
        <f64>i16x8.extract_lane_u(shown, 2) * ball +
        load<f64>(parameters, LASH + 16) * lashed;
      store<u32>(
        at,
        (word & 0xff000000) | (<u32>(blue + 0.5) << 16) | (<u32>(green + 0.5) << 8) | <u32>(red + 0.5),
      );
    }
  }
}
