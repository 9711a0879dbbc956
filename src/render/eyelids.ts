import type { Affine } from "./deformer.ts";
import { outlineOf } from "./mouth-outline.ts";
import { clamp, smoothstep } from "./plane.ts";
import type { EyeTopology } from "./topology.ts";
import { sampleTexture, type Canvas, type Texture } from "./warp.ts";

/** What is drawn between the lids of one eye. */
export interface Eyeball {
  readonly topology: EyeTopology;
  /** Middle of the iris in pixels of the source. */
  readonly iris: readonly [number, number];
  /** Radius of an iris in pixels. */
  readonly irisRadius: number;
  /** sRGB of the lashes. */
  readonly lash: readonly number[];
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
  { topology, iris, irisRadius, lash }: Eyeball,
  target: Float64Array,
  map: Affine,
  shut: number,
  gaze: readonly [number, number],
  canvas: Canvas,
): void {
  const outline = outlineOf(target, topology.upper, topology.lower);
  const lashWidth = Math.max(0.7, LASH_WIDTH * outline.width);
  const lashes = 0.5 * smoothstep(0, 0.3, shut) + 0.2 * smoothstep(0.6, 1, shut);
  const det = map[0]! * map[4]! - map[1]! * map[3]!;
  const feather = 1.2;
  const low = Math.min(...outline.upper) - 2 - 2 * lashWidth;
  const high = Math.max(...outline.lower) + 2 + 2 * lashWidth;
  const corners = [0, outline.width].flatMap((along) =>
    [low, high].map((across) => [
      outline.x + along * outline.alongX - across * outline.alongY,
      outline.y + along * outline.alongY + across * outline.alongX,
    ]),
  ) as [number, number][];
  const x0 = Math.max(0, Math.floor(Math.min(...corners.map((c) => c[0]))));
  const y0 = Math.max(0, Math.floor(Math.min(...corners.map((c) => c[1]))));
  const x1 = Math.min(canvas.width - 1, Math.ceil(Math.max(...corners.map((c) => c[0]))));
  const y1 = Math.min(canvas.height - 1, Math.ceil(Math.max(...corners.map((c) => c[1]))));
  // The white stretches between the iris and the corners.
  const reach = Math.max(1.5 * irisRadius, 0.55 * outline.width);
  for (let y = y0; y <= y1; y++) {
    for (let x = x0; x <= x1; x++) {
      const [rx, ry] = [x - outline.x, y - outline.y];
      const bin = Math.round((rx * outline.alongX + ry * outline.alongY) * outline.bins);
      if (bin < 0 || bin >= outline.count) continue;
      const across = ry * outline.alongX - rx * outline.alongY;
      const [top, bottom] = [outline.upper[bin]!, outline.lower[bin]!];
      const covered = clamp(
        (Math.min(bottom, across + feather / 2) - Math.max(top, across - feather / 2)) / feather,
        0,
        1,
      );
      // The upper lid's edge carries the lashes down; their line thins out towards the corners.
      const away = (across - Math.min(top, bottom)) / lashWidth;
      const inward = Math.min(1, (3 * Math.min(bin, outline.count - 1 - bin)) / outline.count);
      const lashed = lashes * inward * Math.exp(-away * away);
      if (covered <= 0 && lashed < 0.01) continue;
      const [px, py] = [x - map[2]!, y - map[5]!];
      const u = (map[4]! * px - map[1]! * py) / det;
      const v = (map[0]! * py - map[3]! * px) / det;
      const turned = inward * (1 - smoothstep(irisRadius, reach, Math.hypot(u - iris[0], v - iris[1])));
      const shown = sampleTexture(texture, u - gaze[0] * turned, v - gaze[1] * turned);
      const at = y * canvas.width + x;
      const word = canvas.words[at]!;
      let mixed = word & 0xff000000;
      for (const [k, shift] of [0, 8, 16].entries()) {
        const under = (word >>> shift) & 255;
        const eyeball = under + (((shown >>> shift) & 255) - under) * covered;
        mixed |= Math.round(eyeball + (lash[k]! - eyeball) * lashed) << shift;
      }
      canvas.words[at] = mixed >>> 0;
    }
  }
}
