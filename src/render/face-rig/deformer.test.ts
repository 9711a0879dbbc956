import { expect, test } from "vitest";
import { paintFace, readRig } from "../../../tests/fixtures/painted-face.ts";
import { createDeformer, strengthAtYaw } from "./deformer.ts";
import { fitFace } from "./fitted-face.ts";
import { shapeOfMouth } from "./mouth-shapes.ts";
import { REST_POSE } from "../../core/mouth.ts";
import { INNER_LOWER, MIDDLE_LOWER, OUTER_LOWER } from "./topology.ts";

const STILL = { yawDeg: 0, pitchDeg: 0, rollDeg: 0, x: 0, y: 0 };
const CALM = { blinkLeft: 0, blinkRight: 0, brow: 0, smile: 0 };

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
