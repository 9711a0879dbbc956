import { EngineError } from "../../job/errors.ts";
import type { Box, FaceLandmarks } from "../../core/face.ts";
import type { RgbaImage } from "../../core/image.ts";
import type { MouthPose } from "../../core/mouth.ts";
import type { PersonMatte } from "../../core/person-matte.ts";
import { warning, type Warning } from "../../job/warnings.ts";
import { createDeformer, strengthAtYaw, type HeadMotion } from "../face-rig/deformer.ts";
import { createEyeballs } from "../eyes/eyelids.ts";
import { findEyes, gazeShift } from "../eyes/eyes.ts";
import { fitFace } from "../face-rig/fitted-face.ts";
import { inpaintLips } from "../mouth/lip-inpainting.ts";
import { drawMouthInterior } from "../mouth/mouth-interior.ts";
import { createMouthLayers } from "../mouth/mouth-layers.ts";
import { shapeOfMouth } from "../face-rig/mouth-shapes.ts";
import { createBackdrop } from "./backdrop.ts";
import { measurePicture } from "./picture-facts.ts";
import { cropBox, toSrgb } from "../raster/plane.ts";
import type { Rig } from "../face-rig/rig.ts";
import { createMeshStage } from "../raster/mesh-stage.ts";
import { createTexture, wordsOf } from "../raster/warp.ts";

/** One instant of a face. */
export interface FramePose {
  readonly mouth: MouthPose;
  /** Turn of the head in degrees (as `HeadPose`) relative to the source, and its shift in inter-ocular distances. */
  readonly head: HeadMotion;
  /** 0 open, 1 closed; the person's own left and right. */
  readonly blinkLeft: number;
  readonly blinkRight: number;
  /** Raised brows, 0 to 1. */
  readonly brow: number;
  /**
   * Where the eyes look, in degrees to the image's right and down from where the source looks, relative to the head;
   * absent: as in the source.
   */
  readonly gaze?: readonly [number, number];
  /** Style: −1 glum to 1 smiling; 0 keeps the source's own. */
  readonly smile: number;
}

/** What {@link preparePortrait} needs. */
export interface PortraitOptions {
  /** The picture at output size. */
  readonly image: RgbaImage;
  /** In pixels of `image`. */
  readonly landmarks: FaceLandmarks;
  /** The source at a higher resolution, on which the lips are found more exactly. */
  readonly detail?: RgbaImage;
  readonly rig: Rig;
  /** Where the picture shows people; without it the surroundings of a head move along a little. */
  readonly matte?: PersonMatte;
  /** Multiplies the expressions; 1 by default. */
  readonly strength?: number;
  /** The other faces of the picture: this portrait's moving neighbourhood ends before them. */
  readonly others?: readonly FaceLandmarks[];
}

/** A face that can be posed and drawn again and again. */
export interface Portrait {
  readonly width: number;
  readonly height: number;
  /** For the job's `warnings`. */
  readonly warnings: readonly Warning[];
  readonly mouthWidthPx: number;
  /** All pixels that may ever change lie in this box. */
  readonly animatedBox: Box;
  /** A picture upon which poses are drawn without copying it: use it for {@link Portrait.render} in the place of another. */
  readonly canvas: RgbaImage;
  /** Draws a pose onto `out`, which already holds the source (and perhaps other portraits). */
  render(pose: FramePose, out: RgbaImage): void;
}

/** A gaze that shifts the irises by less than this is the source's own. */
const STILL_GAZE_PX = 0.02;

/** Starts a frame: copies the source into `out`. */
export function copySource(source: RgbaImage, out: RgbaImage): void {
  out.data.set(source.data);
}

/**
 * Measures a face and builds all that does not depend on the pose.
 * @throws EngineError `input/no-face` when the landmarks hold no usable face.
 */
export function preparePortrait(options: PortraitOptions): Portrait {
  const { image, landmarks, rig } = options;
  const { width, height } = image;
  if (landmarks.points.length < 468 * 3 || !landmarks.points.every(Number.isFinite)) {
    throw new EngineError(
      "input/no-face",
      "The face's landmarks are incomplete. Choose a picture with a clear face.",
    );
  }
  const face = fitFace(rig, image, landmarks, options.detail, true);
  if (!(face.iod > 2)) {
    throw new EngineError(
      "input/face-too-small",
      `The face is ${face.iod.toFixed(1)} pixels between the eyes; use a larger picture.`,
    );
  }
  const warnings: Warning[] = [];
  const yawShare = strengthAtYaw(face.yawDeg);
  if (yawShare < 0.85) {
    warnings.push(
      warning("face/weakened", {
        degrees: Math.round(Math.abs(face.yawDeg)),
        percent: Math.round(yawShare * 100),
      }),
    );
  }
  if (face.mouthWidthPx < 24) {
    warnings.push(warning("mouth/small", { pixels: Math.round(face.mouthWidthPx) }));
  }
  const deformer = createDeformer(rig, face, yawShare * (options.strength ?? 1), options.others);
  const [xs, ys] = [0, 1].map((axis) => deformer.source.filter((_, i) => i % 2 === axis)) as [
    Float64Array,
    Float64Array,
  ];
  const [left, top] = [xs.reduce((a, b) => Math.min(a, b)), ys.reduce((a, b) => Math.min(a, b))];
  const [right, bottom] = [xs.reduce((a, b) => Math.max(a, b)), ys.reduce((a, b) => Math.max(a, b))];
  const box = cropBox({ x: left, y: top, width: right - left + 1, height: bottom - top + 1 }, width, height);
  const facts = measurePicture(image, face);
  const margin = Math.ceil(0.25 * face.iod);
  const plain = face.open ? inpaintLips(image, face, facts.blurPx) : image;
  const backdrop = options.matte && createBackdrop(image, plain, options.matte, box, landmarks);
  const stage = createMeshStage({
    ...{ width, height, triangles: deformer.triangles, source: deformer.source },
    texture: createTexture(backdrop?.people ?? plain, box, margin),
    background: backdrop && { image: backdrop.background, box },
  });
  const { texture } = stage;
  // The person's own teeth are no longer in the texture of the inpainted lips.
  const teethTexture = facts.ownTeeth
    ? createTexture(image, { ...facts.ownTeeth.plane, x: facts.ownTeeth.x, y: facts.ownTeeth.y }, 4)
    : texture;
  const layers = createMouthLayers(rig, face, facts);
  const drawEyeball = createEyeballs(stage);
  const eyes = findEyes(image, landmarks, face, facts.lash.map(toSrgb));

  const render = (pose: FramePose, out: RgbaImage) => {
    const shape = shapeOfMouth(pose.mouth);
    const lids = { blinkRight: 0, blinkLeft: 0 };
    for (const { topology } of eyes) lids[topology.blink] = pose[topology.blink];
    deformer.pose(shape, { ...pose, ...lids }, pose.head);
    const gaze = gazeShift(face, pose.gaze ?? [0, 0]);
    const looks = Math.hypot(...gaze) > STILL_GAZE_PX;
    if (!deformer.moved && !looks) return;
    const canvas = { width, height, words: stage.words };
    const elsewhere = out.data.buffer === stage.canvas.data.buffer ? null : wordsOf(out);
    if (elsewhere) stage.words.set(elsewhere);
    stage.warp(deformer.target);
    for (const eye of eyes) {
      const shut = lids[eye.topology.blink];
      if (shut > 0 || looks) drawEyeball(eye, deformer.target, deformer.headMap(eye.depth), shut, gaze);
    }
    drawMouthInterior(
      {
        layers,
        facts,
        texture: teethTexture,
        iod: face.iod,
        open: face.open,
        shadedSeam: !face.open,
        target: deformer.target,
        shape,
        headMap: deformer.headMap,
      },
      canvas,
    );
    stage.lay();
    elsewhere?.set(stage.words);
  };
  return {
    ...{ width, height, warnings, mouthWidthPx: face.mouthWidthPx, animatedBox: box },
    canvas: stage.canvas,
    render,
  };
}
