import { expect, test } from "vitest";
import { LANDMARK_COUNT, type FaceLandmarks } from "../../core/face.ts";
import { createRandom, normal } from "../../core/random.ts";
import type { FaceGeometry } from "./geometry.ts";
import { fitSimilarity } from "../../core/similarity.ts";
import { fitFace, headPose } from "./head-pose.ts";

const random = createRandom(5);
/** A cloud of points instead of the real face: the fit knows no faces. */
const geometry: FaceGeometry = {
  positions: Float32Array.from({ length: 468 * 3 }, () => 5 * normal(random)),
  uvs: new Float32Array(468 * 2),
  triangles: new Uint16Array(0),
  stable: Uint16Array.from({ length: 30 }, (_, i) => 7 * i),
  stableWeights: Float32Array.from({ length: 30 }, () => 0.1 + random()),
};

type Matrix = readonly (readonly number[])[];
const multiply = (a: Matrix, b: Matrix) =>
  a.map((row) => row.map((_, j) => row.reduce((sum, value, k) => sum + value * b[k]![j]!, 0)));
const turn = (degrees: number) =>
  [Math.cos((degrees * Math.PI) / 180), Math.sin((degrees * Math.PI) / 180)] as const;

/** Rotations of a space with x to the right, y up, z to the viewer. */
function rotation(yaw: number, pitchUp: number, rollClockwise: number): Matrix {
  const [cy, sy] = turn(yaw);
  const [cp, sp] = turn(-pitchUp);
  const [cr, sr] = turn(-rollClockwise);
  const aboutY = [
    [cy, 0, sy],
    [0, 1, 0],
    [-sy, 0, cy],
  ];
  const aboutX = [
    [1, 0, 0],
    [0, cp, -sp],
    [0, sp, cp],
  ];
  const aboutZ = [
    [cr, -sr, 0],
    [sr, cr, 0],
    [0, 0, 1],
  ];
  return multiply(aboutZ, multiply(aboutY, aboutX));
}

/** Landmarks of the turned head in image coordinates: y down, z away from the viewer. */
function pose(matrix: Matrix, scale = 30): FaceLandmarks {
  const points = new Float32Array(LANDMARK_COUNT * 3);
  for (let i = 0; i < 468; i++) {
    const p = geometry.positions.subarray(3 * i, 3 * i + 3);
    const [x, y, z] = matrix.map((row) => scale * (row[0]! * p[0]! + row[1]! * p[1]! + row[2]! * p[2]!));
    points.set([400 + x!, 300 - y!, -z!], 3 * i);
  }
  return { points, presence: 1 };
}

test.each([
  [0, 0, 0],
  [40, 0, 0],
  [-25, 0, 0],
  [0, 20, 0],
  [0, -15, 0],
  [0, 0, 30],
  [35, -20, -50],
  [-60, 25, 110],
])("yaw %d, pitch %d, roll %d are recovered", (yaw, pitch, roll) => {
  const { yawDeg, pitchDeg, rollDeg } = headPose(pose(rotation(yaw, pitch, roll)), geometry);
  // Landmarks are float32.
  expect(yawDeg).toBeCloseTo(yaw, 3);
  expect(pitchDeg).toBeCloseTo(pitch, 3);
  expect(rollDeg).toBeCloseTo(roll, 3);
});

test("a head turned to the image's right shows its nose there, one that looks up raises it", () => {
  // The nose's direction is the third column.
  expect(rotation(30, 0, 0)[0]![2]).toBeGreaterThan(0);
  expect(rotation(0, 30, 0)[1]![2]).toBeGreaterThan(0);
  // Leaning clockwise takes the crown to the image's right.
  expect(rotation(0, 0, 30)[0]![1]).toBeGreaterThan(0);
});

test("scale and place come out in pixels", () => {
  const { scale, translation } = fitFace(pose(rotation(10, 5, -3)), geometry);
  expect(scale).toBeCloseTo(30, 3);
  expect(translation[0]).toBeCloseTo(400, 2);
  expect(translation[1]).toBeCloseTo(-300, 2);
});

test("noise is averaged by weight and a heavy outlier is believed", () => {
  const from = [0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1];
  const moved = from.map((value) => value * 2 + 1);
  const light = fitSimilarity(from, [...moved.slice(0, 9), 1, 1, 30], [1, 1, 1, 1e-6]);
  expect(light.scale).toBeCloseTo(2, 3);
  const heavy = fitSimilarity(from, [...moved.slice(0, 9), 1, 1, 30], [1, 1, 1, 1]);
  expect(heavy.scale).toBeGreaterThan(4);
});
