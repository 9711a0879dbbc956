import { describe, expect, test } from "vitest";
import { rotationOf, STEP_VALUES, writeStep } from "../../src/core/head-step.ts";
import { createRandom, normal } from "../../src/core/random.ts";
import { createLookModel } from "../../src/render/video/covered-face.ts";
import { createFaceMotion, project } from "../../src/render/video/video-motion.ts";
import { planReferences } from "../../src/render/video/video-references.ts";
import { planStrength } from "../../src/render/video/new-mouth-strength.ts";
import { ownRig, STEP, trackOf, tracksOf, type HeadAt } from "./synthetic-track.ts";

const rig = ownRig();
const SIZE = { width: 640, height: 480 };
const still = (jaw = 0): HeadAt => ({ x: 320, y: 200, scale: 12, jaw });

function motionOf(heads: readonly (HeadAt | null)[], cuts: readonly number[] = []) {
  const track = trackOf(rig, 0, STEP, heads);
  const tracks = tracksOf([track], STEP, cuts);
  return {
    track,
    tracks,
    motion: createFaceMotion(rig, tracks, track, SIZE, 25),
    looks: createLookModel(track),
  };
}

describe("the smoothed motion of a face", () => {
  test("calms the noise of a still head to a quarter", () => {
    const random = createRandom(3);
    const heads = Array.from({ length: 60 }, () => ({
      ...still(),
      x: 320 + 0.4 * normal(random),
      y: 200 + 0.4 * normal(random),
    }));
    const { motion } = motionOf(heads);
    const spread = (values: number[]) => {
      const steps = values.slice(1).map((value, i) => value - values[i]!);
      return Math.sqrt(steps.reduce((sum, step) => sum + step * step, 0) / steps.length);
    };
    const smooth = heads.map((_, i) => motion.at(i).head.shift[0]!);
    expect(spread(smooth)).toBeLessThan(0.25 * spread(heads.map((head) => head.x)));
  });

  test("follows a nod without delay", () => {
    // 1 Hz, ± 12 px: a quick nod. A delay of one frame would be an error of 3 px at its fastest.
    const nod = (i: number) => 200 + 12 * Math.sin((2 * Math.PI * i) / 25);
    const { motion } = motionOf(Array.from({ length: 75 }, (_, i) => ({ ...still(), y: nod(i) })));
    for (let i = 10; i < 65; i++) {
      expect(Math.abs(motion.at(i).head.shift[1]! + 0.5 - nod(i))).toBeLessThan(1.2);
    }
  });

  test("keeps the quick opening of a mouth", () => {
    const jaw = (i: number) => 0.25 + 0.25 * Math.sin((2 * Math.PI * 4 * i) / 25);
    const { motion } = motionOf(Array.from({ length: 50 }, (_, i) => still(jaw(i))));
    const gap = (i: number) => {
      const out = new Float64Array(468 * 2);
      const { local, head } = motion.at(i);
      project(local, head, out);
      return out[14 * 2 + 1]! - out[13 * 2 + 1]!;
    };
    const gaps = Array.from({ length: 30 }, (_, i) => gap(10 + i));
    const raw = 0.5 * 12 * (rig.deltas.jaw[14 * 3 + 1]! - rig.deltas.jaw[13 * 3 + 1]!);
    expect(Math.max(...gaps) - Math.min(...gaps)).toBeGreaterThan(0.7 * raw);
  });

  test("sticks to a shaking head where the picture's motion is known, whatever the landmarks' noise", () => {
    // 4 Hz, ± 8 px: up to 8 px from frame to frame.
    const place = (i: number) => 320 + 8 * Math.sin((2 * Math.PI * 4 * i) / 25);
    const random = createRandom(5);
    const heads = Array.from({ length: 60 }, (_, i) => ({ ...still(), x: place(i) + 0.5 * normal(random) }));
    const { track, tracks } = motionOf(heads);
    const errorsOf = (certainty: number) => {
      for (let i = 1; i < heads.length; i++) {
        const shift = Float64Array.of(place(i) - place(i - 1), 0, 0);
        writeStep(
          { scale: 1, rotation: rotationOf([0, 0, 0]), shift, certainty },
          track.steps,
          i * STEP_VALUES,
        );
      }
      const motion = createFaceMotion(rig, tracks, track, SIZE, 25);
      const errors = heads.map((_, i) => motion.at(i).head.shift[0]! + 0.5 - place(i)).slice(8, -8);
      return Math.max(...errors) - Math.min(...errors);
    };
    // What is left is the slow mean of the noise.
    expect(errorsOf(1)).toBeLessThan(0.4);
    expect(errorsOf(0)).toBeGreaterThan(1);
  });

  test("puts a speaking chin where the picture has it, whatever the landmarks' noise", () => {
    const jaw = (i: number) => 0.25 + 0.2 * Math.sin((2 * Math.PI * 3 * i) / 25);
    const random = createRandom(9);
    const { track, tracks } = motionOf(
      Array.from({ length: 60 }, (_, i) => still(jaw(i) + 0.04 * normal(random))),
    );
    const perJaw = 12 * rig.deltas.jaw[199 * 3 + 1]!;
    const errorOf = (certainty: number) => {
      for (let i = 1; i < 60; i++) {
        const step = (y: number, certain: number) => ({
          scale: 1,
          rotation: rotationOf([0, 0, 0]),
          shift: Float64Array.of(0, y, 0),
          certainty: certain,
        });
        writeStep(step(0, 1), track.steps, i * STEP_VALUES);
        writeStep(step(perJaw * (jaw(i) - jaw(i - 1)), certainty), track.chinSteps, i * STEP_VALUES);
      }
      const motion = createFaceMotion(rig, tracks, track, SIZE, 25);
      const out = new Float64Array(468 * 2);
      const errors = Array.from({ length: 44 }, (_, k) => {
        const { local, head } = motion.at(8 + k);
        project(local, head, out);
        return out[199 * 2 + 1]! - perJaw * jaw(8 + k);
      });
      const mean = errors.reduce((sum, error) => sum + error / 44, 0);
      return Math.sqrt(errors.reduce((sum, error) => sum + (error - mean) ** 2 / 44, 0));
    };
    const [byLandmarks, byPicture] = [errorOf(0), errorOf(1)];
    expect(byPicture).toBeLessThan(0.6 * byLandmarks);
  });

  test("is the same in whatever order frames are asked for", () => {
    const heads = Array.from({ length: 30 }, (_, i) => ({ ...still(0.2 * (i % 3)), x: 300 + (i % 7) }));
    const [forward, backward] = [motionOf(heads).motion, motionOf(heads).motion];
    const last = Array.from({ length: 30 }, (_, i) => backward.at(29 - i)).reverse();
    last.forEach((state, i) => expect(forward.at(i)).toEqual(state));
  });

  test("bridges five frames and not six", () => {
    const gone = (length: number) =>
      Array.from({ length: 40 }, (_, i) => (i >= 15 && i < 15 + length ? null : still()));
    expect(motionOf(gone(5)).motion.stretches).toHaveLength(1);
    expect(motionOf(gone(6)).motion.stretches.map(({ first, last }) => [first, last])).toEqual([
      [0, 14],
      [21, 39],
    ]);
  });

  test("does not smooth across a cut", () => {
    const heads = Array.from({ length: 40 }, (_, i) => ({ ...still(), x: i < 20 ? 200 : 440 }));
    const { motion } = motionOf(heads, [20]);
    expect(motion.at(19).head.shift[0]! + 0.5).toBeCloseTo(200, 0);
    expect(motion.at(20).head.shift[0]! + 0.5).toBeCloseTo(440, 0);
  });
});

describe("the strength of the new mouth", () => {
  const strengthOf = (heads: readonly (HeadAt | null)[], cuts: readonly number[] = [], fps = 25) => {
    const { motion, looks } = motionOf(heads, cuts);
    return planStrength(
      motion,
      looks,
      heads.map((_, i) => i / fps),
      SIZE,
    );
  };

  test("is whole where the face is seen from the front, also at the video's ends and at a cut", () => {
    const strength = strengthOf(
      Array.from({ length: 30 }, () => still()),
      [12],
    );
    expect(Math.min(...strength)).toBe(1);
  });

  test("is none without a face and comes back gently", () => {
    const strength = strengthOf(Array.from({ length: 60 }, (_, i) => (i >= 20 && i < 40 ? null : still())));
    for (let i = 20; i < 40; i++) expect(strength[i]).toBe(0);
    expect(strength[10]).toBe(1);
    expect(strength[50]).toBe(1);
    for (let i = 1; i < 60; i++) expect(Math.abs(strength[i]! - strength[i - 1]!)).toBeLessThan(0.4);
  });

  test("comes back within half a second at ten frames a second, too", () => {
    const heads = Array.from({ length: 60 }, (_, i) => (i >= 20 && i < 40 ? null : still()));
    const slow = strengthOf(heads, [], 10);
    expect(slow[40]).toBeLessThan(0.5);
    expect(slow[43]).toBe(1);
    expect(strengthOf(heads, [], 30)).toEqual(strengthOf(heads));
  });

  test("is whole to 25° of yaw and none from 45°", () => {
    const at = (yawDeg: number) =>
      strengthOf(Array.from({ length: 20 }, () => ({ ...still(), yawDeg })))[10]!;
    expect(at(20)).toBe(1);
    expect(at(-20)).toBe(1);
    expect(at(35)).toBeGreaterThan(0.2);
    expect(at(35)).toBeLessThan(0.8);
    expect(at(50)).toBe(0);
  });

  test("is none where the mouth leaves the picture", () => {
    expect(strengthOf(Array.from({ length: 20 }, () => ({ ...still(), x: 650 })))[10]).toBe(0);
  });
});

describe("the reference frames", () => {
  test("have shut lips, no teeth and nothing before them", () => {
    const { motion, track, looks, tracks } = motionOf(
      Array.from({ length: 40 }, (_, i) => still(i < 30 ? 0.4 : 0)),
    );
    for (let i = 30; i < 36; i++) track.teeth[i] = 255;
    const { frames, choice } = planReferences(motion, track, looks, tracks.frames);
    expect(frames[0]).toBeGreaterThanOrEqual(36);
    expect(new Set(choice)).toEqual(new Set([0]));
  });

  test("follow a head that turns, with one change of reference", () => {
    const yaw = (i: number) => (i < 40 ? -20 : i > 60 ? 20 : -20 + 2 * (i - 40));
    const { motion, track, looks, tracks } = motionOf(
      Array.from({ length: 100 }, (_, i) => ({ ...still(), yawDeg: yaw(i) })),
    );
    const { frames, choice } = planReferences(motion, track, looks, tracks.frames);
    expect(frames.length).toBeGreaterThanOrEqual(2);
    let changes = 0;
    for (let i = 1; i < choice.length; i++) if (choice[i] !== choice[i - 1]) changes++;
    expect(changes).toBeGreaterThanOrEqual(1);
    expect(changes).toBeLessThan(frames.length + 1);
    expect(Math.abs(yaw(frames[choice[5]!]!) + 20)).toBeLessThan(8);
  });
});
