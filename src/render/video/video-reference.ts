import { TRACKED_VERTICES } from "../../core/face-track.ts";
import type { Box, FaceLandmarks } from "../../core/face.ts";
import type { RgbaImage } from "../../core/image.ts";
import { smoothstep } from "../../core/scalar.ts";
import { createDeformer, type Deformer } from "../face-rig/deformer.ts";
import { fitFace, type FittedFace } from "../face-rig/fitted-face.ts";
import { headToHead, type HeadFit } from "../face-rig/head-fit.ts";
import { inpaintLips } from "../mouth/lip-inpainting.ts";
import { cavityOf, drawMouthInterior } from "../mouth/mouth-interior.ts";
import { createMouthLayers, type MouthLayers } from "../mouth/mouth-layers.ts";
import { outlineOf } from "../mouth/mouth-outline.ts";
import type { FaceShape } from "../face-rig/mouth-shapes.ts";
import { measurePicture, type Colour, type PictureFacts } from "../portrait/picture-facts.ts";
import { cropBox, luminance, toSrgb } from "../raster/plane.ts";
import type { Rig } from "../face-rig/rig.ts";
import { measureSeam, wipeSeam } from "./video-lip-edge.ts";
import { repairLips } from "./video-lip-repair.ts";
import { removeHighlights } from "./video-lip-highlights.ts";
import { viewTeeth, withTeethColour, type KnownTeeth } from "./video-teeth.ts";
import { createTexture, warpMesh, type Canvas, type Texture } from "../raster/warp.ts";

/** A frame of the video whose lower face is put onto other frames. */
export interface Reference {
  readonly fitted: FittedFace;
  readonly facts: PictureFacts;
  /** What is dark behind its lips in sRGB, under the picture's haze. */
  readonly cavity: Colour;
  /** `[468, 3]` in cm, head frame: the face with its lips shut. */
  readonly closed: Float64Array;
  /** Expression of a mouth shape in cm, head frame, from {@link Reference.closed}: `[468, 3]`, valid until the next call. */
  express(shape: FaceShape): Float64Array;
  /** Draws the lower face as it is in the reference, lips shut or not, onto other geometry. */
  drawStill(target: Float64Array, canvas: Canvas): void;
  /**
   * Draws the lower face and what is behind the lips.
   * @param target `[≥ 468, 2]` where the vertices are in the frame. @param head of the frame.
   */
  draw(shape: FaceShape, target: Float64Array, head: HeadFit, canvas: Canvas): void;
}

const STILL = { yawDeg: 0, pitchDeg: 0, rollDeg: 0, x: 0, y: 0 };
const CALM_FACE = { blinkLeft: 0, blinkRight: 0, brow: 0, smile: 0 };

/** Eye distances in pixels between which the inside of the mouth stops melting into the lips. */
const MELTING_IOD_PX = 30;
const SOLID_IOD_PX = 60;
/** How much of the difference to its neighbours a pixel gets on top: what sampling between pixels takes away. */
const SHARPEN = 0.22;

/** How far the inside of the mouth melts into the lips, 0 to 1. */
const meltingOf = (iod: number) => 1 - smoothstep(MELTING_IOD_PX, SOLID_IOD_PX, iod);

/** Share of the lips' hue in what melts into them: a few pixels mix with what is around, neutral ones look blue there. */
const LIPS_HUE = 0.6;

/** A colour with a share of the lips' hue. */
function warmed(colour: Colour, lip: Colour, share: number): Colour {
  const light = luminance(colour) / Math.max(1e-4, luminance(lip));
  const mix = (k: 0 | 1 | 2) => colour[k] + (lip[k] * light - colour[k]) * share;
  return [mix(0), mix(1), mix(2)];
}

/** A copy of a picture, sharpened within a box. */
function sharpen(image: RgbaImage, box: Box): RgbaImage {
  const { width, height } = image;
  const data = image.data.slice();
  for (let y = Math.max(1, box.y); y < Math.min(height - 1, box.y + box.height); y++) {
    for (let x = Math.max(1, box.x); x < Math.min(width - 1, box.x + box.width); x++) {
      const at = (y * width + x) * 4;
      for (let k = at; k < at + 3; k++) {
        const around =
          image.data[k - 4]! + image.data[k + 4]! + image.data[k - width * 4]! + image.data[k + width * 4]!;
        data[k] = image.data[k]! + SHARPEN * (image.data[k]! - around / 4);
      }
    }
  }
  return { width, height, data };
}

/**
 * Measures a reference frame.
 * @param image the frame at output size. @param triangles `[n, 3]` of the lower face.
 * @param teeth whether teeth show between the lips.
 * @param knownTeeth the person's own teeth, asked for when the first frame is drawn; null when no frame shows them.
 */
export function createReference(
  rig: Rig,
  image: RgbaImage,
  landmarks: FaceLandmarks,
  triangles: Uint16Array,
  teeth: boolean,
  knownTeeth: () => KnownTeeth | null,
): Reference {
  const fitted = fitFace(rig, image, landmarks);
  const deformer: Deformer = createDeformer(rig, fitted, 1);
  const measured = measurePicture(image, fitted);
  const blurred = meltingOf(fitted.iod);
  // Teeth that this very picture shows lie under the lips' repair. Nothing is quite dark in a blurred face, by no haze.
  const facts: PictureFacts = {
    ...measured,
    ownTeeth: null,
    teeth: warmed(measured.teeth, measured.lip, LIPS_HUE * blurred),
    haze: (1 - blurred) * measured.haze,
  };
  const deep = cavityOf(facts, blurred);
  const hazy = (k: 0 | 1 | 2) =>
    measured.haze + (1 - Math.min(1, measured.haze / Math.max(0.01, facts.skin[k]))) * deep[k];
  const cavity = warmed([hazy(0), hazy(1), hazy(2)], facts.lip, LIPS_HUE * blurred);
  let layers: MouthLayers | undefined;
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const v of triangles) {
    left = Math.min(left, fitted.points[v * 3]!);
    right = Math.max(right, fitted.points[v * 3]!);
    top = Math.min(top, fitted.points[v * 3 + 1]!);
    bottom = Math.max(bottom, fitted.points[v * 3 + 1]!);
  }
  const box = cropBox(
    { x: left, y: top, width: right - left + 1, height: bottom - top + 1 },
    image.width,
    image.height,
  );
  const freed = teeth || fitted.open ? repairLips(image, fitted) : removeHighlights(image, fitted);
  const clean = fitted.open ? inpaintLips(freed, fitted, measured.blurPx) : freed;
  const seam = measureSeam(clean, fitted);
  const texture: Texture = createTexture(sharpen(clean, box), box, 4);
  const closed = Float64Array.from(fitted.local, (value, i) => value + fitted.closing[i]!);
  const source = deformer.source;
  const expression = new Float64Array(TRACKED_VERTICES * 3);
  return {
    fitted,
    facts,
    cavity: [toSrgb(cavity[0]), toSrgb(cavity[1]), toSrgb(cavity[2])],
    closed,
    express(shape) {
      deformer.pose(shape, CALM_FACE, STILL);
      for (let i = 0; i < expression.length; i++) expression[i] = deformer.offsets[i]! - fitted.closing[i]!;
      return expression;
    },
    drawStill(target, canvas) {
      warpMesh(texture, triangles, 0, triangles.length / 3, source, target, canvas, true);
    },
    draw(shape, target, head, canvas) {
      warpMesh(texture, triangles, 0, triangles.length / 3, source, target, canvas, true);
      const iod = (fitted.iod * head.scale) / fitted.head.scale;
      const melting = meltingOf(iod);
      wipeSeam(canvas, outlineOf(target), seam, iod, melting);
      const headMap = headToHead(fitted.head, head);
      const known = knownTeeth();
      layers ??= createMouthLayers(rig, fitted, known ? withTeethColour(facts, known) : facts);
      const own = known?.row ? viewTeeth(known.row, facts, head) : null;
      drawMouthInterior(
        { layers, facts, texture, iod, open: fitted.open || teeth, target, shape, headMap, own, melting },
        canvas,
      );
    },
  };
}
