import type { DetectedFace, FaceLandmarks } from "../../core/face.ts";
import type { RgbaImage } from "../../core/image.ts";
import type { Model } from "../../inference/model.ts";
import { detectWithin, FULL_RANGE, SHORT_RANGE, toDetectedFace, wholeImage } from "../detect/detector.ts";
import { mergeOverlapping, type Candidate } from "../detect/suppression.ts";
import { shrinkImage, type CropRect } from "./crop.ts";
import { cropFromDetection, cropFromLandmarks, landmarksWithin } from "./landmarker.ts";

/** The networks that faces are found with. */
export type FaceNetwork = "face-detector-short" | "face-detector-full" | "face-mesh-attention";

/** Runs one of them, here or in another thread; it may take the feeds' memory with it. */
export type RunFaceNetwork = (
  network: FaceNetwork,
  ...feeds: Parameters<Model["run"]>
) => ReturnType<Model["run"]>;

/** Finds faces and their landmarks in pictures. */
export interface FaceReader {
  /** All faces, the largest first. */
  detect(image: RgbaImage): Promise<DetectedFace[]>;
  /**
   * The mesh of one face: from a detection passes until it stays where it is, one when `from` are the landmarks of the
   * frame before.
   * A low `presence` says that there is no face.
   */
  landmarks(image: RgbaImage, from: DetectedFace | FaceLandmarks): Promise<FaceLandmarks>;
}

/** Below this part of the image's longer side a face is small and more small ones are looked for. */
const SMALL_FACE = 0.12;
/** Tiles are not made smaller than this many pixels a side: faces in them would be too small to animate. */
const MIN_TILE = 400;
/** Pictures are shrunk to about this many pixels along the longer side to find faces in them. */
const DETECTION_SIDE = 1536;
const TILE_LEVELS = [2, 4] as const;
/** The mesh's own threshold for a face. */
export const MIN_PRESENCE = 0.5;
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

class BlazeFaceReader implements FaceReader {
  private readonly shortRange: Pick<Model, "run">;
  private readonly fullRange: Pick<Model, "run">;
  private readonly mesh: Pick<Model, "run">;

  constructor(run: RunFaceNetwork) {
    const network = (name: FaceNetwork) => ({
      run: (feeds: Parameters<Model["run"]>[0]) => run(name, feeds),
    });
    this.shortRange = network("face-detector-short");
    this.fullRange = network("face-detector-full");
    this.mesh = network("face-mesh-attention");
  }

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

  private small(image: RgbaImage, rect: CropRect): Promise<Candidate[]> {
    return detectWithin(this.fullRange, FULL_RANGE, image, rect);
  }
}

/** Finds faces with the networks that `run` runs. */
export function createFaceReader(run: RunFaceNetwork): FaceReader {
  return new BlazeFaceReader(run);
}
