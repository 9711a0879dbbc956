import { TRACKED_VERTICES, type FaceTrack, type FaceTracks } from "../../core/face-track.ts";
import type { Box } from "../../core/face.ts";
import type { RgbaImage } from "../../core/image.ts";
import type { MouthPose } from "../../core/mouth.ts";
import { clamp } from "../../core/scalar.ts";
import { cropBox } from "../raster/plane.ts";
import { CANONICAL_IOD_CM, type Rig } from "../face-rig/rig.ts";
import { putBack } from "./put-back.ts";
import { createFaceCompositor } from "./video-compositor.ts";
import { createFaceOcclusion } from "./video-occlusion.ts";
import { OVAL } from "../face-rig/topology.ts";
import { createFaceLayers, type Layer } from "./video-layers.ts";
import { createLookModel } from "./covered-face.ts";
import { createVideoMesh } from "./video-mesh.ts";
import { createFaceMotion, project } from "./video-motion.ts";
import type { PersonLips } from "../own-frames/person-lips.ts";
import { planStrength } from "./new-mouth-strength.ts";
import { createFrameTexturer } from "./video-texture.ts";
import { warpMesh, wordsOf } from "../raster/warp.ts";

/** What {@link createVideoFace} needs. */
export interface VideoFaceOptions {
  readonly rig: Rig;
  readonly tracks: FaceTracks;
  readonly track: FaceTrack;
  /** Size of the output in pixels. */
  readonly size: { readonly width: number; readonly height: number };
  /** Frames per second of the video on average. */
  readonly fps: number;
  /** `[frames]` instant of each frame in seconds. */
  readonly starts: ArrayLike<number>;
  /**
   * What the person's own sound says in a frame, asked when the output's frames are planned; null where the video has none,
   * or none that is this person's.
   */
  readonly saidAt?: ((frame: number) => MouthPose | null) | null;
  /** Whether a frame may be the exemplar of another; all may where this is absent, none for `null`. For measuring. */
  readonly mayUse?: ((exemplar: number, frame: number) => boolean) | null;
}

/** One face of a video whose mouth is replaced. */
export interface VideoFace {
  /** Frames whose pictures must be given to {@link VideoFace.setReference} before drawing. */
  readonly references: readonly number[];
  /**
   * Measures the picture of `references[index]`, which is not kept.
   * @param read told the region of `image` that will be read, before it is.
   */
  setReference(index: number, image: RgbaImage, read?: (box: Box) => void): void;
  /** `[frames]` share of the new mouth, 0 where a frame stays as it is. */
  readonly strength: Float32Array;
  /** Width of the mouth in pixels of the output, of the best reference. */
  readonly mouthWidthPx: number;
  /** Does what needs all references and no mouth, before it is needed. */
  settle(): void;
  /**
   * Plans which own mouths the frames of the output take; without it each takes the one that fits it alone.
   * @param places `[steps]` frame of the video in each. @param mouths `[steps]` its mouth.
   */
  plan(places: ArrayLike<number>, mouths: readonly MouthPose[]): void;
  /** The person's lips, once the references are set. */
  readonly lips: PersonLips;
  /**
   * Where the face's vertices are drawn in a frame with a strength above 0, in pixels: `[468, 2]`; the caller owns it.
   * @param step number of the output's frame, once planned.
   */
  place(frame: number, mouth: MouthPose, step?: number): Float64Array;
  /**
   * Puts a mouth onto a frame of the video, in place. No other call's frame shows in it.
   * @param read told the region of `image` that will be read or changed, before it is.
   * @param step number of the output's frame, once planned.
   */
  render(frame: number, mouth: MouthPose, image: RgbaImage, read?: (box: Box) => void, step?: number): void;
}

/** Frames of a video that are no farther apart show the same between the lips. */
const ALIKE_FRAMES = 2;
const unlikeMouths = (a: Layer, b: Layer) =>
  a.frame !== b.frame && (a.frame === null || b.frame === null || Math.abs(a.frame - b.frame) > ALIKE_FRAMES);

/** Pixels around what moves that its texture and the interpolation look at. */
const REACH = 6;
/** How far an occluder holds the outline's vertices beside it, by their distance along it. */
const HELD_BESIDE = [1, 1, 0.9, 0.7, 0.4, 0.15];

/** Plans and draws the mouth of one tracked face. */
export function createVideoFace(options: VideoFaceOptions): VideoFace {
  const { rig, tracks, track, size, fps, starts, mayUse = () => true, saidAt = null } = options;
  const mesh = createVideoMesh(rig);
  const motion = createFaceMotion(rig, tracks, track, size, fps);
  const looks = createLookModel(track);
  const strength = planStrength(motion, looks, starts, size);
  const occlusion = createFaceOcclusion(rig, looks, tracks.frames);
  const texturer = createFrameTexturer();
  const compositor = createFaceCompositor(mesh, size);
  const { boxOf, canvases } = compositor;
  const frames = tracks.frames;
  const faceLayers = createFaceLayers({
    ...{ rig, track, frames, fps, mesh, motion, looks, compositor, mayUse, saidAt },
  });
  const source = new Float64Array(mesh.vertices * 2);
  const target = new Float64Array(mesh.vertices * 2);
  const posed = new Float64Array(TRACKED_VERTICES * 3);
  const wanted = new Float64Array(TRACKED_VERTICES * 3);
  const lowered = new Float64Array(TRACKED_VERTICES);
  const inside = new Float64Array(TRACKED_VERTICES);
  const shown = new Float64Array(TRACKED_VERTICES);
  /** What drawing reads or changes when everything is placed, with the margin of a texture and its interpolation. */
  const reachOf = (): Box => {
    const [drawn, moved] = [boxOf(mesh.textured, [source, target]), boxOf(mesh.moving, [source, target])];
    const [left, top] = [Math.min(drawn.x, moved.x) - REACH, Math.min(drawn.y, moved.y) - REACH];
    const right = Math.max(drawn.x + drawn.width, moved.x + moved.width) + REACH;
    const bottom = Math.max(drawn.y + drawn.height, moved.y + moved.height) + REACH;
    return cropBox({ x: left, y: top, width: right - left, height: bottom - top }, size.width, size.height);
  };

  /** Fills in `source` and `target`: where the face is in a frame, and where it is drawn. */
  const placeFace = (frame: number, mouth: MouthPose, step?: number) => {
    const { local, head } = motion.at(frame);
    const layers = faceLayers.layersAt(frame, mouth, step);
    const iod = CANONICAL_IOD_CM * head.scale;
    project(local, head, source);
    mesh.insideShare(source, iod, inside);
    wanted.fill(0);
    for (const layer of layers) layer.addLips(wanted);
    posed.set(local);
    lowered.fill(0);
    for (const v of mesh.outline) {
      lowered[v] = mesh.shape[v]! * strength[frame]! * (wanted[v * 3 + 1]! - local[v * 3 + 1]!);
      posed[v * 3 + 1]! += lowered[v];
    }
    for (let v = 0; v < TRACKED_VERTICES; v++) {
      if (mesh.shape[v] === 0 || mesh.outline.has(v)) continue;
      const follow = mesh.shape[v]! * inside[v]! * strength[frame]!;
      for (let i = v * 3; i < v * 3 + 3; i++) posed[i]! += follow * (wanted[i]! - local[i]!);
      if (inside[v]! < 1)
        posed[v * 3 + 1]! += mesh.shape[v]! * (1 - inside[v]!) * mesh.motionBeside(v, lowered);
    }
    project(posed, head, target);
    return { head, layers, iod };
  };

  /**
   * Lets skin and outline stay where an occluder lies before them: moving them would drag it along. A neighbour on the
   * outline that went on would drag what lies between the two.
   */
  const holdOccluded = (occluded: Float64Array) => {
    const surely = (v: number) => clamp(1.5 * occluded[v]!, 0, 1);
    const held = Float64Array.from(mesh.skin, (share, v) => share * surely(v));
    OVAL.forEach((v, i) => {
      HELD_BESIDE.forEach((share, beside) => {
        for (const k of [i + beside, i - beside + OVAL.length]) {
          held[v] = Math.max(held[v]!, share * surely(OVAL[k % OVAL.length]!));
        }
      });
    });
    held.forEach((share, v) => {
      for (let k = v * 2; k < v * 2 + 2; k++) target[k]! += share * (source[k]! - target[k]!);
    });
  };

  return {
    references: faceLayers.references,
    strength,
    get lips() {
      return faceLayers.lips;
    },
    get mouthWidthPx() {
      return faceLayers.mouthWidthPx;
    },
    setReference: (index, image, read) => faceLayers.setReference(index, image, read),
    settle: () => faceLayers.settle(),
    plan: (places, mouths) => faceLayers.plan(places, mouths),
    place(frame, mouth, step) {
      placeFace(frame, mouth, step);
      return target.slice(0, TRACKED_VERTICES * 2);
    },
    render(frame, mouth, image, read, step) {
      const share = strength[frame]!;
      if (share <= 0) return;
      const { head, layers, iod } = placeFace(frame, mouth, step);
      // An occluder only holds the outline back, toward its place in the frame.
      mesh.placeRings(source, target);
      read?.(reachOf());
      const occluded = occlusion.at(frame);
      const occluder =
        occluded &&
        compositor.occluder(image, source, occluded, iod, (canvas) =>
          faceLayers.drawStill(frame, source, canvas),
        );
      const before = occluder ? image.data.slice() : null;
      if (occluded && occluder) holdOccluded(occluded);
      mesh.placeRings(source, target);
      const texture = texturer.of(image, boxOf(mesh.moving, [source]), 2);
      warpMesh(texture, mesh.moving, 0, mesh.moving.length / 3, source, target, {
        width: size.width,
        height: size.height,
        words: wordsOf(image),
      });
      const mean = (value: (layer: Layer) => number) =>
        layers.reduce((sum, layer) => sum + layer.share * value(layer), 0);
      for (let v = 0; v < TRACKED_VERTICES; v++) {
        // Beyond the silhouette, the frame's or the exemplar's, there is no skin to take.
        shown[v] =
          mesh.texture[v]! *
          Math.min(
            inside[v]!,
            mean((layer) => layer.inside[v]!),
          );
      }
      const box = boxOf(mesh.textured, [target]);
      layers.forEach((layer, i) => {
        const canvas = canvases[i]!;
        // Nothing of an earlier frame may be left: a frame must look the same wherever drawing begins.
        compositor.clear(canvas, box);
        layer.draw(target, head, canvas);
      });
      compositor.lay(image, box, {
        target,
        shown,
        iod,
        share,
        mixed: layers[0]!.share,
        unlike: layers.length > 1 && unlikeMouths(layers[0]!, layers[1]!),
        detail: mean((layer) => layer.detail),
        occluded: occluder ? occluded : null,
      });
      if (occluder && before) putBack(image, before, occluder.matte, occluder.box);
    },
  };
}
