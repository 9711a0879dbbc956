import { smoothstep } from "../../core/scalar.ts";
import type { Affine } from "../face-rig/deformer.ts";
import { outlineOf, type Outline } from "../mouth/mouth-outline.ts";
import type { EyeTopology } from "../face-rig/topology.ts";
import type { MeshStage } from "../raster/mesh-stage.ts";
import { EYE_PARAMETERS, eyeKernelsOn } from "./eye-kernels.ts";

/** What is drawn between the lids of one eye. */
export interface Eyeball {
  readonly topology: EyeTopology;
  /** Middle of the iris in pixels of the source. */
  readonly iris: readonly [number, number];
  /** Radius of an iris in pixels. */
  readonly irisRadius: number;
  /** sRGB of the lashes. */
  readonly lash: readonly number[];
  /** The lids in the source. */
  readonly open: Outline;
}

/** Width of the line of the lashes relative to the eye's. */
const LASH_WIDTH = 0.026;

/**
 * Draws an eyeball between its lids: the lids slide over it, their lashes with them, and it turns with the gaze.
 * @param target `[vertices, 2]` of the posed mesh.
 * @param map where the head's motion puts the eye.
 * @param shut how far the eye is shut, 0 to 1.
 * @param gaze shift of the iris from its place in the source, in pixels.
 */
export type DrawEyeball = (
  eye: Eyeball,
  target: Float64Array,
  map: Affine,
  shut: number,
  gaze: readonly [number, number],
) => void;

/** Prepares drawing the eyes of a stage's face on its canvas; WebAssembly SIMD. */
export function createEyeballs({
  memory,
  texture,
  width,
  height,
  textureAt,
  canvasAt,
  roomAt,
}: MeshStage): DrawEyeball {
  const kernels = eyeKernelsOn(memory);
  const parameters = new Float64Array(memory.buffer, roomAt, EYE_PARAMETERS);
  const upperAt = roomAt + parameters.byteLength;
  return ({ topology, iris, irisRadius, lash, open }, target, map, shut, gaze) => {
    // Open lids move with the head alone: then all is looked up in the source.
    const still = shut === 0;
    const outline = still ? open : outlineOf(target, topology.upper, topology.lower);
    const lashWidth = Math.max(0.7, LASH_WIDTH * outline.width);
    const lashes = 0.5 * smoothstep(0, 0.3, shut) + 0.2 * smoothstep(0.6, 1, shut);
    const pad = lashes === 0 ? 1 : 2 + 2 * lashWidth;
    const low = outline.upper.reduce((a, b) => Math.min(a, b)) - pad;
    const high = outline.lower.reduce((a, b) => Math.max(a, b)) + pad;
    const corners = [0, outline.width].flatMap((along) =>
      [low, high].map((across) => {
        const x = outline.x + along * outline.alongX - across * outline.alongY;
        const y = outline.y + along * outline.alongY + across * outline.alongX;
        return still ? [map[0]! * x + map[1]! * y + map[2]!, map[3]! * x + map[4]! * y + map[5]!] : [x, y];
      }),
    ) as [number, number][];
    const x0 = Math.max(0, Math.floor(Math.min(...corners.map((c) => c[0]))));
    const y0 = Math.max(0, Math.floor(Math.min(...corners.map((c) => c[1]))));
    const x1 = Math.min(width - 1, Math.ceil(Math.max(...corners.map((c) => c[0]))));
    const y1 = Math.min(height - 1, Math.ceil(Math.max(...corners.map((c) => c[1]))));
    // The white stretches between the iris and the corners.
    const reach = Math.max(1.5 * irisRadius, 0.55 * outline.width);
    const lowerAt = upperAt + outline.upper.byteLength;
    new Float32Array(memory.buffer, upperAt, outline.count).set(outline.upper);
    new Float32Array(memory.buffer, lowerAt, outline.count).set(outline.lower);
    parameters.set(map);
    parameters.set(
      [
        map[0]! * map[4]! - map[1]! * map[3]!,
        ...[outline.x, outline.y, outline.alongX, outline.alongY, outline.bins],
        ...[lashes, lashWidth, ...iris, irisRadius, reach, ...gaze, ...lash.slice(0, 3)],
        ...[texture.x, texture.y, texture.scale],
      ],
      map.length,
    );
    kernels.eyeball(
      roomAt,
      upperAt,
      lowerAt,
      outline.count,
      textureAt,
      texture.width,
      texture.height,
      canvasAt,
      width,
      x0,
      y0,
      x1,
      y1,
      still ? 1 : 0,
      gaze[0] !== 0 || gaze[1] !== 0 ? 1 : 0,
    );
  };
}
