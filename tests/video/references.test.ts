import { expect, test } from "vitest";
import { readSharpness } from "../../src/vision/track/track-look.ts";
import { createLookModel } from "../../src/render/video/covered-face.ts";
import { createFaceMotion } from "../../src/render/video/video-motion.ts";
import { planReferences } from "../../src/render/video/video-references.ts";
import { ownRig, STEP, trackOf, tracksOf } from "./synthetic-track.ts";

const rig = ownRig();
const SIZE = { width: 640, height: 480 };

/** A head that speaks, its lips shut in every tenth frame; teeth show in all the others. */
function speaker(shutEvery: number) {
  const heads = Array.from({ length: 60 }, (_, i) => ({
    x: 320,
    y: 200,
    scale: 12,
    jaw: i % shutEvery === 0 ? 0 : 0.03 + 0.2 * Math.abs(Math.sin(i)),
  }));
  const track = trackOf(rig, 0, STEP, heads);
  track.teeth.forEach((_, i) => (track.teeth[i] = heads[i]!.jaw > 0 ? 255 : 0));
  return track;
}

function planOf(track: ReturnType<typeof speaker>) {
  const tracks = tracksOf([track], STEP);
  const motion = createFaceMotion(rig, tracks, track, SIZE, 25);
  return planReferences(motion, track, createLookModel(track), tracks.frames);
}

test("a frame with shut lips lends its texture although others are sharper", () => {
  const track = speaker(10);
  track.sharpness.forEach((_, i) => (track.sharpness[i] = i % 10 === 0 ? 0.8 : 2));
  for (const frame of planOf(track).frames) expect(frame % 10).toBe(0);
});

test("a video in which teeth always show has a reference too", () => {
  const { frames, choice } = planOf(speaker(1000));
  expect(frames.length).toBeGreaterThan(0);
  expect(Math.max(...choice)).toBeLessThan(frames.length);
});

test("sharp teeth do not make a blurred face look sharp", () => {
  const points = new Float32Array(468 * 3);
  for (let v = 0; v < 468; v++) {
    points[v * 3] = 100 + 12 * rig.vertices[v * 3]!;
    points[v * 3 + 1] = 90 + 12 * rig.vertices[v * 3 + 1]!;
  }
  const picture = (mouth: boolean) => {
    const image = { width: 200, height: 200, data: new Uint8ClampedArray(200 * 200 * 4).fill(128) };
    const at = (v: number, axis: 0 | 1) => points[v * 3 + axis]!;
    for (let y = Math.ceil(at(0, 1)); mouth && y < at(17, 1); y++) {
      for (let x = Math.ceil(at(61, 0)); x < at(291, 0); x++) {
        image.data.fill((x >> 1) % 2 ? 250 : 20, (y * 200 + x) * 4, (y * 200 + x) * 4 + 3);
      }
    }
    return image;
  };
  expect(readSharpness(picture(true), { points, presence: 1 })).toBe(
    readSharpness(picture(false), { points, presence: 1 }),
  );
});
