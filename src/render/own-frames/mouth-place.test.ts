import { expect, test } from "vitest";
import { TRACKED_VERTICES } from "../../core/face-track.ts";
import { CANONICAL_IOD_CM } from "../face-rig/rig.ts";
import type { FaceMotion } from "../video/video-motion.ts";
import { createMouthPlaces } from "./mouth-place.ts";

const FRAMES = 200;
/** Gap in inter-ocular distances that comes and goes. */
const gapAt = (frame: number) => 0.06 * (1 + Math.sin(frame / 3));
/**
 * A face whose mouth sinks by a quarter of what it opens and the chin by half, both lower by `error(frame)` cm than that
 * says, the upper face lower by `upper(frame)`.
 */
const motionOf = (
  error: (frame: number) => number,
  upper: (frame: number) => number = () => 0,
): FaceMotion => {
  const localAt = (frame: number) => {
    const local = new Float64Array(TRACKED_VERTICES * 3);
    const [gap, middle] = [gapAt(frame) * CANONICAL_IOD_CM, gapAt(frame) * 0.25 + error(frame)];
    for (const v of [13, 82, 312]) local[v * 3 + 1] = middle - gap / 2;
    for (const v of [14, 87, 317]) local[v * 3 + 1] = middle + gap / 2;
    for (const v of [33, 263, 168, 6, 1, 4, 5]) local[v * 3 + 1] = upper(frame) - 3;
    local[152 * 3 + 1] = 4 + gapAt(frame) * 0.5 + error(frame);
    local[61 * 3] = -2.5;
    local[291 * 3] = 2.5;
    return local;
  };
  const stretch = { first: 0, last: FRAMES - 1, openStart: false, openEnd: false };
  const head = { scale: 1, rotation: [1, 0, 0, 0, 1, 0, 0, 0, 1], shift: [0, 0, 0] as const };
  const at = (frame: number) => ({ local: localAt(frame), head });
  return {
    ...{
      stretches: [stretch],
      stretchAt: () => stretch,
      measured: at,
      at,
      pose: () => head,
      seen: () => true,
    },
  };
};
const width = 5 / CANONICAL_IOD_CM;

test("a mouth lies as low as the person's mouths of its gap do, and keeps half of what its lender errs by", () => {
  const places = createMouthPlaces(
    motionOf((frame) => (frame === 120 ? 0.2 : 0)),
    25,
    () => true,
  );
  const plain = places.placeAt(50, { gap: 0.1, width }, 20);
  expect(plain.y).toBeCloseTo(0.025, 2);
  expect(places.placeAt(50, { gap: 0, width }, 20).y).toBeCloseTo(0, 2);
  expect(places.placeAt(50, { gap: 0.1, width }, 120).y - plain.y).toBeCloseTo(0.1, 1);
});

test("it follows what lasts where it is drawn, not where it was lent, and nothing that may not tell", () => {
  const motion = motionOf((frame) => (frame < FRAMES / 2 ? 0 : 0.2));
  const places = createMouthPlaces(motion, 25, () => true);
  const [early, late] = [40, 160].map((frame) => places.placeAt(frame, { gap: 0.05, width }, 20).y);
  expect(late! - early!).toBeGreaterThan(0.14);
  const blind = createMouthPlaces(motion, 25, () => false);
  const [before, after] = [40, 160].map((frame) => blind.placeAt(frame, { gap: 0.05, width }, 20).y);
  expect(after! - before!).toBe(0);
});

test("it goes with errors of the head's pose that the upper face shows, at once", () => {
  const error = (frame: number) => 0.2 * Math.sin(frame / 6);
  const places = createMouthPlaces(motionOf(error, error), 25, () => true);
  const [up, down] = [122, 141].map((frame) => places.placeAt(frame, { gap: 0.05, width }, 20));
  expect(down!.y - up!.y).toBeCloseTo(error(141) - error(122), 1);
  expect(down!.chin - up!.chin).toBeCloseTo(error(141) - error(122), 1);
});

test("of the upper face, what goes with the mouth's own shape says nothing of its place", () => {
  const places = createMouthPlaces(
    motionOf(
      () => 0,
      (frame) => 3 * gapAt(frame),
    ),
    25,
    () => true,
  );
  const [shut, open] = [15, 24].map((frame) => places.placeAt(frame, { gap: 0.05, width }, 20).y);
  expect(Math.abs(gapAt(24) - gapAt(15))).toBeGreaterThan(0.1);
  expect(open! - shut!).toBeCloseTo(0, 2);
});

test("a chin sinks as the person's does", () => {
  const places = createMouthPlaces(
    motionOf(() => 0),
    25,
    () => true,
  );
  const chinAt = (gap: number) => places.placeAt(50, { gap, width }, 20).chin;
  expect(chinAt(0.1) - chinAt(0)).toBeCloseTo(0.05, 2);
});
