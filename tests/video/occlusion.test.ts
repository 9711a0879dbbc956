import { expect, test } from "vitest";
import { LOOK_VERTICES } from "../../src/core/face-track.ts";
import { REST_POSE } from "../../src/core/mouth.ts";
import { createRandom } from "../../src/core/random.ts";
import { occlusionMatte } from "../../src/render/video/video-occlusion.ts";
import { createVideoFace } from "../../src/render/video/video-face.ts";
import { ownRig, STEP, trackOf, tracksOf } from "./synthetic-track.ts";

const SIDE = 100;
const BOX = { x: 0, y: 0, width: SIDE, height: SIDE };
const IOD = 60;

/** Matte of a face of one colour on which a frame shows `colourAt`; lips where `lips` says, a hand below row 70. */
function matteOf(colourAt: (x: number, y: number) => number, lips = (_x: number, _y: number) => false) {
  const real = { width: SIDE, height: SIDE, data: new Uint8ClampedArray(SIDE * SIDE * 4).fill(255) };
  const own = { width: SIDE, height: SIDE, words: new Uint32Array(SIDE * SIDE).fill(0xff787878) };
  const cover = new Float32Array(SIDE * SIDE);
  const comparable = new Float32Array(SIDE * SIDE);
  for (let i = 0; i < SIDE * SIDE; i++) {
    const [x, y] = [i % SIDE, Math.floor(i / SIDE)];
    real.data.fill(colourAt(x, y), i * 4, i * 4 + 3);
    // Vertices are few: what covers some of them seems to cover their surroundings, the lower lip too.
    cover[i] = y > 55 ? 1 : 0;
    comparable[i] = lips(x, y) ? 0 : 1;
  }
  const matte = occlusionMatte(real, own, cover, comparable, BOX, IOD);
  return (x: number, y: number) => matte[y * SIDE + x]!;
}

test("the old lips beside a hand are replaced, a finger on the lips stays", () => {
  const lips = (x: number, y: number) => Math.abs(x - 50) < 30 && y > 20 && y < 62;
  const beside = matteOf((_, y) => (y > 70 ? 200 : 120), lips);
  expect(beside(50, 85)).toBe(1);
  expect(beside(50, 58)).toBeLessThan(0.1);
  const finger = matteOf((x, y) => (y > 70 || (Math.abs(x - 50) < 8 && y > 50) ? 200 : 120), lips);
  expect(finger(50, 58)).toBeGreaterThan(0.6);
});

test("what is surely no face stays also where no vertex was covered", () => {
  const matte = matteOf((x, y) => (y > 70 ? 200 : Math.hypot(x - 80, y - 30) < 8 ? 30 : 120));
  expect(matte(80, 30)).toBe(1);
  expect(matte(30, 20)).toBe(0);
});

test("an opening mouth drags nothing of a hand before the chin along", () => {
  const rig = ownRig();
  const size = { width: 640, height: 480 };
  const heads = Array.from({ length: 30 }, () => ({ x: 320, y: 200, scale: 14 }));
  const track = trackOf(rig, 0, STEP, heads);
  const COVERED = 20;
  const chin = LOOK_VERTICES.map((v, i) => ({ y: rig.vertices[v * 3 + 1]!, i })).filter(({ y }) => y > 5.5);
  const row = COVERED * LOOK_VERTICES.length * 3;
  for (const { i } of chin) track.look.fill(250, row + i * 3, row + i * 3 + 3);
  const bottom = Math.round(200 + 14 * Math.max(...chin.map(({ y }) => y)));
  const frameOf = (hand: boolean) => {
    const words = new Uint32Array(size.width * size.height);
    for (let y = 0; y < size.height; y++) {
      // Stripes show every shift.
      const grey = hand && y > bottom - 24 ? (y % 6 < 3 ? 250 : 190) : 120;
      words.fill(0xff000000 + grey * 0x010101, y * size.width, (y + 1) * size.width);
    }
    const data = new Uint8ClampedArray(words.buffer);
    return { ...size, data };
  };
  const starts = heads.map((_, i) => i / 25);
  const face = createVideoFace({ rig, tracks: tracksOf([track], STEP), track, size, fps: 25, starts });
  face.references.forEach((_, i) => face.setReference(i, frameOf(false)));
  const [image, before] = [frameOf(true), frameOf(true)];
  face.render(COVERED, { ...REST_POSE, aperture: 1 }, image);
  let worst = 0;
  for (let y = bottom - 10; y < bottom + 30; y++) {
    const at = (y * size.width + 320) * 4;
    worst = Math.max(worst, Math.abs(image.data[at]! - before.data[at]!));
  }
  // Rounding of the warp; without holding the outline whole stripes changed places (60).
  expect(worst).toBeLessThan(6);
});

test("a covered frame looks the same whatever was drawn before it", () => {
  const rig = ownRig();
  const size = { width: 640, height: 480 };
  const heads = Array.from({ length: 30 }, (_, i) => ({ x: 300 + 3 * i, y: 200, scale: 14, yawDeg: i - 15 }));
  const track = trackOf(rig, 0, STEP, heads);
  const COVERED = 20;
  const chin = LOOK_VERTICES.map((v, i) => ({ y: rig.vertices[v * 3 + 1]!, i })).filter(({ y }) => y > 5.5);
  const row = COVERED * LOOK_VERTICES.length * 3;
  for (const { i } of chin) track.look.fill(250, row + i * 3, row + i * 3 + 3);
  const frameOf = (seed: number) => {
    const random = createRandom(seed);
    const data = new Uint8ClampedArray(size.width * size.height * 4).fill(255);
    for (let i = 0; i < data.length; i += 4) data.fill(60 + 150 * random(), i, i + 3);
    return { ...size, data };
  };
  const starts = heads.map((_, i) => i / 25);
  const drawn = (earlier: readonly number[]) => {
    const face = createVideoFace({ rig, tracks: tracksOf([track], STEP), track, size, fps: 25, starts });
    face.references.forEach((frame, i) => face.setReference(i, frameOf(frame)));
    const open = { ...REST_POSE, aperture: 1 };
    for (const frame of earlier) face.render(frame, open, frameOf(frame));
    const image = frameOf(COVERED);
    face.render(COVERED, open, image);
    return Buffer.from(image.data.buffer);
  };
  const alone = drawn([]);
  expect(alone.equals(Buffer.from(frameOf(COVERED).data.buffer))).toBe(false);
  expect(drawn([5, 19]).equals(alone)).toBe(true);
  expect(drawn([29]).equals(alone)).toBe(true);
});
