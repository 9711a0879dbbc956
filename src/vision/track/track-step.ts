import type { FaceLandmarks } from "../../core/face.ts";
import { apply, multiply, rotationOf, type HeadStep } from "../../core/head-step.ts";
import type { RgbaImage } from "../../core/image.ts";
import { unit } from "../../core/scalar.ts";
import { fitSimilarity, type Similarity } from "../../core/similarity.ts";
import { interOcularPx } from "./track-look.ts";

/** What a frame leaves behind so that the next one's motion can be measured against it. */
interface Template {
  readonly landmarks: FaceLandmarks;
  /** `[samples, 3]` in pixels, on the part of the face that speech does not move. */
  readonly points: Float64Array;
  /** `[samples]` luminance there, 0 to 255. */
  readonly light: Float64Array;
}

/** Vertices of forehead, nose and cheeks that speech hardly moves, without the eyes. */
export const STILL_PART: readonly number[] = [
  3, 4, 5, 6, 8, 9, 31, 34, 35, 45, 46, 47, 48, 49, 51, 52, 53, 55, 63, 65, 66, 68, 69, 70, 71, 100, 101, 102,
  104, 105, 107, 108, 111, 113, 114, 115, 116, 117, 118, 119, 120, 121, 122, 124, 126, 128, 129, 131, 134,
  139, 142, 143, 151, 156, 168, 174, 188, 189, 193, 195, 196, 197, 198, 209, 217, 218, 220, 221, 222, 223,
  224, 225, 226, 227, 228, 229, 230, 231, 232, 233, 236, 237, 244, 245, 248, 261, 264, 265, 275, 276, 277,
  278, 279, 281, 282, 283, 285, 293, 295, 296, 298, 299, 300, 301, 329, 330, 331, 333, 334, 336, 337, 340,
  342, 343, 344, 345, 346, 347, 348, 349, 350, 351, 353, 355, 357, 358, 360, 363, 368, 371, 372, 383, 399,
  412, 413, 417, 419, 420, 429, 437, 438, 440, 441, 442, 443, 444, 445, 446, 447, 448, 449, 450, 451, 452,
  453, 456, 457, 464, 465,
];
/** Vertices of the chin within its outline, which move with the jaw. */
export const CHIN_PART: readonly number[] = [
  17, 18, 32, 83, 106, 140, 171, 175, 182, 194, 199, 200, 201, 204, 208, 262, 313, 335, 369, 396, 406, 418,
  421, 424, 428,
];
/** Neighbours of each vertex half-way to which the face is sampled too. */
const NEIGHBOURS = 3;
/** The picture is shrunk until the eyes are about this many pixels apart; one pixel then covers what one sample stands for. */
const SAMPLED_IOD_PX = 45;
const MARGIN_IOD = 0.25;
const ITERATIONS = 8;
/** A change of less than so many sampled pixels ends the search. */
const SETTLED = 0.004;
/**
 * Standard deviations of the motion that the landmarks alone say (shift in inter-ocular distances, rotation in radians,
 * log scale), and of the change of light (gain, offset in grey levels).
 */
const PRIOR = { shift: 0.01, turn: 0.02, scale: 0.012, gain: 0.2, offset: 20 } as const;
/** Neighbouring samples share noise: so many count as one. */
const SHARED = 3;
/** Least noise of a sample in grey levels. */
const LEAST_NOISE = 1;
/** Tukey's constant: residuals beyond so many deviations do not count. */
const OUTLIER = 4.7;
/** A motion so many deviations from that of the landmarks is not believed. */
const FARTHEST = 6;
/** Share of samples that must agree, fully and at all. */
const AGREEING = { none: 0.45, full: 0.7 } as const;
/** Share of the light's variance over those samples that the motion must explain. */
const EXPLAINED = { none: 0.4, full: 0.75 } as const;

/** A patch of luminance, shrunk by `factor`. */
interface Patch {
  readonly left: number;
  readonly top: number;
  readonly factor: number;
  readonly width: number;
  readonly height: number;
  readonly data: Float32Array;
}

/** Mean luminance of blocks of `factor` × `factor` pixels around some points, smoothed by (1 2 1)/4 both ways. */
function readPatch(image: RgbaImage, points: Float64Array, iod: number): Patch {
  const factor = Math.max(1, Math.floor(iod / SAMPLED_IOD_PX));
  const margin = MARGIN_IOD * iod + 3 * factor;
  const bound = (axis: number, pick: (...values: number[]) => number, start: number) => {
    let value = start;
    for (let i = axis; i < points.length; i += 3) value = pick(value, points[i]!);
    return value;
  };
  const left = Math.max(0, Math.floor(bound(0, Math.min, Infinity) - margin));
  const top = Math.max(0, Math.floor(bound(1, Math.min, Infinity) - margin));
  const right = Math.min(image.width, Math.ceil(bound(0, Math.max, -Infinity) + margin));
  const bottom = Math.min(image.height, Math.ceil(bound(1, Math.max, -Infinity) + margin));
  const width = Math.max(0, Math.floor((right - left) / factor));
  const height = Math.max(0, Math.floor((bottom - top) / factor));
  const data = new Float32Array(width * height);
  const share = 1 / (256 * factor * factor);
  for (let y = 0; y < height * factor; y++) {
    const row = Math.floor(y / factor) * width;
    let from = ((top + y) * image.width + left) * 4;
    for (let x = 0; x < width; x++) {
      let sum = 0;
      for (let k = 0; k < factor; k++, from += 4) {
        sum += 77 * image.data[from]! + 150 * image.data[from + 1]! + 29 * image.data[from + 2]!;
      }
      data[row + x]! += sum * share;
    }
  }
  return {
    left,
    top,
    factor,
    width,
    height,
    data: soften(soften(data, width, height, 1), width, height, width),
  };
}

/** (1 2 1)/4 along one direction, edges kept. */
function soften(data: Float32Array, width: number, height: number, stride: number): Float32Array {
  const out = data.slice();
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const inside = stride === 1 ? x > 0 && x + 1 < width : y > 0 && y + 1 < height;
      const at = y * width + x;
      if (inside) out[at] = (data[at - stride]! + 2 * data[at]! + data[at + stride]!) / 4;
    }
  }
  return out;
}

/** Luminance (0) and its gradient per pixel of the picture (1, 2) at a point; false outside the patch. */
function samplePatch(patch: Patch, x: number, y: number, out: Float64Array): boolean {
  const { factor, width, height, data } = patch;
  const u = (x - patch.left) / factor - 0.5;
  const v = (y - patch.top) / factor - 0.5;
  const x0 = Math.floor(u);
  const y0 = Math.floor(v);
  if (!(x0 >= 0 && y0 >= 0 && x0 + 1 < width && y0 + 1 < height)) return false;
  const fx = u - x0;
  const fy = v - y0;
  const at = y0 * width + x0;
  const [a, b, c, d] = [data[at]!, data[at + 1]!, data[at + width]!, data[at + width + 1]!];
  out[0] = (a + (b - a) * fx) * (1 - fy) + (c + (d - c) * fx) * fy;
  out[1] = ((b - a) * (1 - fy) + (d - c) * fy) / factor;
  out[2] = ((c - a) * (1 - fx) + (d - b) * fx) / factor;
  return true;
}

/** Pairs of neighbours among some vertices, as a face's first landmarks give them: `[n, 2]`. */
function neighbourPairs({ points }: FaceLandmarks, vertices: readonly number[]): Uint16Array {
  const pairs = new Map<string, [number, number]>();
  for (const a of vertices) {
    const near = vertices
      .filter((b) => b !== a)
      .map((b) => ({
        b,
        apart: Math.hypot(...[0, 1, 2].map((k) => points[a * 3 + k]! - points[b * 3 + k]!)),
      }))
      .sort((one, other) => one.apart - other.apart)
      .slice(0, NEIGHBOURS);
    for (const { b } of near) pairs.set(`${Math.min(a, b)} ${Math.max(a, b)}`, [a, b]);
  }
  return Uint16Array.from([...pairs.values()].flat());
}

/** Measures how a part of one face moves from frame to frame. */
export interface PartFollower {
  /**
   * Looks at the part in the frame after, or before, the one it saw last.
   * @returns the motion from the last frame seen to this one; null for the first, and after {@link PartFollower.restart}.
   */
  next(image: RgbaImage, landmarks: FaceLandmarks): HeadStep | null;
  /** Forgets the last frame. */
  restart(): void;
}

/**
 * Follows the light of a part of a face as one rigid piece, some ten times steadier than landmarks are: a rotation, a
 * scale and a shift of the face's own points that explain the next frame best, with the landmarks' motion as a start
 * and for what the light leaves open. Robust to eyes that blink, brows and hands.
 * @param vertices {@link STILL_PART} or {@link CHIN_PART}.
 * @see Lucas & Kanade 1981, here for a rigid surface instead of a square; Tukey's biweight.
 */
export function createPartFollower(vertices: readonly number[]): PartFollower {
  let pairs: Uint16Array | undefined;
  let last: Template | undefined;
  return {
    next(image, landmarks) {
      pairs ??= neighbourPairs(landmarks, vertices);
      const points = samplePoints(landmarks, vertices, pairs);
      const iod = interOcularPx(landmarks.points);
      const patch = readPatch(image, points, iod);
      const step = last ? findStep(last, landmarks, vertices, patch, iod) : null;
      const light = new Float64Array(points.length / 3).fill(NaN);
      const sample = new Float64Array(3);
      for (let i = 0; i < light.length; i++) {
        if (samplePatch(patch, points[i * 3]!, points[i * 3 + 1]!, sample)) light[i] = sample[0]!;
      }
      last = { landmarks, points, light };
      return step;
    },
    restart() {
      last = undefined;
    },
  };
}

function samplePoints(
  { points: all }: FaceLandmarks,
  vertices: readonly number[],
  pairs: Uint16Array,
): Float64Array {
  const points = new Float64Array((vertices.length + pairs.length / 2) * 3);
  vertices.forEach((vertex, i) => {
    for (let k = 0; k < 3; k++) points[i * 3 + k] = all[vertex * 3 + k]!;
  });
  for (let i = 0; i < pairs.length; i += 2) {
    const at = (vertices.length + i / 2) * 3;
    for (let k = 0; k < 3; k++) points[at + k] = (all[pairs[i]! * 3 + k]! + all[pairs[i + 1]! * 3 + k]!) / 2;
  }
  return points;
}

/** The motion that the landmarks alone say. */
function stepOfLandmarks(from: FaceLandmarks, to: FaceLandmarks, vertices: readonly number[]): Similarity {
  const pick = ({ points }: FaceLandmarks) =>
    Float64Array.from(
      { length: vertices.length * 3 },
      (_, i) => points[vertices[Math.floor(i / 3)]! * 3 + (i % 3)]!,
    );
  return fitSimilarity(pick(from), pick(to), new Float64Array(vertices.length).fill(1));
}

/** Median of absolute values, as the deviation of a normal distribution. */
function deviationOf(values: Float64Array): number {
  const sorted = values.map(Math.abs).sort();
  return 1.4826 * (sorted[Math.floor(sorted.length / 2)] ?? 0);
}

/** Unknowns: turn about the three axes, log scale, shift right and down, gain and offset of the light. */
const UNKNOWNS = 8;

interface State {
  rotation: ArrayLike<number>;
  logScale: number;
  readonly shift: number[];
  gain: number;
  offset: number;
}

/** Residuals of all samples that are in the picture and how they answer to each unknown; returns their number. */
function linearise(
  { points, light }: Template,
  { rotation: r, logScale, shift, gain, offset }: State,
  centre: readonly number[],
  patch: Patch,
  rows: Float64Array,
  residuals: Float64Array,
): number {
  const scale = Math.exp(logScale);
  const sample = new Float64Array(3);
  let count = 0;
  for (let i = 0; i < light.length; i++) {
    if (Number.isNaN(light[i]!)) continue;
    const px = points[i * 3]! - centre[0]!;
    const py = points[i * 3 + 1]! - centre[1]!;
    const pz = points[i * 3 + 2]! - centre[2]!;
    const x = scale * (r[0]! * px + r[1]! * py + r[2]! * pz);
    const y = scale * (r[3]! * px + r[4]! * py + r[5]! * pz);
    const z = scale * (r[6]! * px + r[7]! * py + r[8]! * pz);
    if (!samplePatch(patch, centre[0]! + x + shift[0]!, centre[1]! + y + shift[1]!, sample)) continue;
    const gx = sample[1]!;
    const gy = sample[2]!;
    const to = count * UNKNOWNS;
    rows[to] = -gy * z;
    rows[to + 1] = gx * z;
    rows[to + 2] = gy * x - gx * y;
    rows[to + 3] = gx * x + gy * y;
    rows[to + 4] = gx;
    rows[to + 5] = gy;
    rows[to + 6] = -light[i]!;
    rows[to + 7] = -1;
    residuals[count++] = gain * light[i]! + offset - sample[0]!;
  }
  return count;
}

function findStep(
  last: Template,
  landmarks: FaceLandmarks,
  vertices: readonly number[],
  patch: Patch,
  iod: number,
): HeadStep {
  const first = stepOfLandmarks(last.landmarks, landmarks, vertices);
  const { points, light } = last;
  const centre = [0, 0, 0];
  for (let i = 0; i < points.length; i++) centre[i % 3]! += points[i]! / (points.length / 3);
  const state: State = {
    rotation: first.rotation,
    logScale: Math.log(first.scale),
    shift: [0, 1].map((k) => {
      let moved = first.translation[k]! - centre[k]!;
      for (let n = 0; n < 3; n++) moved += first.scale * first.rotation[k * 3 + n]! * centre[n]!;
      return moved;
    }),
    gain: 1,
    offset: 0,
  };
  const away = new Float64Array(UNKNOWNS);
  const { turn, scale, shift, gain, offset } = PRIOR;
  const deviations = [turn, turn, turn, scale, shift * iod, shift * iod, gain, offset];
  const rows = new Float64Array(light.length * UNKNOWNS);
  const residuals = new Float64Array(light.length);
  const normal = new Float64Array(UNKNOWNS * UNKNOWNS);
  const right = new Float64Array(UNKNOWNS);
  let agreeing = 0;
  let explained = 0;
  for (let iteration = 0; iteration < ITERATIONS; iteration++) {
    const count = linearise(last, state, centre, patch, rows, residuals);
    if (count < UNKNOWNS * 4) return { ...toStep(state, centre), certainty: 0 };
    const noise = Math.max(LEAST_NOISE, deviationOf(residuals.subarray(0, count)));
    normal.fill(0);
    right.fill(0);
    agreeing = 0;
    let [total, sum, squares, left] = [0, 0, 0, 0];
    for (let n = 0; n < count; n++) {
      const off = residuals[n]! / (OUTLIER * noise);
      if (Math.abs(off) >= 1) continue;
      const bell = (1 - off * off) ** 2;
      const weight = bell / (SHARED * noise * noise);
      agreeing += bell / count;
      const row = n * UNKNOWNS;
      const seen = -state.gain * rows[row + 6]! + state.offset - residuals[n]!;
      total += bell;
      sum += bell * seen;
      squares += bell * seen * seen;
      left += bell * residuals[n]! ** 2;
      for (let a = 0; a < UNKNOWNS; a++) {
        const weighted = weight * rows[row + a]!;
        right[a]! += weighted * residuals[n]!;
        for (let b = 0; b <= a; b++) normal[a * UNKNOWNS + b]! += weighted * rows[row + b]!;
      }
    }
    explained = 1 - left / Math.max(1e-9, squares - (sum * sum) / Math.max(1e-9, total));
    for (let a = 0; a < UNKNOWNS; a++) {
      normal[a * UNKNOWNS + a]! += deviations[a]! ** -2;
      right[a]! -= away[a]! * deviations[a]! ** -2;
    }
    const delta = solve(normal, right, UNKNOWNS);
    if (!delta) return { ...toStep(state, centre), certainty: 0 };
    state.rotation = multiply(rotationOf(delta), state.rotation);
    state.logScale += delta[3]!;
    state.shift[0]! += delta[4]!;
    state.shift[1]! += delta[5]!;
    state.gain += delta[6]!;
    state.offset += delta[7]!;
    for (let a = 0; a < UNKNOWNS; a++) away[a]! += delta[a]!;
    const moved = Math.hypot(delta[4]!, delta[5]!, iod * delta[0]!, iod * delta[1]!, iod * delta[2]!);
    if (moved < SETTLED * patch.factor) break;
  }
  const far = Math.max(...away.map((value, a) => Math.abs(value) / deviations[a]!));
  const agreed =
    share(agreeing, AGREEING.none, AGREEING.full) * share(explained, EXPLAINED.none, EXPLAINED.full);
  const certainty = far < FARTHEST ? agreed : 0;
  return { ...toStep(state, centre), certainty };
}

const share = (value: number, none: number, full: number) => unit((value - none) / (full - none));

/** The motion in pixels of the picture instead of about the face's middle. */
function toStep(
  { rotation, logScale, shift }: State,
  centre: readonly number[],
): Omit<HeadStep, "certainty"> {
  const scale = Math.exp(logScale);
  const turned = apply(rotation, centre);
  return { scale, rotation, shift: turned.map((value, k) => centre[k]! + (shift[k] ?? 0) - scale * value) };
}

/** Solves a positive definite system given by its lower triangle (Cholesky); null when it is not. */
function solve(normal: Float64Array, right: Float64Array, size: number): Float64Array | null {
  const l = new Float64Array(size * size);
  for (let i = 0; i < size; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = normal[i * size + j]!;
      for (let k = 0; k < j; k++) sum -= l[i * size + k]! * l[j * size + k]!;
      if (i === j) {
        if (!(sum > 0)) return null;
        l[i * size + i] = Math.sqrt(sum);
      } else l[i * size + j] = sum / l[j * size + j]!;
    }
  }
  const out = right.slice();
  for (let i = 0; i < size; i++) {
    for (let k = 0; k < i; k++) out[i]! -= l[i * size + k]! * out[k]!;
    out[i]! /= l[i * size + i]!;
  }
  for (let i = size - 1; i >= 0; i--) {
    for (let k = i + 1; k < size; k++) out[i]! -= l[k * size + i]! * out[k]!;
    out[i]! /= l[i * size + i]!;
  }
  return out;
}
