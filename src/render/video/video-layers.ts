import { TRACKED_VERTICES, type FaceTrack } from "../../core/face-track.ts";
import type { Box } from "../../core/face.ts";
import type { RgbaImage } from "../../core/image.ts";
import type { MouthPose } from "../../core/mouth.ts";
import { clamp } from "../../core/scalar.ts";
import type { HeadFit } from "../face-rig/head-fit.ts";
import { shapeOfMouth } from "../face-rig/mouth-shapes.ts";
import { percentile } from "../raster/plane.ts";
import { CANONICAL_IOD_CM, type Rig } from "../face-rig/rig.ts";
import type { FaceCompositor, Traits } from "./video-compositor.ts";
import {
  chinShares,
  createExemplar,
  measuredShares,
  placeExemplar,
  type Exemplar,
} from "../own-frames/exemplar.ts";
import type { Cavity } from "../own-frames/opened-inside.ts";
import { lightOf, planLibrary } from "../own-frames/library.ts";
import type { LookModel } from "./covered-face.ts";
import type { VideoMesh } from "./video-mesh.ts";
import type { FaceMotion } from "./video-motion.ts";
import { createOwnFrames } from "../own-frames/own-frames.ts";
import { createPersonLips, type PersonLips } from "../own-frames/person-lips.ts";
import { createReference, type Reference } from "./video-reference.ts";
import { planReferences } from "./video-references.ts";
import { knowTeeth, lookForTeeth, type KnownTeeth, type TeethSighting } from "./video-teeth.ts";
import { createFrameTexturer, type FrameTexturer } from "./video-texture.ts";
import type { Canvas, Texture } from "../raster/warp.ts";

/** One of the two at most whose texture shows in a frame's lower face. */
export interface Layer {
  readonly share: number;
  /** Frame of the video whose mouth it is; null for one that is drawn. */
  readonly frame: number | null;
  /** Adds its share of the face that it draws to `out`: `[468, 3]` in cm, head frame. */
  addLips(out: Float64Array): void;
  /** @param target `[≥ 468, 2]` where the vertices are in the frame, in pixels. @param head of the frame. */
  draw(target: Float64Array, head: HeadFit, canvas: Canvas): void;
  /** Detail of its skin, as that frame's sharpness asks for it. */
  readonly detail: number;
  /** `[468]` how far a vertex is from the silhouette in it. */
  readonly inside: Float64Array;
}

/** Where the lower face comes from in the frames of a video: the person's own frames, and references that are moved by the rig. */
export interface FaceLayers {
  /** Frames whose pictures must be given to {@link FaceLayers.setReference}. */
  readonly references: readonly number[];
  /** @param read told the region of `image` that will be read, before it is. */
  setReference(index: number, image: RgbaImage, read?: (box: Box) => void): void;
  readonly lips: PersonLips;
  /** Width of the mouth in pixels, of the best reference. */
  readonly mouthWidthPx: number;
  /** Does what needs all references and no mouth, before it is needed. */
  settle(): void;
  /** Plans the frames of the output. @param places `[steps]` frame of the video. @param mouths `[steps]`. */
  plan(places: ArrayLike<number>, mouths: readonly MouthPose[]): void;
  /** At most two layers, the larger share first. */
  layersAt(frame: number, mouth: MouthPose, step?: number): Layer[];
  /** Draws a frame's face as it would look without an occluder. */
  drawStill(frame: number, target: Float64Array, canvas: Canvas): void;
}

/** What {@link createFaceLayers} needs. */
export interface FaceLayersOptions {
  readonly rig: Rig;
  readonly track: FaceTrack;
  readonly frames: number;
  readonly fps: number;
  readonly mesh: VideoMesh;
  readonly motion: FaceMotion;
  readonly looks: LookModel;
  readonly compositor: FaceCompositor;
  /** Whether a frame may be the exemplar of another; null where none may. */
  readonly mayUse: ((exemplar: number, frame: number) => boolean) | null;
  /** What the person's own sound says in a frame, asked when the first one is planned; null where that is not known. */
  readonly saidAt: ((frame: number) => MouthPose | null) | null;
}

/** Frames on each side over which a change of reference is blended. */
const BLEND_FRAMES = 4;
/** Share of the lips' line (0 to 255) from which on a reference's lips are freed of teeth. */
const TEETH_SHOW = 50;
/** Width and height of an exemplar in inter-ocular distances, about. */
const PIECE_IOD = [2.2, 1.7] as const;

/** Pixels around the lower face that lending it looks at. */
const LENT_REACH = 4;

/** What lending the lower face within a box reads: all of a picture at whose border it lies, where places are limited to it. */
function readBox(
  { x, y, width, height }: Box,
  picture: { readonly width: number; readonly height: number },
): Box {
  const around = {
    x: x - LENT_REACH,
    y: y - LENT_REACH,
    width: width + 2 * LENT_REACH,
    height: height + 2 * LENT_REACH,
  };
  const within =
    around.x >= 0 &&
    around.y >= 0 &&
    around.x + around.width <= picture.width &&
    around.y + around.height <= picture.height;
  return within ? around : { x: 0, y: 0, width: picture.width, height: picture.height };
}

/** Exemplars whose textures are kept: one shares in two or three frames in a row, two in a frame. */
const KEPT_TEXTURES = 4;

/** Makes textures of exemplars; each is valid until {@link KEPT_TEXTURES} others have been asked for. */
function createExemplarTextures(): (exemplar: Exemplar) => Texture {
  /** The one that was asked for last comes first. */
  const kept: { texturer: FrameTexturer; exemplar: Exemplar; texture: Texture }[] = [];
  return (exemplar) => {
    const at = kept.findIndex((one) => one.exemplar === exemplar);
    let [found] = at < 0 ? [] : kept.splice(at, 1);
    if (!found) {
      const { texturer } = (kept.length < KEPT_TEXTURES ? undefined : kept.pop()) ?? {
        texturer: createFrameTexturer(),
      };
      found = { texturer, exemplar, texture: exemplar.textureBy(texturer) };
    }
    kept.unshift(found);
    return found.texture;
  };
}

/** Chooses and keeps the exemplars and references of a face. */
export function createFaceLayers(options: FaceLayersOptions): FaceLayers {
  const { rig, track, frames, fps, mesh, motion, looks, compositor, mayUse, saidAt } = options;
  const plan = planReferences(motion, track, looks, frames);
  const references: Reference[] = [];
  const traits: Traits[] = [];
  const measured = measuredShares(rig);
  const library = mayUse ? planLibrary(motion, track, looks, frames, pieceBytes()) : [];
  const own = createOwnFrames(
    library,
    motion,
    fps,
    (frame) => lightOf(track, frame),
    mayUse ?? (() => false),
    saidAt,
    measured,
    chinShares(rig, measured),
  );
  const textureOf = createExemplarTextures();
  let lips: PersonLips | undefined;
  const personLips = () => (lips ??= createPersonLips(references[0]!));
  const sightings: (TeethSighting | null)[] = [];
  let teeth: KnownTeeth | null | undefined;
  const knownTeeth = () => (teeth === undefined ? (teeth = knowTeeth(sightings)) : teeth);

  /** The one or two references of a frame with their shares. */
  const referencesAt = (frame: number): { index: number; reference: Reference; share: number }[] => {
    const { first, last } = motion.stretchAt(frame)!;
    const counts = new Map<number, number>();
    for (let k = -BLEND_FRAMES; k <= BLEND_FRAMES; k++) {
      const r = plan.choice[clamp(frame + k, first, last)]!;
      counts.set(r, (counts.get(r) ?? 0) + 1);
    }
    const top = [...counts].sort((a, b) => b[1] - a[1]).slice(0, 2);
    const total = top.reduce((sum, [, count]) => sum + count, 0);
    return top.map(([r, count]) => ({ index: r, reference: references[r]!, share: count / total }));
  };

  /** Memory that an exemplar of this face takes at its usual size. */
  function pieceBytes(): number {
    const scales: number[] = [];
    for (let frame = 0; frame < frames; frame += 1 + (frames >> 6)) {
      if (motion.seen(frame)) scales.push(motion.pose(frame).scale);
    }
    const iod = CANONICAL_IOD_CM * (percentile(scales, 0.5) || 0);
    return 4 * PIECE_IOD[0] * PIECE_IOD[1] * iod * iod;
  }

  /** What is dark in the mouth, by own frames where they show it. */
  const cavity = (): Cavity => {
    const [{ cavity: drawn, facts }] = references as [Reference];
    return { colour: own.cavity ?? drawn, blurPx: facts.blurPx };
  };

  /** Whose textures show in a frame. */
  const layersAt = (frame: number, mouth: MouthPose, step?: number): Layer[] => {
    const sharpness = sharpAt(frame);
    const shape = shapeOfMouth(mouth);
    const shares = mayUse ? own.sharesAt(frame, mouth, personLips(), step) : [{ exemplar: null, share: 1 }];
    let plain: Float64Array | undefined;
    const layers = shares.flatMap(({ exemplar: piece, share }): Layer[] => {
      if (piece) {
        return [
          {
            share,
            frame: piece.look.frame,
            addLips: (out) =>
              own.addLips(
                piece,
                (plain ??= own.plainOffsets(mouth, personLips())),
                mouth,
                frame,
                personLips(),
                share,
                out,
              ),
            draw: (target, _head, canvas) => piece.draw(textureOf(piece), target, canvas, cavity()),
            detail: (piece.detail * sharpness) / sharpAt(piece.look.frame),
            inside: piece.inside,
          },
        ];
      }
      // Beside an own frame the better one of two references is enough.
      const chosen = referencesAt(frame).slice(0, shares.length > 1 ? 1 : 2);
      const total = chosen.reduce((sum, { share: part }) => sum + part, 0);
      return chosen.map(({ index, reference, share: part }) => ({
        share: (share * part) / total,
        frame: null,
        addLips(out) {
          const expression = reference.express(shape);
          const whole = (share * part) / total;
          for (let k = 0; k < out.length; k++) out[k]! += whole * (reference.closed[k]! + expression[k]!);
        },
        draw: (target, head, canvas) => reference.draw(shape, target, head, canvas),
        detail: (traits[index]!.detail * sharpness) / sharpAt(plan.frames[index]!),
        inside: traits[index]!.inside,
      }));
    });
    return layers.sort((a, b) => b.share - a.share);
  };

  /** Sharpness of a frame around the nose, the median of its neighbours'. */
  const sharpAt = (frame: number) => {
    const near = [frame - 1, frame, frame + 1].filter((f) => f >= 0 && f < frames && motion.seen(f));
    return Math.max(
      1e-3,
      percentile(
        Float32Array.from(near, (f) => track.sharpness[f]!),
        0.5,
      ) || 0,
    );
  };

  const lendOwn = (index: number, image: RgbaImage, read?: (box: Box) => void) => {
    const look = library[index]!;
    const place = placeExemplar(motion, look.frame, measured);
    const iod = CANONICAL_IOD_CM * place.head.scale;
    const box = compositor.boxOf(mesh.textured, [place.points]);
    read?.(readBox(box, image));
    own.addExemplar(index, createExemplar(image, look, place, iod, box, mesh.textured, compositor));
  };

  const setReference = (index: number, image: RgbaImage) => {
    const frame = plan.frames[index] ?? plan.teeth[index - plan.frames.length]!;
    const { local, head } = motion.measured(frame);
    const points = new Float32Array(TRACKED_VERTICES * 3);
    for (let i = 0; i < points.length; i += 3) {
      for (let k = 0; k < 3; k++) {
        let sum = head.shift[k]! + (k < 2 ? 0.5 : 0);
        for (let n = 0; n < 3; n++) sum += head.scale * head.rotation[k * 3 + n]! * local[i + n]!;
        points[i + k] = sum;
      }
    }
    const landmarks = { points, presence: 1 };
    if (index >= plan.frames.length) {
      sightings[index - plan.frames.length] = lookForTeeth(rig, image, landmarks);
      return;
    }
    const teethShow = track.teeth[frame]! > TEETH_SHOW;
    references[index] = createReference(rig, image, landmarks, mesh.textured, teethShow, knownTeeth);
    const flat = Float64Array.from(
      { length: 2 * TRACKED_VERTICES },
      (_, i) => points[(i >> 1) * 3 + (i & 1)]! - 0.5,
    );
    traits[index] = compositor.traitsOf({ image, x: 0, y: 0 }, flat, CANONICAL_IOD_CM * head.scale);
  };

  const planned = [...plan.frames, ...plan.teeth];
  const all = [...planned, ...own.frames.filter((frame) => !planned.includes(frame))];
  return {
    references: all,
    setReference(index, image, read) {
      if (index < planned.length) {
        read?.({ x: 0, y: 0, width: image.width, height: image.height });
        setReference(index, image);
      }
      const at = own.frames.indexOf(all[index]!);
      if (at >= 0) lendOwn(at, image, read);
    },
    get lips() {
      return personLips();
    },
    get mouthWidthPx() {
      return references[0]?.fitted.mouthWidthPx ?? 0;
    },
    settle() {
      personLips();
      if (mayUse) own.settle();
    },
    plan(places, mouths) {
      if (mayUse) own.plan(places, mouths, personLips());
    },
    layersAt,
    drawStill(frame, target, canvas) {
      referencesAt(frame)[0]!.reference.drawStill(target, canvas);
    },
  };
}
