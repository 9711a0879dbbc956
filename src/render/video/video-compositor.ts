import { TRACKED_VERTICES } from "../../core/face-track.ts";
import type { Box } from "../../core/face.ts";
import type { RgbaImage } from "../../core/image.ts";
import { outlineOf } from "../mouth/mouth-outline.ts";
import { cropBox } from "../raster/plane.ts";
import { createFaceBox, gainRow, type LightGain, type SpreadMesh } from "./face-box.ts";
import { occlusionMatte } from "./video-occlusion.ts";
import type { VideoMesh } from "./video-mesh.ts";
import { detailLike, matchingGain } from "./video-sharpness.ts";
import { wordsOf, type Canvas } from "../raster/warp.ts";

/** A part of a frame: its pixels, and which pixel of the frame they begin with. */
export interface FramePart {
  readonly image: RgbaImage;
  readonly x: number;
  readonly y: number;
}

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
  /** Detail of its skin (`SkinDetail.plain`). */
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
  /** Measures a frame. @param part in which the face is. @param points `[≥ 468, 2]` its vertices in pixels of the frame. */
  traitsOf(part: FramePart, points: Float64Array, iod: number): Traits;
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
  const face = createFaceBox();

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

  const canvasOfImage = (image: RgbaImage): Canvas => ({ ...image, words: wordsOf(image) });

  /** Begins with a box of a frame. @param shares `[468]` how much of the exemplar each vertex shows. */
  const begin = (
    { image, x, y }: FramePart,
    points: Float64Array,
    box: Box,
    shares = mesh.texture,
  ): SpreadMesh => {
    const spread = { triangles: mesh.textured, points };
    face.begin(box, points.length / 2, mesh.textured.length / 3);
    face.spreadShares(spread, shares, mesh.skin);
    face.load("real", canvasOfImage(image), x, y);
    return spread;
  };

  const clear = (canvas: Canvas, box: Box) => {
    for (let y = box.y; y < box.y + box.height; y++) {
      canvas.words.fill(0, y * size.width + box.x, y * size.width + box.x + box.width);
    }
  };

  const relight = (canvas: Canvas, gain: LightGain, box: Box) => {
    const light = new Float32Array(3 * box.width);
    for (let y = 0; y < box.height; y++) {
      gainRow(gain, y, box.width, light);
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
    clear,
    traitsOf(part, points, iod) {
      const inside = new Float64Array(TRACKED_VERTICES);
      mesh.insideShare(points, iod, inside);
      begin(part, points, boxOf(mesh.textured, [points]));
      return { detail: face.detailOf("real").plain, inside };
    },
    occluder(image, source, occluded, iod, drawStill) {
      const box = boxOf(mesh.textured, [source]);
      if (box.width === 0 || box.height === 0) return null;
      const [canvas] = canvases;
      // Nothing of an earlier frame may be left: what lies outside the face is compared, too.
      clear(canvas, box);
      drawStill(canvas);
      const spread = begin({ image, x: 0, y: 0 }, source, box);
      face.load("one", canvas);
      const over = face.spread(spread, occluded).slice();
      const skin = face.skin.slice();
      const trusted = skin.map((value, i) => value * (1 - Math.min(1, 2 * over[i]!)));
      relight(canvas, face.measureGain(LIGHT_IOD * iod, trusted), box);
      return { box, matte: occlusionMatte(image, canvas, over, skin, box, iod) };
    },
    lay(image, box, { target, shown, iod, share, mixed, unlike, detail, occluded }) {
      if (box.width === 0 || box.height === 0) return;
      const spread = begin({ image, x: 0, y: 0 }, target, box, shown);
      if (occluded) {
        // What lies before the face is in another light.
        const { skin } = face;
        face.spread(spread, occluded).forEach((value, i) => (skin[i]! *= 1 - Math.min(1, 2 * value)));
      }
      const [one, two] = canvases;
      face.load("one", one);
      if (mixed < 1) {
        face.load("two", two);
        face.mix(mixed, unlike ? outlineOf(target) : null);
        face.store("one", one);
      }
      const drawn = face.detailOf("one");
      const wanted = detailLike(detail, face.detailOf("real").plain, drawn.plain);
      face.lay(face.measureGain(LIGHT_IOD * iod), share, matchingGain(drawn, wanted));
      face.store("real", canvasOfImage(image));
    },
  };
}
