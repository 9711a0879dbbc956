import type { MouthPose } from "../../../src/core/mouth.ts";
import { createFaceAnalyser } from "../../../src/vision/landmarks/face-analyser.ts";
import type { Runtime } from "../../../src/inference/runtime.ts";
import { decodeImage } from "../../../src/media/image/decode-image.ts";
import { createDeformer } from "../../../src/render/face-rig/deformer.ts";
import { fitFace } from "../../../src/render/face-rig/fitted-face.ts";
import { shapeOfMouth } from "../../../src/render/face-rig/mouth-shapes.ts";
import { loadRig } from "../../../src/render/face-rig/rig.ts";

/** What a drawn mouth measures, in distances between the eyes. */
export interface RigMeasure {
  /** Mean gap of the inner lips at the middle and a quarter to either side. */
  readonly gap: number;
  /** Distance between the outer corners. */
  readonly width: number;
}

const STILL = { yawDeg: 0, pitchDeg: 0, rollDeg: 0, x: 0, y: 0 };
const CALM = { blinkLeft: 0, blinkRight: 0, brow: 0, smile: 0 };
/** Pairs of inner lip vertices, upper and lower, at which the truth of faces is measured, too. */
const PAIRS = [
  [13, 14],
  [82, 87],
  [312, 317],
] as const;
const CORNERS = [61, 291] as const;

/** Poses the mouth of a portrait as a job does and measures where the rig puts its lips. */
export async function createRigMeter(
  runtime: Runtime,
  portrait: Blob,
): Promise<(pose: MouthPose) => RigMeasure> {
  const { image } = await decodeImage(portrait, { maxPixels: 480 * 640 });
  const analyser = await createFaceAnalyser(runtime);
  const [found] = await analyser.analyse(image);
  await analyser.dispose();
  if (!found) throw new Error("the portrait shows no face");
  const [rigBytes, geometry] = await Promise.all([
    runtime.loadAsset("rig"),
    runtime.loadAsset("face-geometry"),
  ]);
  const rig = loadRig(rigBytes, geometry);
  const face = fitFace(rig, image, found.landmarks);
  const deformer = createDeformer(rig, face, 1);
  const apart = (a: number, b: number) =>
    Math.hypot(
      deformer.target[a * 2]! - deformer.target[b * 2]!,
      deformer.target[a * 2 + 1]! - deformer.target[b * 2 + 1]!,
    ) / face.iod;
  return (pose) => {
    deformer.pose(shapeOfMouth(pose), CALM, STILL);
    return {
      gap: PAIRS.reduce((sum, [upper, lower]) => sum + apart(upper, lower) / PAIRS.length, 0),
      width: apart(...CORNERS),
    };
  };
}
