import { expect, test } from "vitest";
import { paintFace, readRig } from "../../../tests/fixtures/painted-face.ts";
import { createDeformer, strengthAtYaw } from "./deformer.ts";
import { fitFace } from "./fitted-face.ts";
import { shapeOfMouth } from "./mouth-shapes.ts";
import { REST_POSE, type MouthPose } from "../../core/mouth.ts";
import { INNER_LOWER, INNER_UPPER, MIDDLE_LOWER, OUTER_LOWER } from "./topology.ts";

const STILL = { yawDeg: 0, pitchDeg: 0, rollDeg: 0, x: 0, y: 0 };
const CALM = { blinkLeft: 0, blinkRight: 0, brow: 0, smile: 0 };

/** Heights of vertices of a painted face, in inter-ocular distances downwards from where they rest. */
function heightsOf(pose: Partial<MouthPose>): (vertex: number) => number {
  const rig = readRig();
  const { image, landmarks } = paintFace(480, 0);
  const face = fitFace(rig, image, landmarks);
  const deformer = createDeformer(rig, face, 1);
  deformer.pose(shapeOfMouth(REST_POSE), CALM, STILL);
  const rest = deformer.target.slice();
  deformer.pose(shapeOfMouth({ ...REST_POSE, ...pose }), CALM, STILL);
  return (vertex) => (deformer.target[vertex * 2 + 1]! - rest[vertex * 2 + 1]!) / face.iod;
}

test("a mouth opens by its lips more than by its chin", () => {
  for (const aperture of [0.4, 0.7, 1]) {
    const height = heightsOf({ aperture });
    const gap = height(14) - height(13);
    // Seven speakers of GRID: chin .32 of the gap, upper lip .23 upwards.
    expect(height(152) / gap).toBeLessThan(0.7);
    expect(height(13) / gap).toBeLessThan(-0.03);
  }
});

test("rounded lips lie on each other beside an oval", () => {
  const beside = (round: number) => {
    const height = heightsOf({ aperture: 0.35, round });
    const gap = (column: number) => height(INNER_LOWER[column]!) - height(INNER_UPPER[column]!);
    return Math.max(gap(1), gap(9)) / gap(5);
  };
  expect(beside(0)).toBeGreaterThan(0.3);
  expect(beside(0.5)).toBeLessThan(0.1);
});

test("the corners of rounded lips lie level with the opening between them", () => {
  const rig = readRig();
  const { image, landmarks } = paintFace(480, 0);
  const face = fitFace(rig, image, landmarks);
  const deformer = createDeformer(rig, face, 1);
  const above = (round: number) => {
    deformer.pose(shapeOfMouth({ ...REST_POSE, aperture: 0.5, round }), CALM, STILL);
    const y = (v: number) => deformer.target[v * 2 + 1]!;
    return (y(13) + y(14) - y(78) - y(308)) / 2 / face.iod;
  };
  // The painted corners lie higher than the middle of the seam, and the opening grows downwards.
  expect(above(0)).toBeGreaterThan(0.05);
  expect(above(0.5)).toBeLessThan(0.6 * above(0));
});

test("lips that shut beside a rounded vowel stay narrow", () => {
  const rig = readRig();
  const { image, landmarks } = paintFace(480, 0);
  const deformer = createDeformer(rig, fitFace(rig, image, landmarks), 1);
  const width = (pose: Partial<MouthPose>) => {
    deformer.pose(shapeOfMouth({ ...REST_POSE, ...pose }), CALM, STILL);
    return deformer.target[291 * 2]! - deformer.target[61 * 2]!;
  };
  const narrower = (pose: Partial<MouthPose>) => width({}) - width(pose);
  expect(narrower({ closure: 1, round: 0.5 })).toBeGreaterThan(0.7 * narrower({ round: 0.5 }));
});

test("rounding shut lips whose lower lip is turned over beside a corner pulls no point of it away", () => {
  const rig = readRig();
  const { image, landmarks } = paintFace(480, 0);
  const face = fitFace(rig, image, landmarks);
  const local = face.local.slice();
  const [outer, inner] = [OUTER_LOWER[9]! * 3 + 1, INNER_LOWER[9]! * 3 + 1];
  // As landmarks of small, blurred faces have it: the contour's outer edge above its inner one.
  local[outer] = local[inner]! - 0.02;
  const deformer = createDeformer(rig, { ...face, local }, 1);
  const mouth = { ...REST_POSE, closure: 1, round: 0.45 };
  deformer.pose(shapeOfMouth(mouth), CALM, STILL);
  const column = [OUTER_LOWER[9]!, ...MIDDLE_LOWER.map((ring) => ring[9]!)];
  const moved = column.map((v) => Math.abs(deformer.offsets[v * 3 + 1]!));
  // 0.3 cm is half a lip; without a bound the points went 1 cm and more.
  expect(Math.max(...moved)).toBeLessThan(0.3);
});

test("a half-turned head speaks at full strength", () => {
  expect(strengthAtYaw(-28)).toBe(1);
  expect(strengthAtYaw(45)).toBeGreaterThan(0.5);
});
