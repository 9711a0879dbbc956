import type { DetectedFace, FaceLandmarks, HeadPose } from "../../core/face.ts";
import type { RgbaImage } from "../../core/image.ts";
import type { Model } from "../../inference/model.ts";
import { sampleFace } from "../../inference/check/sample-face.ts";
import type { Runtime, Sample } from "../../inference/runtime.ts";
import {
  detectorFeeds,
  detectWithin,
  FULL_RANGE,
  SHORT_RANGE,
  toDetectedFace,
  wholeImage,
} from "../detect/detector.ts";
import { shrinkImage, type CropRect } from "./crop.ts";
import { readGeometry, type FaceGeometry } from "./geometry.ts";
import { headPose } from "./head-pose.ts";
import { cropFromDetection, cropFromLandmarks, landmarksWithin, meshFeeds } from "./landmarker.ts";
import { mergeOverlapping, type Candidate } from "../detect/suppression.ts";

/** A face with its mesh and pose. */
export interface FoundFace {
  readonly detection: DetectedFace;
  readonly landmarks: FaceLandmarks;
  readonly pose: HeadPose;
}

/** Finds faces and their landmarks in pictures; calls may overlap, they queue up. */
export interface FaceAnalyser {
  /** All faces, the largest first. */
  detect(image: RgbaImage): Promise<DetectedFace[]>;
  /**
   * The mesh of one face: from a detection passes until it stays where it is, one when `from` are the landmarks of the
   * frame before.
   * A low `presence` says that there is no face.
   */
  landmarks(image: RgbaImage, from: DetectedFace | FaceLandmarks): Promise<FaceLandmarks>;
  /** All faces with mesh and pose, the largest first; detections in which the mesh sees no face are dropped. */
  analyse(image: RgbaImage): Promise<FoundFace[]>;
  /** Releases the models. */
  dispose(): Promise<void>;
}

/** Below this part of the image's longer side a face is small and more small ones are looked for. */
const SMALL_FACE = 0.12;
/** Tiles are not made smaller than this many pixels a side: faces in them would be too small to animate. */
const MIN_TILE = 400;
/** Pictures are shrunk to about this many pixels along the longer side to find faces in them. */
const DETECTION_SIDE = 1536;
const TILE_LEVELS = [2, 4] as const;
/** The mesh's own threshold for a face. */
const MIN_PRESENCE = 0.5;
/** Above this no other reading of the crop is tried. */
const SURE_PRESENCE = 0.999999;
/** A mesh is settled when another pass moves no point by more than this share of the height from forehead to chin. */
const SETTLED = 0.03;
const MAX_SETTLING = 4;

function* tiles(image: RgbaImage, parts: number, minSide: number): Generator<CropRect> {
  const side = Math.max(image.width, image.height) / parts;
  if (side < minSide) return;
  // Neighbours share half a tile, so that each face lies whole in one of them.
  const positions = (length: number) => {
    const count = Math.max(1, Math.ceil((length - side) / (side / 2)) + 1);
    return Array.from({ length: count }, (_, i) =>
      count === 1 ? length / 2 : side / 2 + ((length - side) * i) / (count - 1),
    );
  };
  for (const centreY of positions(image.height)) {
    for (const centreX of positions(image.width))
      yield { centreX, centreY, width: side, height: side, angle: 0 };
  }
}

function farthestMove(before: Float32Array, after: Float32Array): number {
  let most = 0;
  for (let i = 0; i < after.length; i += 3) {
    most = Math.max(most, Math.hypot(after[i]! - before[i]!, after[i + 1]! - before[i + 1]!));
  }
  return most;
}

const meshHeight = (points: Float32Array) =>
  Math.hypot(points[10 * 3]! - points[152 * 3]!, points[10 * 3 + 1]! - points[152 * 3 + 1]!);

const area = ({ box }: DetectedFace) => box.width * box.height;

/** A face as the detectors and the mesh see it, to try them with. */
const detectorSample =
  (kind: typeof SHORT_RANGE): Sample =>
  async () => {
    const face = await sampleFace();
    return detectorFeeds(kind, face, wholeImage(face));
  };
const meshSample: Sample = async () => {
  const face = await sampleFace();
  return meshFeeds(face, wholeImage(face));
};

class BlazeFaceAnalyser implements FaceAnalyser {
  private fullRange: Promise<Model> | undefined;

  constructor(
    private readonly runtime: Runtime,
    private readonly shortRange: Model,
    private readonly mesh: Model,
    private readonly geometry: FaceGeometry,
  ) {}

  async detect(image: RgbaImage): Promise<DetectedFace[]> {
    // The smallest tiles see the picture at 768 pixels; finding faces needs no more than twice that.
    const factor = Math.max(1, Math.floor(Math.max(image.width, image.height) / DETECTION_SIDE));
    const seen = factor > 1 ? shrinkImage(image, factor) : image;
    const merged = mergeOverlapping(await this.candidates(seen, MIN_TILE / factor));
    for (const { values } of merged) for (let i = 0; i < values.length; i++) values[i]! *= factor;
    return merged.map(toDetectedFace).sort((a, b) => area(b) - area(a));
  }

  async landmarks(image: RgbaImage, from: DetectedFace | FaceLandmarks): Promise<FaceLandmarks> {
    if ("points" in from) return landmarksWithin(this.mesh, image, cropFromLandmarks(from));
    const crop = cropFromDetection(from);
    const upright = await this.twoPasses(image, crop);
    if (upright.presence > SURE_PRESENCE) return this.settle(image, upright);
    // The detector takes some faces that stand on their head for upright ones; the mesh knows better.
    const turned = await this.twoPasses(image, { ...crop, angle: crop.angle + Math.PI });
    return this.settle(image, turned.presence > upright.presence ? turned : upright);
  }

  async analyse(image: RgbaImage): Promise<FoundFace[]> {
    const found: FoundFace[] = [];
    for (const detection of await this.detect(image)) {
      const landmarks = await this.landmarks(image, detection);
      if (landmarks.presence < MIN_PRESENCE) continue;
      found.push({ detection, landmarks, pose: headPose(landmarks, this.geometry) });
    }
    return found;
  }

  async dispose(): Promise<void> {
    await this.shortRange.release();
    await this.mesh.release();
    await (await this.fullRange)?.release();
  }

  private async twoPasses(image: RgbaImage, crop: CropRect): Promise<FaceLandmarks> {
    const first = await landmarksWithin(this.mesh, image, crop);
    return landmarksWithin(this.mesh, image, cropFromLandmarks(first));
  }

  /** Reads a mesh again from itself: that of a small face may be off by half a chin after two passes. */
  private async settle(image: RgbaImage, from: FaceLandmarks): Promise<FaceLandmarks> {
    let landmarks = from;
    for (let pass = 0; pass < MAX_SETTLING && landmarks.presence >= MIN_PRESENCE; pass++) {
      const before = landmarks;
      landmarks = await landmarksWithin(this.mesh, image, cropFromLandmarks(before));
      if (farthestMove(before.points, landmarks.points) < SETTLED * meshHeight(landmarks.points)) break;
    }
    return landmarks;
  }

  private async candidates(image: RgbaImage, minTile: number): Promise<Candidate[]> {
    const side = Math.max(image.width, image.height);
    const near = await detectWithin(this.shortRange, SHORT_RANGE, image, wholeImage(image));
    if (near.some(({ values }) => values[2]! - values[0]! > SMALL_FACE * side)) return near;
    const all = [...near, ...(await this.small(image, wholeImage(image)))];
    if (all.length > 0) return all;
    for (const quarterTurns of [1, 3, 2]) {
      const turned = wholeImage(image, quarterTurns);
      const faces = await detectWithin(this.shortRange, SHORT_RANGE, image, turned);
      if (faces.length > 0) return faces;
    }
    for (const parts of TILE_LEVELS) {
      for (const tile of tiles(image, parts, minTile)) all.push(...(await this.small(image, tile)));
      if (all.length > 0) return all;
    }
    return [];
  }

  private async small(image: RgbaImage, rect: CropRect): Promise<Candidate[]> {
    this.fullRange ??= this.runtime.load("face-detector-full", detectorSample(FULL_RANGE));
    this.fullRange.catch(() => (this.fullRange = undefined));
    return detectWithin(await this.fullRange, FULL_RANGE, image, rect);
  }
}

/**
 * Loads the short-range detector, the attention mesh and the canonical face; the full-range detector follows when a
 * picture needs it.
 * @throws EngineError as {@link Runtime.load} does.
 */
export async function createFaceAnalyser(runtime: Runtime): Promise<FaceAnalyser> {
  const [shortRange, mesh, geometry] = await Promise.all([
    runtime.load("face-detector-short", detectorSample(SHORT_RANGE)),
    runtime.load("face-mesh-attention", meshSample),
    runtime.loadAsset("face-geometry"),
  ]);
  return new BlazeFaceAnalyser(runtime, shortRange, mesh, readGeometry(geometry));
}
