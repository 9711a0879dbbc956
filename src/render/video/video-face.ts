import { TRACKED_VERTICES, type FaceTrack, type FaceTracks } from "../../core/face-track.ts";
import type { Box } from "../../core/face.ts";
import type { RgbaImage } from "../../core/image.ts";
import type { MouthPose } from "../../core/mouth.ts";
import { shapeOfMouth, type FaceShape } from "../face-rig/mouth-shapes.ts";
import { clamp, cropBox, percentile } from "../raster/plane.ts";
import { CANONICAL_IOD_CM, type Rig } from "../face-rig/rig.ts";
import { layFace, measureGain, spreadValues, type LightGain } from "./video-blend.ts";
import { coverMatte, createFaceCover } from "./video-cover.ts";
import { OVAL } from "../face-rig/topology.ts";
import { createLookModel } from "./video-look.ts";
import { createVideoMesh } from "./video-mesh.ts";
import { createFaceMotion, project } from "./video-motion.ts";
import { createReference, type Reference } from "./video-reference.ts";
import { planReferences } from "./video-references.ts";
import { detailLike, matchingGain, skinDetail } from "./video-sharpness.ts";
import { planStrength } from "./video-strength.ts";
import { knowTeeth, lookForTeeth, type KnownTeeth, type TeethSighting } from "./video-teeth.ts";
import { createFrameTexturer } from "./video-texture.ts";
import { warpMesh, wordsOf, type Canvas } from "../raster/warp.ts";

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
}

/** One face of a video whose mouth is replaced. */
export interface VideoFace {
  /** Frames whose pictures must be given to {@link VideoFace.setReference} before drawing. */
  readonly references: readonly number[];
  /** Measures the picture of `references[index]`, which is not kept. */
  setReference(index: number, image: RgbaImage): void;
  /** `[frames]` share of the new mouth, 0 where a frame stays as it is. */
  readonly strength: Float32Array;
  /** Width of the mouth in pixels of the output, of the best reference. */
  readonly mouthWidthPx: number;
  /** Where the face's vertices are drawn in a frame with a strength above 0, in pixels: `[468, 2]`; the caller owns it. */
  place(frame: number, mouth: MouthPose): Float64Array;
  /**
   * Puts a mouth onto a frame of the video, in place. No other call's frame shows in it.
   * @param lend told the box of `image` that will be read or changed, before it is.
   */
  render(frame: number, mouth: MouthPose, image: RgbaImage, lend?: (box: Box) => void): void;
}

/** Pixels around what moves that its texture and the interpolation look at. */
const REACH = 6;
/** How far an occluder holds the outline's vertices beside it, by their distance along it. */
const HELD_BESIDE = [1, 1, 0.9, 0.7, 0.4, 0.15];
/** Frames on each side over which a change of reference is blended. */
const BLEND_FRAMES = 4;
/** Share of the lips' line (0 to 255) from which on a reference's lips are freed of teeth. */
const TEETH_SHOW = 50;
/** Smoothing of the light between reference and frame in inter-ocular distances. */
const LIGHT_IOD = 0.22;

/** Plans and draws the mouth of one tracked face. */
export function createVideoFace({ rig, tracks, track, size, fps, starts }: VideoFaceOptions): VideoFace {
  const mesh = createVideoMesh(rig);
  const motion = createFaceMotion(rig, tracks, track, size, fps);
  const looks = createLookModel(track);
  const strength = planStrength(motion, looks, starts, size);
  const plan = planReferences(motion, track, looks, tracks.frames);
  const cover = createFaceCover(rig, looks, tracks.frames);
  const texturer = createFrameTexturer();
  const references: Reference[] = [];
  /** Of each reference: detail of its skin, and `[468]` how far a vertex is from the silhouette in it. */
  const lent: { readonly detail: number; readonly inside: Float64Array }[] = [];
  const sightings: (TeethSighting | null)[] = [];
  let teeth: KnownTeeth | null | undefined;
  const knownTeeth = () => (teeth === undefined ? (teeth = knowTeeth(sightings)) : teeth);
  const source = new Float64Array(mesh.vertices * 2);
  const target = new Float64Array(mesh.vertices * 2);
  const posed = new Float64Array(TRACKED_VERTICES * 3);
  const inside = new Float64Array(TRACKED_VERTICES);
  const shown = new Float64Array(TRACKED_VERTICES);
  const scratch = [0, 1].map(() => ({
    width: size.width,
    height: size.height,
    words: new Uint32Array(size.width * size.height),
  }));
  let alpha = new Float32Array(0);
  let skin = new Float32Array(0);

  /** The one or two references of a frame with their shares. */
  const blendAt = (frame: number): { index: number; reference: Reference; share: number }[] => {
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

  /** Sharpness of a frame around the nose, the median of its neighbours'. */
  const sharpAt = (frame: number) => {
    const near = [frame - 1, frame, frame + 1].filter((f) => f >= 0 && f < tracks.frames && motion.seen(f));
    return Math.max(
      1e-3,
      percentile(
        Float32Array.from(near, (f) => track.sharpness[f]!),
        0.5,
      ) || 0,
    );
  };

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

  /** What drawing reads or changes when everything is placed, with the margin of a texture and its interpolation. */
  const reachOf = (): Box => {
    const [drawn, moved] = [boxOf(mesh.textured, [source, target]), boxOf(mesh.moving, [source, target])];
    const [left, top] = [Math.min(drawn.x, moved.x) - REACH, Math.min(drawn.y, moved.y) - REACH];
    const right = Math.max(drawn.x + drawn.width, moved.x + moved.width) + REACH;
    const bottom = Math.max(drawn.y + drawn.height, moved.y + moved.height) + REACH;
    return cropBox({ x: left, y: top, width: right - left, height: bottom - top }, size.width, size.height);
  };

  const reserve = (pixels: number) => {
    if (alpha.length < pixels) [alpha, skin] = [new Float32Array(pixels), new Float32Array(pixels)];
  };

  /**
   * Marks the skin of the box in `skin`; the reference shows in the pixels where `alpha` is above 0.
   * @param shares `[468]` how much of the reference each vertex shows.
   */
  const spreadShares = (points: Float64Array, box: Box, shares = mesh.texture) => {
    reserve(box.width * box.height);
    spreadValues(mesh.textured, points, shares, box, alpha);
    spreadValues(mesh.textured, points, mesh.skin, box, skin);
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

  /** What lies in front of the face in a frame: its box and matte, or null. */
  const findOccluder = (frame: number, image: RgbaImage, reference: Reference, iod: number) => {
    const covered = cover.at(frame);
    if (!covered) return null;
    const box = boxOf(mesh.textured, [source]);
    if (box.width === 0 || box.height === 0) return null;
    spreadShares(source, box);
    const [canvas] = scratch as [Canvas];
    reference.drawStill(source, canvas);
    const over = new Float32Array(box.width * box.height);
    spreadValues(mesh.textured, source, covered, box, over);
    const trusted = skin.map((value, i) => (i < over.length ? value * (1 - Math.min(1, 2 * over[i]!)) : 0));
    const real = { width: size.width, height: size.height, words: wordsOf(image) };
    relight(canvas, measureGain(real, canvas, trusted, box, LIGHT_IOD * iod), box);
    return { box, covered, matte: coverMatte(image, canvas, over, skin, box, iod) };
  };

  /**
   * Lays what was drawn into `scratch` over a frame.
   * @param detail of its skin ({@link skinDetail}). @param covered `[468]` cover of each vertex; null without occluder.
   */
  const composite = (
    image: RgbaImage,
    box: Box,
    iod: number,
    share: number,
    mixed: number,
    detail: number,
    covered: Float64Array | null,
  ) => {
    if (box.width === 0 || box.height === 0) return;
    spreadShares(target, box, shown);
    if (covered) {
      // What lies before the face is in another light.
      const over = new Float32Array(box.width * box.height);
      spreadValues(mesh.textured, target, covered, box, over);
      over.forEach((value, i) => (skin[i]! *= 1 - Math.min(1, 2 * value)));
    }
    const real = { width: size.width, height: size.height, words: wordsOf(image) };
    const [one, two] = scratch as [Canvas, Canvas];
    if (mixed < 1) {
      for (let y = box.y; y < box.y + box.height; y++) {
        for (let at = y * size.width + box.x; at < y * size.width + box.x + box.width; at++) {
          one.words[at] = mixWords(two.words[at]!, one.words[at]!, mixed);
        }
      }
    }
    const gain = measureGain(real, one, skin, box, LIGHT_IOD * iod);
    const wanted = detailLike(detail, skinDetail(real, skin, box)[0], skinDetail(one, skin, box)[0]);
    const sharper = matchingGain(one, skin, box, wanted);
    layFace(image, { canvas: one, alpha, share, gain, sharper }, box);
  };

  /** Fills in `source` and `target`: where the face is in a frame, and where it is drawn. */
  const placeFace = (frame: number, shape: FaceShape) => {
    const { local, head } = motion.at(frame);
    const blend = blendAt(frame);
    const iod = CANONICAL_IOD_CM * head.scale;
    project(local, head, source);
    mesh.insideShare(source, iod, inside);
    posed.set(local);
    for (const { reference, share: part } of blend) {
      const expression = reference.express(shape);
      for (let i = 0; i < posed.length; i++) {
        const v = Math.floor(i / 3);
        const follow = mesh.shape[v]! * inside[v]! * strength[frame]! * part;
        if (follow === 0 || (i % 3 !== 1 && mesh.outline.has(v))) continue;
        posed[i]! += follow * (reference.closed[i]! + expression[i]! - local[i]!);
      }
    }
    project(posed, head, target);
    return { head, blend, iod };
  };

  /**
   * Lets skin and outline stay where an occluder lies before them: moving them would drag it along. A neighbour on the
   * outline that went on would drag what lies between the two.
   */
  const holdCovered = (covered: Float64Array) => {
    const surely = (v: number) => clamp(1.5 * covered[v]!, 0, 1);
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
    references: [...plan.frames, ...plan.teeth],
    strength,
    get mouthWidthPx() {
      return references[0]?.fitted.mouthWidthPx ?? 0;
    },
    setReference(index, image) {
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
      const reference = createReference(
        rig,
        image,
        landmarks,
        mesh.textured,
        track.teeth[frame]! > TEETH_SHOW,
        knownTeeth,
      );
      const flat = Float64Array.from(
        { length: 2 * TRACKED_VERTICES },
        (_, i) => points[(i >> 1) * 3 + (i & 1)]! - 0.5,
      );
      const aside = new Float64Array(TRACKED_VERTICES);
      mesh.insideShare(flat, CANONICAL_IOD_CM * head.scale, aside);
      const box = boxOf(mesh.textured, [flat]);
      spreadShares(flat, box);
      const canvas = { width: size.width, height: size.height, words: wordsOf(image) };
      references[index] = reference;
      lent[index] = { detail: skinDetail(canvas, skin, box)[0], inside: aside };
    },
    place(frame, mouth) {
      placeFace(frame, shapeOfMouth(mouth));
      return target.slice(0, TRACKED_VERTICES * 2);
    },
    render(frame, mouth, image, lend) {
      const share = strength[frame]!;
      if (share <= 0) return;
      const shape = shapeOfMouth(mouth);
      const { head, blend, iod } = placeFace(frame, shape);
      // An occluder only holds the outline back, toward its place in the frame.
      mesh.placeRings(source, target);
      lend?.(reachOf());
      const occluder = findOccluder(frame, image, blend[0]!.reference, iod);
      const before = occluder ? image.data.slice() : null;
      if (occluder) holdCovered(occluder.covered);
      mesh.placeRings(source, target);
      const texture = texturer.of(image, boxOf(mesh.moving, [source]), 2);
      warpMesh(texture, mesh.moving, 0, mesh.moving.length / 3, source, target, {
        width: size.width,
        height: size.height,
        words: wordsOf(image),
      });
      const mean = (value: (index: number) => number) =>
        blend.reduce((sum, { index, share: part }) => sum + part * value(index), 0);
      for (let v = 0; v < TRACKED_VERTICES; v++) {
        // Beyond the silhouette, the frame's or the reference's, there is no skin to lend.
        shown[v] =
          mesh.texture[v]! *
          Math.min(
            inside[v]!,
            mean((index) => lent[index]!.inside[v]!),
          );
      }
      const box = boxOf(mesh.textured, [target]);
      blend.forEach(({ reference }, i) => {
        const canvas = scratch[i]!;
        // Nothing of an earlier frame may be left: a frame must look the same wherever drawing begins.
        for (let y = box.y; y < box.y + box.height; y++) {
          canvas.words.fill(0, y * size.width + box.x, y * size.width + box.x + box.width);
        }
        reference.draw(shape, target, head, canvas);
      });
      const sharpness = sharpAt(frame);
      const detail = mean((index) => (lent[index]!.detail * sharpness) / sharpAt(plan.frames[index]!));
      composite(image, box, iod, share, blend[0]!.share, detail, occluder?.covered ?? null);
      if (occluder && before) putBack(image, before, occluder.matte, occluder.box);
    },
  };
}

/** Lays the frame's own pixels over what was drawn, by a matte. */
function putBack(image: RgbaImage, before: Uint8ClampedArray, matte: Float32Array, box: Box): void {
  for (let y = 0; y < box.height; y++) {
    for (let x = 0; x < box.width; x++) {
      const m = matte[y * box.width + x]!;
      if (m <= 0) continue;
      const at = ((box.y + y) * image.width + box.x + x) * 4;
      for (let k = at; k < at + 3; k++) image.data[k]! += (before[k]! - image.data[k]!) * m;
    }
  }
}

/** Two colours mixed, `share` of the second. */
function mixWords(a: number, b: number, share: number): number {
  const part = Math.round(share * 256);
  const even = (Math.imul(a & 0xff00ff, 256 - part) + Math.imul(b & 0xff00ff, part) + 0x800080) >>> 8;
  const odd = Math.imul((a >>> 8) & 0xff00ff, 256 - part) + Math.imul((b >>> 8) & 0xff00ff, part) + 0x800080;
  return ((even & 0xff00ff) | (odd & 0xff00ff00)) >>> 0;
}
