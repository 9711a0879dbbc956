import { TRACKED_VERTICES } from "../../core/face-track.ts";
import type { Box } from "../../core/face.ts";
import type { RgbaImage } from "../../core/image.ts";
import { clamp, smoothstep } from "../../core/scalar.ts";
import type { Rig } from "../face-rig/rig.ts";
import {
  INNER_LOWER,
  INNER_UPPER,
  MIDDLE_LOWER,
  MIDDLE_UPPER,
  OUTER_LOWER,
  OUTER_UPPER,
} from "../face-rig/topology.ts";
import type { FaceCompositor, Traits } from "../video/video-compositor.ts";
import type { OwnLook } from "./library.ts";
import { readLipLine, type LipLine } from "./lip-line.ts";
import { readMouthLook, type MouthLook } from "./mouth-look.ts";
import { project, type FaceMotion } from "../video/video-motion.ts";
import { lookInside, openInside, type Cavity, type MouthInside } from "./opened-inside.ts";
import type { FrameTexturer } from "../video/video-texture.ts";
import { warpMesh, type Canvas, type Texture } from "../raster/warp.ts";

/** The lower face of a frame as other frames take it: its pixels, and where its vertices are. */
export interface Exemplar extends Traits {
  readonly look: OwnLook;
  /** `[468, 3]` in cm, head frame: the lips as measured, the rest of the face smoothed in time. */
  readonly local: Float64Array;
  readonly line: LipLine;
  readonly mouth: MouthLook;
  /** Mean sRGB of the darkest between the lips; null where they are too near. */
  readonly dark: MouthInside["dark"];
  /** Its pixels for drawing. @param texturer whose last texture is no longer needed. */
  textureBy(texturer: FrameTexturer): Texture;
  /**
   * Draws it onto other geometry.
   * @param texture {@link Exemplar.textureBy}. @param target `[≥ 468, 2]` in pixels.
   * @param cavity what is dark in the mouth, for lips that are farther apart than here.
   */
  draw(texture: Texture, target: Float64Array, canvas: Canvas, cavity: Cavity): void;
}

/** Distances from the lips in cm of the canonical face between which measured places give way to smoothed ones. */
const MEASURED_CM = [0.3, 2] as const;
/** Pixels around the triangles that are kept for sampling between pixels. */
const MARGIN = 3;

/** `[468]` how far a vertex of an exemplar lies where it was measured in that frame alone. */
export function measuredShares(rig: Rig): Float64Array {
  const rings = [INNER_UPPER, INNER_LOWER, OUTER_UPPER, OUTER_LOWER, ...MIDDLE_UPPER, ...MIDDLE_LOWER];
  const lips = [...new Set(rings.flat())];
  return Float64Array.from({ length: TRACKED_VERTICES }, (_, v) => {
    const away = lips.map((lip) =>
      Math.hypot(...[0, 1].map((k) => rig.vertices[v * 3 + k]! - rig.vertices[lip * 3 + k]!)),
    );
    return 1 - smoothstep(...MEASURED_CM, Math.min(...away));
  });
}

/** `[468]` how far a vertex goes with the chin: as far as the jaw carries it and the lips do not. @param measured {@link measuredShares}. */
export function chinShares({ deltas: { jaw } }: Rig, measured: Float64Array): Float64Array {
  return measured.map((share, v) => (1 - share) * clamp(jaw[v * 3 + 1]! / jaw[152 * 3 + 1]!, 0, 1));
}

/** Where an exemplar's vertices are: in the head's frame, and `[468, 2]` in its picture in pixels. */
export function placeExemplar(motion: FaceMotion, frame: number, measured: Float64Array) {
  const { local, head } = motion.at(frame);
  const own = motion.measured(frame).local;
  for (let i = 0; i < local.length; i++) {
    local[i]! += measured[Math.floor(i / 3)]! * (own[i]! - local[i]!);
  }
  const points = new Float64Array(TRACKED_VERTICES * 2);
  project(local, head, points);
  return { local, head, points };
}

/**
 * Keeps the lower face of a frame.
 * @param place as {@link placeExemplar} gives it. @param box of the triangles in pixels.
 * @param compositor measures it when it is first drawn.
 */
export function createExemplar(
  image: RgbaImage,
  look: OwnLook,
  place: { readonly local: Float64Array; readonly points: Float64Array },
  iod: number,
  box: Box,
  triangles: Uint16Array,
  { traitsOf }: Pick<FaceCompositor, "traitsOf">,
): Exemplar {
  const { local, points } = place;
  const left = Math.max(0, box.x - MARGIN);
  const top = Math.max(0, box.y - MARGIN);
  const width = Math.max(1, Math.min(image.width, box.x + box.width + MARGIN) - left);
  const height = Math.max(1, Math.min(image.height, box.y + box.height + MARGIN) - top);
  const piece: RgbaImage = { width, height, data: new Uint8ClampedArray(width * height * 4) };
  for (let y = 0; y < height; y++) {
    const from = ((top + y) * image.width + left) * 4;
    piece.data.set(image.data.subarray(from, from + width * 4), y * width * 4);
  }
  const inside = lookInside(image, points);
  let measured: Traits | undefined;
  const traits = () => (measured ??= traitsOf({ image: piece, x: left, y: top }, points, iod));
  const apart = (at: Float64Array) =>
    Math.hypot(at[33 * 2]! - at[263 * 2]!, at[33 * 2 + 1]! - at[263 * 2 + 1]!);
  return {
    look,
    local,
    get detail() {
      return traits().detail;
    },
    get inside() {
      return traits().inside;
    },
    line: readLipLine(image, points, iod),
    mouth: readMouthLook(image, points, look),
    dark: inside.dark,
    textureBy(texturer) {
      const texture = texturer.of(piece, { x: 0, y: 0, width, height }, 2);
      return { ...texture, x: texture.x + left, y: texture.y + top };
    },
    draw(texture, target, canvas, cavity) {
      warpMesh(texture, triangles, 0, triangles.length / 3, points, target, canvas, true);
      const scale = apart(target) / apart(points);
      openInside(canvas, texture, inside, target, scale, scale * iod, cavity);
    },
  };
}
