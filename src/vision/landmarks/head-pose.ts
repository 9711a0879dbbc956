import type { FaceLandmarks, HeadPose } from "../../core/face.ts";
import { fitSimilarity, type Matrix3, type Similarity } from "../../core/similarity.ts";
import type { FaceGeometry } from "./geometry.ts";

/**
 * The similarity from the canonical face (centimetres, y up, z to the viewer) to landmarks with y and z reversed,
 * so that both spaces are right-handed; its scale is in pixels per centimetre.
 */
export function fitFace(landmarks: FaceLandmarks, geometry: FaceGeometry): Similarity {
  const from: number[] = [];
  const to: number[] = [];
  for (const vertex of geometry.stable) {
    from.push(...geometry.positions.subarray(3 * vertex, 3 * vertex + 3));
    const [x, y, z] = landmarks.points.subarray(3 * vertex, 3 * vertex + 3) as unknown as [
      number,
      number,
      number,
    ];
    to.push(x, -y, -z);
  }
  return fitSimilarity(from, to, geometry.stableWeights);
}

/**
 * The head's rotation: roll in the image plane last, then yaw and pitch of the upright head.
 * @see Horn 1987 (absolute orientation by unit quaternions), as {@link fitSimilarity} solves it.
 */
export function headPose(landmarks: FaceLandmarks, geometry: FaceGeometry): HeadPose {
  const { rotation } = fitFace(landmarks, geometry);
  const [rightX, , , rightY, , , rightZ, upZ, forwardZ] = Array.from(rotation) as Matrix3;
  const degrees = 180 / Math.PI;
  return {
    yawDeg: Math.atan2(-rightZ, Math.hypot(rightX, rightY)) * degrees,
    pitchDeg: -Math.atan2(upZ, forwardZ) * degrees,
    rollDeg: -Math.atan2(rightY, rightX) * degrees,
  };
}
