import { TRACKED_VERTICES } from "../../core/face-track.ts";
import type { Box } from "../../core/face.ts";
import type { RgbaImage } from "../../core/image.ts";
import { outlineOf } from "../mouth/mouth-outline.ts";
import { cropBox } from "../raster/plane.ts";
import { layFace, measureGain, mixCanvases, spreadValues, type LightGain } from "./video-blend.ts";
import { occlusionMatte } from "./video-occlusion.ts";
import type { VideoMesh } from "./video-mesh.ts";
import { detailLike, matchingGain, skinDetail } from "./video-sharpness.ts";
import { wordsOf, type Canvas } from "../raster/warp.ts";

/** What is measured of a frame whose lower face is drawn onto others. */
export interface Traits {
  /** Fine detail of its skin. */
  readonly detail: number;
  /** `[468]` how far a vertex is from the silhouette in it, 0 to 1. */
  readonly inside: Float64Array;
}

/** How what was drawn is laid over a frame. */
export interface Laying {
  /** `[≥ 468, 2]` where the face was drawn, in pixels. */
  readonly target: Float64Array;
  /** `[468]` how much of it each vertex shows. */
  readonly shown: Float64Array;
  readonly iod: number;
  /** Share of the new mouth. */
  readonly share: number;
  /** Share of the first canvas in what was drawn. */
  readonly mixed: number;
  /** Whether the two show other things between the lips, so that only the first one's is taken. */
  readonly unlike: boolean;
  /** Detail of its skin ({@link skinDetail}). */
  readonly detail: number;
  /** `[468]` occlusion of each vertex; null without occluder. */
  readonly occluded: Float64Array | null;
}

/** Joins what is drawn of a face with the frames of a video; nothing of a frame is kept. */
export interface FaceCompositor {
  /** Two pictures of the output's size to draw on. */
  readonly canvases: readonly [Canvas, Canvas];
  /** The pixels around some triangles of some points. */
  boxOf(triangles: Uint16Array, points: readonly Float64Array[]): Box;
  /** Empties a box of a canvas. */
  clear(canvas: Canvas, box: Box): void;
  /** Measures an exemplar. @param points `[≥ 468, 2]` its vertices in pixels. */
  traitsOf(image: RgbaImage, points: Float64Array, iod: number): Traits;
  /**
   * The matte of what lies in front of the face in a frame, and its box; null where the face is out of the picture.
   * @param occluded `[468]` occlusion of each vertex. @param drawStill draws the face as it is without occluder.
   */
  occluder(
    image: RgbaImage,
    source: Float64Array,
    occluded: Float64Array,
    iod: number,
    drawStill: (canvas: Canvas) => void,
  ): { readonly box: Box; readonly matte: Float32Array } | null;
  /** Lays what was drawn on the canvases over a box of a frame. */
  lay(image: RgbaImage, box: Box, how: Laying): void;
}

/** Smoothing of the light between exemplar and frame in inter-ocular distances. */
const LIGHT_IOD = 0.22;

/** Starts a {@link FaceCompositor} for frames of a size in pixels. */
export function createFaceCompositor(
  mesh: VideoMesh,
  size: { readonly width: number; readonly height: number },
): FaceCompositor {
  const canvasOf = () => ({ ...size, words: new Uint32Array(size.width * size.height) });
  const canvases = [canvasOf(), canvasOf()] as const;
  let alpha = new Float32Array(0);
  let skin = new Float32Array(0);

  const boxOf = (triangles: Uint16Array, points: readonly Float64Array[]): Box => {
    let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
    for (const xy of points) {
      for (const v of triangles) {
        left = Math.min(left, xy[v * 2]!);
        right = Math.max(right, xy[v * 2]!);
        top = Math.min(top, xy[v * 2 + 1]!);
        bottom = Math.max(bottom, xy[v * 2 + 1]!);
      }
    }
    return cropBox(
      { x: left, y: top, width: right - left + 1, height: bottom - top + 1 },
      size.width,
      size.height,
    );
  };

  const reserve = (pixels: number) => {
    if (alpha.length < pixels) [alpha, skin] = [new Float32Array(pixels), new Float32Array(pixels)];
  };

  /**
   * Marks the skin of the box in `skin`; the exemplar shows in the pixels where `alpha` is above 0.
   * @param shares `[468]` how much of the exemplar each vertex shows.
   */
  const spreadShares = (points: Float64Array, box: Box, shares = mesh.texture) => {
    reserve(box.width * box.height);
    spreadValues(
      mesh.textured,
      points,
      box,
      { values: shares, out: alpha },
      { values: mesh.skin, out: skin },
    );
    for (let i = 0; i < box.width * box.height; i++) skin[i] = alpha[i]! > 0 && skin[i]! > 0.95 ? 1 : 0;
  };

  const relight = (canvas: Canvas, gain: LightGain, box: Box) => {
    const light = new Float32Array(3 * box.width);
    for (let y = 0; y < box.height; y++) {
      gain.row(y, light);
      for (let x = 0; x < box.width; x++) {
        const at = (box.y + y) * canvas.width + box.x + x;
        const word = canvas.words[at]!;
        let lit = 0xff000000;
        for (let k = 0; k < 3; k++) {
          lit |= Math.min(255, Math.round(((word >>> (8 * k)) & 255) * light[x * 3 + k]!)) << (8 * k);
        }
        canvas.words[at] = lit >>> 0;
      }
    }
  };

  return {
    canvases,
    boxOf,
    clear(canvas, box) {
      for (let y = box.y; y < box.y + box.height; y++) {
        canvas.words.fill(0, y * size.width + box.x, y * size.width + box.x + box.width);
      }
    },
    traitsOf(image, points, iod) {
      const inside = new Float64Array(TRACKED_VERTICES);
      mesh.insideShare(points, iod, inside);
      const box = boxOf(mesh.textured, [points]);
      spreadShares(points, box);
      return { detail: skinDetail({ ...size, words: wordsOf(image) }, skin, box)[0], inside };
    },
    occluder(image, source, occluded, iod, drawStill) {
      const box = boxOf(mesh.textured, [source]);
      if (box.width === 0 || box.height === 0) return null;
      spreadShares(source, box);
      const [canvas] = canvases;
      drawStill(canvas);
      const over = new Float32Array(box.width * box.height);
      spreadValues(mesh.textured, source, box, { values: occluded, out: over });
      const trusted = skin.map((value, i) => (i < over.length ? value * (1 - Math.min(1, 2 * over[i]!)) : 0));
      const real = { ...size, words: wordsOf(image) };
      relight(canvas, measureGain(real, canvas, trusted, box, LIGHT_IOD * iod), box);
      return { box, matte: occlusionMatte(image, canvas, over, skin, box, iod) };
    },
    lay(image, box, { target, shown, iod, share, mixed, unlike, detail, occluded }) {
      if (box.width === 0 || box.height === 0) return;
      spreadShares(target, box, shown);
      if (occluded) {
        // What lies before the face is in another light.
        const over = new Float32Array(box.width * box.height);
        spreadValues(mesh.textured, target, box, { values: occluded, out: over });
        over.forEach((value, i) => (skin[i]! *= 1 - Math.min(1, 2 * value)));
      }
      const real = { ...size, words: wordsOf(image) };
      const [one, two] = canvases;
      if (mixed < 1) mixCanvases(one, two, box, mixed, unlike ? outlineOf(target) : null);
      const gain = measureGain(real, one, skin, box, LIGHT_IOD * iod);
      const wanted = detailLike(detail, skinDetail(real, skin, box)[0], skinDetail(one, skin, box)[0]);
      const sharper = matchingGain(one, skin, box, wanted);
      layFace(image, { canvas: one, alpha, share, gain, sharper }, box);
    },
  };
}
