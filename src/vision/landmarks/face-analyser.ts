import type { DetectedFace, FaceLandmarks, HeadPose } from "../../core/face.ts";
import type { RgbaImage } from "../../core/image.ts";
import type { Model } from "../../inference/model.ts";
import { sampleFace } from "../../inference/check/sample-face.ts";
import type { Runtime, Sample } from "../../inference/runtime.ts";
import { detectorFeeds, FULL_RANGE, SHORT_RANGE, wholeImage } from "../detect/detector.ts";
import { createFaceReader, MIN_PRESENCE, type FaceReader, type RunFaceNetwork } from "./face-reader.ts";
import { readGeometry } from "./geometry.ts";
import { headPose } from "./head-pose.ts";
import { meshFeeds } from "./landmarker.ts";

/** A face with its mesh and pose. */
export interface FoundFace {
  readonly detection: DetectedFace;
  readonly landmarks: FaceLandmarks;
  readonly pose: HeadPose;
}

/** Finds faces and their landmarks in pictures; calls may overlap, they queue up. */
export interface FaceAnalyser extends FaceReader {
  /** All faces with mesh and pose, the largest first; detections in which the mesh sees no face are dropped. */
  analyse(image: RgbaImage): Promise<FoundFace[]>;
  /** Runs one of its networks, for a {@link FaceReader} in another thread. */
  readonly run: RunFaceNetwork;
  /** Releases the models. */
  dispose(): Promise<void>;
}

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

/**
 * Loads the short-range detector, the attention mesh and the canonical face; the full-range detector follows when a
 * picture needs it.
 * @throws EngineError as {@link Runtime.load} does.
 */
export async function createFaceAnalyser(runtime: Runtime): Promise<FaceAnalyser> {
  const [shortRange, mesh, canonical] = await Promise.all([
    runtime.load("face-detector-short", detectorSample(SHORT_RANGE)),
    runtime.load("face-mesh-attention", meshSample),
    runtime.loadAsset("face-geometry"),
  ]);
  const geometry = readGeometry(canonical);
  let loading: Promise<Model> | undefined;
  const fullRange = () => {
    loading ??= runtime.load("face-detector-full", detectorSample(FULL_RANGE));
    loading.catch(() => (loading = undefined));
    return loading;
  };
  const run: RunFaceNetwork = async (network, feeds) => {
    if (network === "face-detector-short") return shortRange.run(feeds);
    if (network === "face-mesh-attention") return mesh.run(feeds);
    return (await fullRange()).run(feeds);
  };
  const reader = createFaceReader(run);
  return {
    run,
    detect: (image) => reader.detect(image),
    landmarks: (image, from) => reader.landmarks(image, from),
    async analyse(image) {
      const found: FoundFace[] = [];
      for (const detection of await reader.detect(image)) {
        const landmarks = await reader.landmarks(image, detection);
        if (landmarks.presence < MIN_PRESENCE) continue;
        found.push({ detection, landmarks, pose: headPose(landmarks, geometry) });
      }
      return found;
    },
    async dispose() {
      await shortRange.release();
      await mesh.release();
      await (await loading)?.release();
    },
  };
}
