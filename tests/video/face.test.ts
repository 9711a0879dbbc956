import { expect, test } from "vitest";
import { REST_POSE } from "../../src/core/mouth.ts";
import { createRandom } from "../../src/core/random.ts";
import { TRACKED_VERTICES } from "../../src/core/face-track.ts";
import { createVideoFace } from "../../src/render/video/video-face.ts";
import { lowerFaceShare } from "../../src/render/video/video-motion.ts";
import { ownRig, STEP, trackOf, tracksOf } from "./synthetic-track.ts";

const SIZE = { width: 640, height: 480 };

/** A frame of noise in which no two are the same. */
function frameOf(index: number) {
  const random = createRandom(index + 1);
  const data = new Uint8ClampedArray(SIZE.width * SIZE.height * 4).fill(255);
  for (let i = 0; i < data.length; i += 4) {
    data[i] = 130 + 60 * random();
    data[i + 1] = 90 + 60 * random();
    data[i + 2] = 80 + 60 * random();
  }
  return { ...SIZE, data };
}

test("a frame looks the same whatever was drawn before it", () => {
  const rig = ownRig();
  const heads = Array.from({ length: 30 }, (_, i) => ({
    x: 300 + 2 * i,
    y: 200,
    scale: 12,
    yawDeg: i - 15,
    jaw: 0.2 * Math.abs(Math.sin(i)),
  }));
  const track = trackOf(rig, 0, STEP, heads);
  const tracks = tracksOf([track], STEP);
  const open = { ...REST_POSE, aperture: 0.7 };
  const start = () => {
    const starts = heads.map((_, i) => i / 25);
    const face = createVideoFace({ rig, tracks, track, size: SIZE, fps: 25, starts });
    face.references.forEach((frame, i) => face.setReference(i, frameOf(frame)));
    return face;
  };
  const draw = (face: ReturnType<typeof start>, frame: number) => {
    const image = frameOf(frame);
    face.render(frame, open, image);
    return image.data;
  };
  const alone = draw(start(), 20);
  expect(alone).not.toEqual(frameOf(20).data);
  const used = start();
  for (const frame of [0, 7, 19, 28]) draw(used, frame);
  expect(Buffer.compare(Buffer.from(draw(used, 20)), Buffer.from(alone))).toBe(0);
});

test("a mouth takes the gap and the width that are asked for, whatever its teeth do, and keeps its contacts", () => {
  const rig = ownRig();
  const heads = Array.from({ length: 30 }, (_, i) => ({
    x: 300,
    y: 200,
    scale: 12,
    yawDeg: 0,
    jaw: 0.01 * i,
  }));
  const track = trackOf(rig, 0, STEP, heads);
  const starts = heads.map((_, i) => i / 25);
  const face = createVideoFace({ rig, tracks: tracksOf([track], STEP), track, size: SIZE, fps: 25, starts });
  face.references.forEach((frame, i) => face.setReference(i, frameOf(frame)));
  const { lips } = face;
  const rest = lips.shapeOf({ ...REST_POSE });
  for (const teeth of [0, 1]) {
    for (const [gap, wider] of [
      [0.05, 0.02],
      [0.12, 0],
      [0.16, -0.03],
    ] as const) {
      const mouth = lips.withLips({ ...REST_POSE, teeth, tongue: 0.4 }, gap, rest.width + wider);
      expect(mouth).toMatchObject({ teeth, tongue: 0.4 });
      const { gap: shown, width } = lips.shapeOf(mouth);
      expect(Math.abs(shown - gap), `gap ${gap}, teeth ${teeth}`).toBeLessThan(0.015);
      expect(Math.abs(width - rest.width - wider), `width ${wider}`).toBeLessThan(0.03);
    }
  }
  const shut = lips.withLips({ ...REST_POSE, closure: 1, aperture: 0.4 }, 0, rest.width);
  expect(shut.closure).toBe(1);
  expect(lips.shapeOf(shut).gap).toBeLessThan(0.01);
});

test("a lent mouth and its chin lie where the person's lie in the frame that is drawn, not where its lender's did", () => {
  const rig = ownRig();
  const FRAMES = 100;
  const LOWER_PX = 8;
  // Only the first half opens: whatever is drawn open in the second, where the mouth lies lower, is lent by the first.
  const late = (frame: number) => frame >= FRAMES / 2;
  const heads = Array.from({ length: FRAMES }, (_, i) => ({
    x: 300,
    y: 200,
    scale: 16,
    yawDeg: 0,
    jaw: late(i) ? 0 : 0.5 * Math.max(0, Math.sin(i / 2)),
  }));
  const track = trackOf(rig, 0, STEP, heads);
  for (let frame = FRAMES / 2; frame < FRAMES; frame++) {
    for (let v = 0; v < TRACKED_VERTICES; v++) {
      const share = lowerFaceShare(rig, v);
      track.points[(frame * TRACKED_VERTICES + v) * 3 + 1]! += Math.round((share * LOWER_PX) / STEP);
    }
  }
  const starts = heads.map((_, i) => i / 25);
  const face = createVideoFace({ rig, tracks: tracksOf([track], STEP), track, size: SIZE, fps: 25, starts });
  face.references.forEach((frame, i) => face.setReference(i, frameOf(frame)));
  const open = face.lips.plainPose(0.1, face.lips.shapeOf({ ...REST_POSE }).width);
  const [early, later] = [20, 85].map((frame) => face.place(frame, open));
  for (const vertex of [13, 14, 61, 152]) {
    const lower = later![vertex * 2 + 1]! - early![vertex * 2 + 1]!;
    expect(lower, `vertex ${vertex}`).toBeGreaterThan(0.4 * LOWER_PX);
    expect(lower, `vertex ${vertex}`).toBeLessThan(1.1 * LOWER_PX);
  }
});
