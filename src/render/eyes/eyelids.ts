import { clamp, smoothstep } from "../../core/scalar.ts";
import type { Affine } from "../face-rig/deformer.ts";
import { outlineOf, type Outline } from "../mouth/mouth-outline.ts";
import type { EyeTopology } from "../face-rig/topology.ts";
import { sampleTexture, type Canvas, type Texture } from "../raster/warp.ts";

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
 * Draws the eyeball between the lids: the lids slide over it, their lashes with them, and it turns with the gaze.
 * @param map where the head's motion puts the eye.
 * @param shut how far the eye is shut, 0 to 1.
 * @param gaze shift of the iris from its place in the source, in pixels.
 */
export function drawEyeball(
  texture: Texture,
  { topology, iris, irisRadius, lash, open }: Eyeball,
  target: Float64Array,
  map: Affine,
  shut: number,
  gaze: readonly [number, number],
  canvas: Canvas,
): void {
  // Open lids move with the head alone: then all is looked up in the source.
  const still = shut === 0;
  const outline = still ? open : outlineOf(target, topology.upper, topology.lower);
  const lashWidth = Math.max(0.7, LASH_WIDTH * outline.width);
  const lashes = 0.5 * smoothstep(0, 0.3, shut) + 0.2 * smoothstep(0.6, 1, shut);
  const det = map[0]! * map[4]! - map[1]! * map[3]!;
  const feather = 1.2;
  const pad = lashes === 0 ? 1 : 2 + 2 * lashWidth;
  const low = outline.upper.reduce((a, b) => Math.min(a, b)) - pad;
  const high = outline.lower.reduce((a, b) => Math.max(a, b)) + pad;
  const looks = gaze[0] !== 0 || gaze[1] !== 0;
  const corners = [0, outline.width].flatMap((along) =>
    [low, high].map((across) => {
      const x = outline.x + along * outline.alongX - across * outline.alongY;
      const y = outline.y + along * outline.alongY + across * outline.alongX;
      return still ? [map[0]! * x + map[1]! * y + map[2]!, map[3]! * x + map[4]! * y + map[5]!] : [x, y];
    }),
  ) as [number, number][];
  const x0 = Math.max(0, Math.floor(Math.min(...corners.map((c) => c[0]))));
  const y0 = Math.max(0, Math.floor(Math.min(...corners.map((c) => c[1]))));
  const x1 = Math.min(canvas.width - 1, Math.ceil(Math.max(...corners.map((c) => c[0]))));
  const y1 = Math.min(canvas.height - 1, Math.ceil(Math.max(...corners.map((c) => c[1]))));
  // The white stretches between the iris and the corners.
  const reach = Math.max(1.5 * irisRadius, 0.55 * outline.width);
  for (let y = y0; y <= y1; y++) {
    for (let x = x0; x <= x1; x++) {
      const px = x - map[2]!;
      const py = y - map[5]!;
      let u = (map[4]! * px - map[1]! * py) / det;
      let v = (map[0]! * py - map[3]! * px) / det;
      const rx = (still ? u : x) - outline.x;
      const ry = (still ? v : y) - outline.y;
      const bin = Math.round((rx * outline.alongX + ry * outline.alongY) * outline.bins);
      if (bin < 0 || bin >= outline.count) continue;
      const across = ry * outline.alongX - rx * outline.alongY;
      const top = outline.upper[bin]!;
      const bottom = outline.lower[bin]!;
      const covered = clamp(
        (Math.min(bottom, across + feather / 2) - Math.max(top, across - feather / 2)) / feather,
        0,
        1,
      );
      // The upper lid's edge carries the lashes down; their line thins out towards the corners.
      const inward = Math.min(1, (3 * Math.min(bin, outline.count - 1 - bin)) / outline.count);
      const away = (across - Math.min(top, bottom)) / lashWidth;
      const lashed = lashes === 0 ? 0 : lashes * inward * Math.exp(-away * away);
      if (covered <= 0 && lashed < 0.01) continue;
      const fromIris = Math.sqrt((u - iris[0]) ** 2 + (v - iris[1]) ** 2);
      if (looks && fromIris < reach) {
        const turned = inward * (1 - smoothstep(irisRadius, reach, fromIris));
        u -= gaze[0] * turned;
        v -= gaze[1] * turned;
      }
      const shown = sampleTexture(texture, u, v);
      const at = y * canvas.width + x;
      const word = canvas.words[at]!;
      const skin = (1 - covered) * (1 - lashed);
      const ball = covered * (1 - lashed);
      const red = (word & 255) * skin + (shown & 255) * ball + lash[0]! * lashed;
      const green = ((word >>> 8) & 255) * skin + ((shown >>> 8) & 255) * ball + lash[1]! * lashed;
      const blue = ((word >>> 16) & 255) * skin + ((shown >>> 16) & 255) * ball + lash[2]! * lashed;
      canvas.words[at] =
        ((word & 0xff000000) | ((blue + 0.5) << 16) | ((green + 0.5) << 8) | (red + 0.5)) >>> 0;
    }
  }
}
