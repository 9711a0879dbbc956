import type { Box } from "../../core/face.ts";
import type { RgbaImage } from "../../core/image.ts";
import { clamp, smoothstep } from "../../core/scalar.ts";
import type { Outline } from "../mouth/mouth-outline.ts";
import { blurPlane } from "../raster/plane.ts";
import type { Canvas } from "../raster/warp.ts";

/** Values of vertices, and where they are spread: `[box.height, box.width]`. */
export interface Spread {
  readonly values: Float64Array;
  readonly out: Float32Array;
}

/**
 * Spreads values of vertices over a box, linearly within each triangle; pixels outside all triangles get 0.
 * @param target `[vertices, 2]` in pixels of the canvas. @param one @param two what is spread in one go.
 */
export function spreadValues(
  triangles: Uint16Array,
  target: Float64Array,
  box: Box,
  one: Spread,
  two: Spread = one,
): void {
  const { width, height } = box;
  one.out.fill(0, 0, width * height);
  two.out.fill(0, 0, width * height);
  for (let t = 0; t < triangles.length; t += 3) {
    const [a, b, c] = [triangles[t]!, triangles[t + 1]!, triangles[t + 2]!];
    const [va, vb, vc] = [one.values[a]!, one.values[b]!, one.values[c]!];
    const [wa, wb, wc] = [two.values[a]!, two.values[b]!, two.values[c]!];
    const ax = target[a * 2]! - box.x;
    const ay = target[a * 2 + 1]! - box.y;
    const bx = target[b * 2]! - box.x;
    const by = target[b * 2 + 1]! - box.y;
    const cx = target[c * 2]! - box.x;
    const cy = target[c * 2 + 1]! - box.y;
    const area = (bx - ax) * (cy - ay) - (cx - ax) * (by - ay);
    if (Math.abs(area) < 1e-9) continue;
    const y0 = Math.max(0, Math.ceil(Math.min(ay, by, cy)));
    const y1 = Math.min(height - 1, Math.floor(Math.max(ay, by, cy)));
    const x0 = Math.max(0, Math.ceil(Math.min(ax, bx, cx)));
    const x1 = Math.min(width - 1, Math.floor(Math.max(ax, bx, cx)));
    // Shares of `b` and `c`, and how they change from pixel to pixel.
    const [bAcross, bDown] = [(cy - ay) / area, (cx - ax) / area];
    const [cAcross, cDown] = [(by - ay) / area, (bx - ax) / area];
    for (let y = y0; y <= y1; y++) {
      const bRow = (y - ay) * bDown;
      const cRow = (y - ay) * cDown;
      for (let x = x0; x <= x1; x++) {
        const ofB = (x - ax) * bAcross - bRow;
        const ofC = cRow - (x - ax) * cAcross;
        const ofA = 1 - ofB - ofC;
        if (ofA < -1e-6 || ofB < -1e-6 || ofC < -1e-6) continue;
        one.out[y * width + x] = ofA * va + ofB * vb + ofC * vc;
        two.out[y * width + x] = ofA * wa + ofB * wb + ofC * wc;
      }
    }
  }
}

/** Gain of light between two pictures, coarse and smooth. */
export interface LightGain {
  /** Gains of red, green and blue along a row of the box into `out`, `[box.width, 3]`. */
  row(y: number, out: Float32Array): void;
}

const MIN_GAIN = 0.75;
const MAX_GAIN = 1.33;
/** Added to both sums in grey levels, so that dark places give no wild gain. */
const DARK = 4;

/**
 * The low-frequency gain that carries the light of `drawn` to that of `real`.
 * @param weights `[box.height, box.width]` which pixels count. @param sigma of the smoothing in pixels.
 */
export function measureGain(
  real: Canvas,
  drawn: Canvas,
  weights: Float32Array,
  box: Box,
  sigma: number,
): LightGain {
  const cell = Math.max(1, Math.round(sigma / 3));
  const columns = Math.ceil(box.width / cell);
  const rows = Math.ceil(box.height / cell);
  const sums = Array.from({ length: 7 }, () => new Float32Array(columns * rows));
  const [ownRed, ownGreen, ownBlue, red, green, blue, total] = sums as [
    ...[Float32Array, Float32Array, Float32Array],
    ...[Float32Array, Float32Array, Float32Array],
    Float32Array,
  ];
  for (let y = 0; y < box.height; y++) {
    const line = (box.y + y) * real.width + box.x;
    for (let column = 0, to = Math.floor(y / cell) * columns; column < columns; column++, to++) {
      let [r, g, b, dr, dg, db, w] = [0, 0, 0, 0, 0, 0, 0];
      for (let x = column * cell, end = Math.min(box.width, x + cell); x < end; x++) {
        const weight = weights[y * box.width + x]!;
        if (weight <= 0) continue;
        const [own, made] = [real.words[line + x]!, drawn.words[line + x]!];
        r += weight * (own & 255);
        g += weight * ((own >>> 8) & 255);
        b += weight * ((own >>> 16) & 255);
        dr += weight * (made & 255);
        dg += weight * ((made >>> 8) & 255);
        db += weight * ((made >>> 16) & 255);
        w += weight;
      }
      if (w === 0) continue;
      ownRed[to]! += r;
      ownGreen[to]! += g;
      ownBlue[to]! += b;
      red[to]! += dr;
      green[to]! += dg;
      blue[to]! += db;
      total[to]! += w;
    }
  }
  const soft = sums.map((data) => blurPlane({ width: columns, height: rows, data }, sigma / cell).data);
  const gains = [0, 1, 2].map((channel) =>
    soft[6]!.map((weight, i) => {
      const w = weight + 1e-4;
      return clamp((soft[channel]![i]! + DARK * w) / (soft[3 + channel]![i]! + DARK * w), MIN_GAIN, MAX_GAIN);
    }),
  );
  return {
    row(y, out) {
      const v = clamp((y + 0.5) / cell - 0.5, 0, rows - 1);
      const y0 = Math.min(Math.floor(v), Math.max(0, rows - 2));
      const fy = v - y0;
      const right = columns > 1 ? 1 : 0;
      const down = rows > 1 ? columns : 0;
      for (let x = 0, to = 0; x < box.width; x++) {
        const u = clamp((x + 0.5) / cell - 0.5, 0, columns - 1);
        const x0 = Math.min(Math.floor(u), Math.max(0, columns - 2));
        const fx = u - x0;
        const a = y0 * columns + x0;
        for (let channel = 0; channel < 3; channel++, to++) {
          const g = gains[channel]!;
          const upper = g[a]! + (g[a + right]! - g[a]!) * fx;
          const lower = g[a + down]! + (g[a + down + right]! - g[a + down]!) * fx;
          out[to] = upper + (lower - upper) * fy;
        }
      }
    },
  };
}

/** The new face as it is laid over a frame. */
export interface FaceLayer {
  readonly canvas: Canvas;
  /** `[box.height, box.width]` how much of it shows. */
  readonly alpha: Float32Array;
  /** Times `alpha`. */
  readonly share: number;
  readonly gain: LightGain;
  /** Share of the difference to its neighbours that each pixel is given. */
  readonly sharper: number;
}

/** Half of each of two pictures is less sharp than either: `alpha` between which they mix. */
const MIXED_FROM = 0.05;
const MIXED_TO = 0.6;
/** Largest change of a pixel by sharpening in grey levels, so that edges get no light rim. */
const MOST_SHARPENED = 12;

/** Lays a face over a picture, in the picture's light and sharpness. */
export function layFace(image: RgbaImage, layer: FaceLayer, box: Box): void {
  const { canvas, alpha, share, gain, sharper } = layer;
  const { width, words } = canvas;
  const light = new Float32Array(3 * box.width);
  for (let y = 0; y < box.height; y++) {
    gain.row(y, light);
    for (let x = 0; x < box.width; x++) {
      const i = y * box.width + x;
      const a = smoothstep(MIXED_FROM, MIXED_TO, alpha[i]!) * share;
      if (a <= 0.002) continue;
      const at = (box.y + y) * width + box.x + x;
      const drawn = words[at]!;
      // Beyond the layer's rim there is nothing to compare with.
      const inner = x > 0 && y > 0 && x < box.width - 1 && y < box.height - 1;
      const west = inner && alpha[i - 1]! > 0 ? words[at - 1]! : drawn;
      const east = inner && alpha[i + 1]! > 0 ? words[at + 1]! : drawn;
      const north = inner && alpha[i - box.width]! > 0 ? words[at - width]! : drawn;
      const south = inner && alpha[i + box.width]! > 0 ? words[at + width]! : drawn;
      for (let channel = 0, shift = 0; channel < 3; channel++, shift += 8) {
        const plain = (drawn >>> shift) & 255;
        const around =
          ((west >>> shift) & 255) +
          ((east >>> shift) & 255) +
          ((north >>> shift) & 255) +
          ((south >>> shift) & 255);
        const added = clamp(sharper * (plain - around / 4), -MOST_SHARPENED, MOST_SHARPENED);
        const own = image.data[at * 4 + channel]!;
        image.data[at * 4 + channel] = own + ((plain + added) * light[x * 3 + channel]! - own) * a;
      }
    }
  }
}

/** Lays the frame's own pixels over what was drawn. @param matte `[box.height, box.width]` their share. */
export function putBack(image: RgbaImage, before: Uint8ClampedArray, matte: Float32Array, box: Box): void {
  for (let y = 0; y < box.height; y++) {
    for (let x = 0; x < box.width; x++) {
      const m = matte[y * box.width + x]!;
      if (m <= 0) continue;
      const at = ((box.y + y) * image.width + box.x + x) * 4;
      for (let k = at; k < at + 3; k++) image.data[k]! += (before[k]! - image.data[k]!) * m;
    }
  }
}

/** Softness of the lips' inner edges in pixels where what is between them does not mix. */
const UNMIXED_SOFT_PX = 1;

/**
 * Mixes a box of the second picture into the first, whose share is given.
 * @param opening between whose edges the first picture stays alone: teeth of two mouths would shine through each other.
 */
export function mixCanvases(
  one: Canvas,
  two: Canvas,
  box: Box,
  share: number,
  opening: Outline | null,
): void {
  for (let y = box.y; y < box.y + box.height; y++) {
    for (let x = box.x; x < box.x + box.width; x++) {
      const at = y * one.width + x;
      let own = share;
      if (opening) {
        const [rx, ry] = [x - opening.x, y - opening.y];
        const bin = Math.round((rx * opening.alongX + ry * opening.alongY) * opening.bins);
        if (bin >= 0 && bin < opening.count) {
          const across = ry * opening.alongX - rx * opening.alongY;
          const inside = Math.min(across - opening.upper[bin]!, opening.lower[bin]! - across);
          own += (1 - share) * smoothstep(-UNMIXED_SOFT_PX, UNMIXED_SOFT_PX, inside);
        }
      }
      one.words[at] = mixWords(two.words[at]!, one.words[at]!, own);
    }
  }
}

/** Two colours mixed, `share` of the second. */
function mixWords(a: number, b: number, share: number): number {
  const part = Math.round(share * 256);
  const even = (Math.imul(a & 0xff00ff, 256 - part) + Math.imul(b & 0xff00ff, part) + 0x800080) >>> 8;
  const odd = Math.imul((a >>> 8) & 0xff00ff, 256 - part) + Math.imul((b >>> 8) & 0xff00ff, part) + 0x800080;
  return ((even & 0xff00ff) | (odd & 0xff00ff00)) >>> 0;
}
