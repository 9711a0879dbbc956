import { expect, test } from "vitest";
import { TRACKED_VERTICES } from "../../core/face-track.ts";
import { CANONICAL_IOD_CM } from "../face-rig/rig.ts";
import type { FaceMotion } from "../video/video-motion.ts";
import { createMouthPlaces } from "./mouth-place.ts";

const FRAMES = 200;
/** Gap in inter-ocular distances that comes and goes. */
const gapAt = (frame: number) => 0.06 * (1 + Math.sin(frame / 3));
/** A face whose mouth sinks by a quarter of what it opens, and lies lower by `error(frame)` cm than that says. */
const motionOf = (error: (frame: number) => number): FaceMotion => {
  const localAt = (frame: number) => {
    const local = new Float64Array(TRACKED_VERTICES * 3);
    const [gap, middle] = [gapAt(frame) * CANONICAL_IOD_CM, gapAt(frame) * 0.25 + error(frame)];
    for (const v of [13, 82, 312]) local[v * 3 + 1] = middle - gap / 2;
    for (const v of [14, 87, 317]) local[v * 3 + 1] = middle + gap / 2;
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
