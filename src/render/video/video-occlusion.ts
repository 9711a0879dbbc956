import { LOOK_LIPS, LOOK_VERTICES, TRACKED_VERTICES } from "../../core/face-track.ts";
import type { Box } from "../../core/face.ts";
import type { RgbaImage } from "../../core/image.ts";
import { clamp, smoothstep } from "../../core/scalar.ts";
import { blurPlane } from "../raster/plane.ts";
import type { Rig } from "../face-rig/rig.ts";
import type { LookModel } from "./covered-face.ts";
import type { Canvas } from "../raster/warp.ts";

/** What lies in front of a face, vertex by vertex. */
export interface FaceOcclusion {
  /** `[468]` how surely something covers each vertex in a frame, 0 to 1; null when nothing covers the lower face. */
  at(frame: number): Float64Array | null;
}

/** Less than this share of the lower face is noise of the landmarks, not an occluder. */
const LEAST_SHARE = 0.045;
/** Frames on each side from which occlusion is taken over, so that a fast hand does not flicker. */
const NEIGHBOURS = 1;
const NEAREST = 4;

/** Spreads the look model's findings over all vertices of the face. */
export function createFaceOcclusion(rig: Rig, looks: LookModel, frames: number): FaceOcclusion {
  const known = LOOK_VERTICES.slice(0, LOOK_LIPS);
  const distance = (a: number, b: number) =>
    Math.hypot(...[0, 1, 2].map((k) => rig.vertices[a * 3 + k]! - rig.vertices[b * 3 + k]!));
  const sources = Array.from({ length: TRACKED_VERTICES }, (_, vertex) => {
    const near = known
      .map((other, i) => ({ i, weight: 1 / (distance(vertex, other) + 0.15) ** 2 }))
      .sort((a, b) => b.weight - a.weight)
      .slice(0, NEAREST);
    const total = near.reduce((sum, { weight }) => sum + weight, 0);
    return near.map(({ i, weight }) => ({ i, weight: weight / total }));
  });
  return {
    at(frame) {
      let most = 0;
      const found = new Float32Array(LOOK_VERTICES.length);
      for (let f = Math.max(0, frame - NEIGHBOURS); f <= Math.min(frames - 1, frame + NEIGHBOURS); f++) {
        const share = looks.coveredShare(f);
        if (share < LEAST_SHARE) continue;
        most = Math.max(most, share);
        // A neighbour's finding counts less than the frame's own.
        const trust = f === frame ? 1 : 0.7;
        looks.covered(f).forEach((value, i) => (found[i] = Math.max(found[i]!, trust * value)));
      }
      if (most === 0) return null;
      const fade = smoothstep(LEAST_SHARE, 2 * LEAST_SHARE, most);
      return Float64Array.from(
        sources,
        (list) => fade * list.reduce((sum, { i, weight }) => sum + weight * found[i]!, 0),
      );
    },
  };
}

/** Differences of colour (grey levels) between which a pixel counts as occluded. */
const SAME = 9;
const OTHER = 24;
/** Reach of a vertex's occlusion and smoothness of the matte, in inter-ocular distances. */
const REACH_IOD = 0.14;
const CLOSE_IOD = 0.1;
const EDGE_IOD = 0.02;
/** How far the matte reaches beyond the vertices' occlusion where pixels are surely something else. */
const GROW_IOD = 0.3;

/**
 * Largest (or smallest) value within `radius` along rows and columns.
 * @see van Herk 1992; Gil & Werman 1993: three comparisons a pixel, whatever the radius.
 */
function spread(
  data: Float32Array,
  width: number,
  height: number,
  radius: number,
  largest: boolean,
): Float32Array<ArrayBuffer> {
  const rows = new Float32Array(data.length);
  const both = new Float32Array(data.length);
  const spreadLine = lineSpreader(Math.max(width, height), radius, largest);
  for (let y = 0; y < height; y++) spreadLine(data, rows, y * width, 1, width);
  for (let x = 0; x < width; x++) spreadLine(rows, both, x, width, height);
  return both;
}

/** Spreads `length` values, `step` apart from `start` on, from one plane to another; at most `longest` of them. */
function lineSpreader(longest: number, radius: number, largest: boolean) {
  const pick = largest ? Math.max : Math.min;
  const block = 2 * radius + 1;
  /** The best from the beginning of a value's block up to it, and from it to the end of its block. */
  const upTo = new Float32Array(longest);
  const from = new Float32Array(longest);
  return (source: Float32Array, target: Float32Array, start: number, step: number, length: number): void => {
    for (let i = 0; i < length; i++) {
      const value = source[start + i * step]!;
      upTo[i] = i % block === 0 ? value : pick(upTo[i - 1]!, value);
    }
    for (let i = length - 1; i >= 0; i--) {
      const value = source[start + i * step]!;
      from[i] = i === length - 1 || (i + 1) % block === 0 ? value : pick(from[i + 1]!, value);
    }
    for (let i = 0; i < length; i++) {
      const first = i - radius;
      const last = Math.min(length - 1, i + radius);
      // At a line's ends fewer values than a block's are within the radius: they are the beginning or the end of one.
      const inOne = Math.floor(first / block) === Math.floor(last / block);
      const best = first <= 0 ? upTo[last]! : inOne ? from[first]! : pick(from[first]!, upTo[last]!);
      target[start + i * step] = best;
    }
  };
}

/** Lets a matte reach on, pixel by pixel, through what is surely unlike the face: between vertices nobody looked. */
function grow(matte: Float32Array, unlike: Float32Array, width: number, steps: number): void {
  const before = new Float32Array(matte.length);
  for (let step = 0; step < steps; step++) {
    before.set(matte);
    for (let i = width; i < matte.length - width; i++) {
      if (unlike[i]! <= before[i]!) continue;
      const next = Math.max(before[i - 1]!, before[i + 1]!, before[i - width]!, before[i + width]!);
      matte[i] = Math.max(before[i]!, Math.min(unlike[i]!, next));
    }
  }
}

/**
 * The matte of what lies in front of the face: pixels unlike the face's own near occluded vertices, holes closed,
 * edges soft.
 * @param real the frame. @param own the face without occluder on the same geometry, in the frame's light.
 * @param occlusion `[box.height, box.width]` occlusion of the vertices spread over the face.
 * @param comparable `[box.height, box.width]` above 0 where `own` may be compared: skin, not the moving mouth.
 * @returns `[box.height, box.width]`, 1 = the frame's own pixel stays.
 */
export function occlusionMatte(
  real: RgbaImage,
  own: Canvas,
  occlusion: Float32Array<ArrayBuffer>,
  comparable: Float32Array,
  box: Box,
  iod: number,
): Float32Array {
  const { width, height } = box;
  const difference = new Float32Array(width * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const i = y * width + x;
      const at = (box.y + y) * real.width + box.x + x;
      const word = own.words[at]!;
      let apart = 0;
      for (let k = 0; k < 3; k++) apart += Math.abs(real.data[at * 4 + k]! - ((word >>> (8 * k)) & 255));
      difference[i] = apart / 3;
    }
  }
  const soft = blurPlane({ width, height, data: difference }, Math.max(0.6, 0.015 * iod)).data;
  const near = spread(occlusion, width, height, Math.round(REACH_IOD * iod), true);
  let sum = 0;
  let count = 0;
  for (let i = 0; i < occlusion.length; i++) {
    if (comparable[i]! > 0) continue;
    sum += occlusion[i]!;
    count++;
  }
  const allOver = smoothstep(0.5, 0.8, sum / Math.max(1, count));
  const raw = new Float32Array(soft.length);
  const unlike = new Float32Array(soft.length);
  for (let i = 0; i < soft.length; i++) {
    const value = soft[i]!;
    const occluded = smoothstep(0.55, 0.9, occlusion[i]!);
    if (comparable[i]! <= 0) {
      // The old lips beside a hand are no hand: lips lie under something where they do not look like lips.
      raw[i] = occluded * Math.max(allOver, smoothstep(OTHER, 2 * OTHER, value));
      continue;
    }
    const beside = smoothstep(SAME, OTHER, value) * smoothstep(0.12, 0.4, near[i]!);
    raw[i] = Math.max(beside, occluded, smoothstep(1.5 * OTHER, 2.2 * OTHER, value));
    unlike[i] = smoothstep(OTHER, 2 * OTHER, value);
  }
  grow(raw, unlike, width, Math.round(GROW_IOD * iod));
  const reach = Math.max(1, Math.round(CLOSE_IOD * iod));
  const closed = spread(spread(raw, width, height, reach, true), width, height, reach, false);
  const matte = blurPlane({ width, height, data: closed }, Math.max(0.7, EDGE_IOD * iod)).data;
  for (let i = 0; i < matte.length; i++) {
    // The lips move by themselves: there only occlusion from all around counts.
    const sure = comparable[i]! > 0 ? 1 : smoothstep(0.65, 0.95, occlusion[i]!);
    matte[i] = clamp(matte[i]! * 1.3, 0, 1) * sure;
  }
  return matte;
}
