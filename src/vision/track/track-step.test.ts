import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { inverseStep, readStep, STEP_VALUES, writeStep, type HeadStep } from "../../core/head-step.ts";
import type { FaceLandmarks } from "../../core/face.ts";
import { createImage, type RgbaImage } from "../../core/image.ts";
import { createRandom, normal } from "../../core/random.ts";
import { readGeometry } from "../landmarks/geometry.ts";
import { createPartFollower, STILL_PART } from "./track-step.ts";

const { positions } = readGeometry(
  new Uint8Array(readFileSync(new URL("../../../models/built/face-geometry.bin", import.meta.url))),
);
const SCALE = 9;
const MIDDLE = [160, 130] as const;

/** A head of 57 pixels between the eyes, moved in its plane and turned about the vertical axis. */
interface Move {
  readonly x: number;
  readonly y: number;
  readonly roll: number;
  readonly grow: number;
}
const AT_REST: Move = { x: 0, y: 0, roll: 0, grow: 1 };

function place({ x, y, roll, grow }: Move, px: number, py: number): [number, number] {
  const [dx, dy] = [px - MIDDLE[0], py - MIDDLE[1]];
  const [cos, sin] = [grow * Math.cos(roll), grow * Math.sin(roll)];
  return [MIDDLE[0] + x + cos * dx - sin * dy, MIDDLE[1] + y + sin * dx + cos * dy];
}

/** Landmarks of the moved head, each off by about `noise` pixels. */
function landmarksAt(move: Move, noise: number, seed: number): FaceLandmarks {
  const random = createRandom(seed);
  const points = new Float32Array(478 * 3);
  // What landmarks are off by is mostly the same for all points of a frame.
  const [offX, offY] = [noise * normal(random), noise * normal(random)];
  for (let v = 0; v < 468; v++) {
    const [x, y] = place(
      move,
      MIDDLE[0] + SCALE * positions[v * 3]!,
      MIDDLE[1] - SCALE * positions[v * 3 + 1]!,
    );
    points.set([x + offX, y + offY, -move.grow * SCALE * positions[v * 3 + 2]!], v * 3);
  }
  return { points, presence: 1 };
}

/** A picture with the moved head's skin: waves of several lengths, `light` times as bright. */
function pictureOf(move: Move, light = 1, cover?: (x: number, y: number) => boolean): RgbaImage {
  const image = createImage(320, 260);
  const back = { ...AT_REST, roll: -move.roll, grow: 1 / move.grow };
  for (let y = 0; y < 260; y++) {
    for (let x = 0; x < 320; x++) {
      const [u, v] = place(back, x + 0.5 - move.x, y + 0.5 - move.y);
      const skin =
        120 + 25 * Math.sin(u * 0.13 + 0.6 * Math.sin(v * 0.1)) + 20 * Math.sin(v * 0.17 - u * 0.05);
      const value = cover?.(x, y) ? 30 + ((x * 7 + y * 13) % 40) : skin * light;
      image.data.set([value, value, value, 255], (y * 320 + x) * 4);
    }
  }
  return image;
}

/** How far a step is from a move at the middle of the face, in pixels. */
function errorOf(step: HeadStep, move: Move): number {
  const [x, y] = place(move, ...MIDDLE);
  const r = step.rotation;
  return Math.hypot(
    step.scale * (r[0]! * MIDDLE[0] + r[1]! * MIDDLE[1]) + step.shift[0]! - x,
    step.scale * (r[3]! * MIDDLE[0] + r[4]! * MIDDLE[1]) + step.shift[1]! - y,
  );
}

function stepTo(move: Move, image: RgbaImage, noise = 0.5): HeadStep {
  const follower = createPartFollower(STILL_PART);
  expect(follower.next(pictureOf(AT_REST), landmarksAt(AT_REST, noise, 1))).toBeNull();
  return follower.next(image, landmarksAt(move, noise, 2))!;
}

const MOVES: readonly Move[] = [
  { x: 0.3, y: -0.2, roll: 0, grow: 1 },
  { x: 4.6, y: 2.1, roll: 0.03, grow: 1.01 },
  { x: -7, y: 5, roll: -0.05, grow: 0.98 },
];

test.each(MOVES)("a head's motion is found to a tenth of the landmarks' error (%o)", (move) => {
  const step = stepTo(move, pictureOf(move));
  // Landmarks are off by half a pixel in each of the two frames.
  expect(errorOf(step, move)).toBeLessThan(0.07);
  expect(step.scale).toBeCloseTo(move.grow, 2);
  expect(step.certainty).toBeGreaterThan(0.9);
});

test("other light and a hand over a third of the face change little", () => {
  const move = MOVES[1]!;
  const step = stepTo(
    move,
    pictureOf(move, 1.15, (x) => x > 195),
  );
  expect(errorOf(step, move)).toBeLessThan(0.15);
});

test("another picture altogether is no motion", () => {
  const image = pictureOf(AT_REST, 1, () => true);
  expect(stepTo(AT_REST, image).certainty).toBeLessThan(0.5);
});

test("a picture without any pattern leaves the landmarks' motion", () => {
  const flat = createImage(320, 260);
  flat.data.fill(128);
  const follower = createPartFollower(STILL_PART);
  follower.next(flat, landmarksAt(AT_REST, 0, 1));
  const step = follower.next(flat, landmarksAt(MOVES[1]!, 0, 2))!;
  expect(errorOf(step, MOVES[1]!)).toBeLessThan(0.01);
});

test("steps are stored and reversed without loss", () => {
  const step = stepTo(MOVES[2]!, pictureOf(MOVES[2]!));
  const stored = new Float32Array(2 * STEP_VALUES);
  writeStep(step, stored, STEP_VALUES);
  const read = readStep(stored, STEP_VALUES);
  expect(errorOf(read, MOVES[2]!)).toBeCloseTo(errorOf(step, MOVES[2]!), 3);
  const twice = inverseStep(inverseStep(read));
  for (let i = 0; i < 9; i++) expect(twice.rotation[i]).toBeCloseTo(read.rotation[i]!, 6);
  for (let i = 0; i < 3; i++) expect(twice.shift[i]).toBeCloseTo(read.shift[i]!, 3);
});
