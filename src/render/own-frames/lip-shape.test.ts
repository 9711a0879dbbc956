import { expect, test } from "vitest";
import { createLipShapeTable, lipShapeOf } from "./lip-shape.ts";
import { CANONICAL_IOD_CM } from "../face-rig/rig.ts";

test("lips are measured in inter-ocular distances", () => {
  const local = new Float64Array(468 * 3);
  for (const lower of [14, 87, 317]) local[lower * 3 + 1] = 0.1 * CANONICAL_IOD_CM;
  local[17 * 3 + 1] = 0.3 * CANONICAL_IOD_CM;
  local[0 * 3 + 1] = -0.12 * CANONICAL_IOD_CM;
  local[61 * 3] = -0.4 * CANONICAL_IOD_CM;
  local[291 * 3] = 0.4 * CANONICAL_IOD_CM;
  const shape = lipShapeOf(local);
  expect(shape.gap).toBeCloseTo(0.1, 9);
  expect(shape.width).toBeCloseTo(0.8, 9);
  expect(shape.upper).toBeCloseTo(0.12, 9);
  expect(shape.lower).toBeCloseTo(0.2, 9);
});

test("a table gives back the pose whose lips were measured", () => {
  const table = createLipShapeTable(({ aperture, stretch, round }) => ({
    gap: 0.25 * aperture * (1 - 0.3 * stretch),
    width: 0.8 + 0.1 * stretch - 0.2 * round,
    upper: 0.1,
    lower: 0.2,
  }));
  expect(table.fullGap).toBeCloseTo(0.25, 6);
  const open = table.poseOf(0.15, 0.8);
  expect(open.aperture).toBeCloseTo(0.6, 1);
  expect(open.stretch + open.round).toBeLessThan(0.08);
  const round = table.poseOf(0.1, 0.7);
  expect(round.round).toBeCloseTo(0.5, 1);
  expect(round.aperture).toBeCloseTo(0.4, 1);
  expect(table.poseOf(-0.01, 0.8).aperture).toBe(0);
});
