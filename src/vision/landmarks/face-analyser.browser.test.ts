import { beforeAll, describe, expect, test } from "vitest";
import portraitUrl from "../../../tests/fixtures/portrait.jpg?url";
import { decodePicture, NO_SHARED_PICTURES, SHARED_PICTURES } from "../../../tests/browser/shared-media.ts";
import type { FaceLandmarks } from "../../core/face.ts";
import { createImage, type RgbaImage } from "../../core/image.ts";
import { createRuntime } from "../../inference/runtime.ts";
import { createFaceAnalyser, type FaceAnalyser } from "./face-analyser.ts";

let faces: FaceAnalyser;
let portrait: RgbaImage;

beforeAll(async () => {
  faces = await createFaceAnalyser(await createRuntime({ backend: "wasm" }));
  portrait = await decodePicture(portraitUrl);
});

/** Distance between the middles of the eyes in pixels. */
function eyeSpan({ points }: FaceLandmarks): number {
  const middle = (axis: number) =>
    (points[33 * 3 + axis]! + points[133 * 3 + axis]! - points[362 * 3 + axis]! - points[263 * 3 + axis]!) /
    2;
  return Math.hypot(middle(0), middle(1));
}

/** Largest distance of two meshes in eye spans, after a map of the second one's points. */
function distance(
  a: FaceLandmarks,
  b: FaceLandmarks,
  map: (x: number, y: number) => [number, number],
): number {
  let most = 0;
  for (let i = 0; i < a.points.length; i += 3) {
    const [x, y] = map(b.points[i]!, b.points[i + 1]!);
    most = Math.max(most, Math.hypot(x - a.points[i]!, y - a.points[i + 1]!));
  }
  return most / eyeSpan(a);
}

/** The portrait drawn `drawnWidth` wide onto a grey canvas, its centre at (x, y). */
function place(
  width: number,
  height: number,
  x: number,
  y: number,
  drawnWidth: number,
  turns = 0,
): RgbaImage {
  const source = new OffscreenCanvas(portrait.width, portrait.height);
  source.getContext("2d")!.putImageData(new ImageData(portrait.data, portrait.width, portrait.height), 0, 0);
  const context = new OffscreenCanvas(width, height).getContext("2d")!;
  context.fillStyle = "#777";
  context.fillRect(0, 0, width, height);
  context.imageSmoothingQuality = "high";
  context.translate(x, y);
  context.rotate(turns * 2 * Math.PI);
  const drawnHeight = (drawnWidth * portrait.height) / portrait.width;
  context.drawImage(source, -drawnWidth / 2, -drawnHeight / 2, drawnWidth, drawnHeight);
  return { width, height, data: context.getImageData(0, 0, width, height).data };
}

test("the portrait has one face, met from the front", async () => {
  const found = await faces.analyse(portrait);
  expect(found).toHaveLength(1);
  const [{ detection, landmarks, pose }] = found as [(typeof found)[0]];
  expect(landmarks.presence).toBeGreaterThan(0.99);
  expect(Math.abs(pose.yawDeg)).toBeLessThan(15);
  expect(Math.abs(pose.rollDeg)).toBeLessThan(8);
  const { x, y, width, height } = detection.box;
  for (const lip of [0, 13, 14, 17, 61, 291]) {
    expect(landmarks.points[3 * lip]).toBeGreaterThan(x);
    expect(landmarks.points[3 * lip]).toBeLessThan(x + width);
    expect(landmarks.points[3 * lip + 1]).toBeGreaterThan(y + height / 2);
  }
});

test("two analyses give the same bits", async () => {
  const [one] = await faces.analyse(portrait);
  const [two] = await faces.analyse(portrait);
  expect(two!.landmarks.points).toEqual(one!.landmarks.points);
  expect(two!.detection).toEqual(one!.detection);
});

test("following a frame's landmarks agrees with finding the face anew", async () => {
  const [face] = await faces.analyse(portrait);
  const followed = await faces.landmarks(portrait, face!.landmarks);
  // A third pass moves points by up to a hundredth of the eye span (mean, measured on portraits), single ones by more.
  expect(distance(face!.landmarks, followed, (x, y) => [x, y])).toBeLessThan(0.05);
});

test("a mesh begun beside the face settles on it", async () => {
  const [face] = await faces.analyse(portrait);
  const { box, keypoints } = face!.detection;
  const [right, down] = [0.1 * box.width, 0.1 * box.height];
  const beside = {
    ...face!.detection,
    box: { x: box.x + right, y: box.y + down, width: 1.3 * box.width, height: 1.3 * box.height },
    keypoints: keypoints.map((value, i) => value + (i % 2 === 0 ? right : down)),
  };
  const settled = await faces.landmarks(portrait, beside);
  // After two passes points were off by .15 of the eye span.
  expect(distance(face!.landmarks, settled, (x, y) => [x, y])).toBeLessThan(0.05);
});

test("the mesh follows the picture to another place, size and angle", async () => {
  const [face] = await faces.analyse(portrait);
  const side = 300;
  const angle = 2 * Math.PI * 0.07;
  const [moved] = await faces.analyse(place(900, 500, 620, 240, side, 0.07));
  const scale = side / portrait.width;
  const back = (x: number, y: number): [number, number] => {
    const [u, v] = [(x - 620) / scale, (y - 240) / scale];
    return [
      u * Math.cos(angle) + v * Math.sin(angle) + portrait.width / 2,
      -u * Math.sin(angle) + v * Math.cos(angle) + portrait.height / 2,
    ];
  };
  expect(distance(face!.landmarks, moved!.landmarks, back)).toBeLessThan(0.08);
  expect(moved!.pose.rollDeg - face!.pose.rollDeg).toBeCloseTo(25.2, -1);
});

test.each([0.25, 0.5, 0.75])("a face turned by %d of a full turn is found", async (turns) => {
  const found = await faces.analyse(place(800, 800, 400, 400, 700, turns));
  expect(found).toHaveLength(1);
  expect(found[0]!.landmarks.presence).toBeGreaterThan(0.9);
  const turned = ((found[0]!.pose.rollDeg + 360) % 360) - 360 * turns;
  expect(Math.abs(turned)).toBeLessThan(10);
});

test("a small face in a large picture is found", async () => {
  const image = place(4000, 3000, 3100, 900, 300);
  const found = await faces.analyse(image);
  expect(found).toHaveLength(1);
  expect(Math.abs(found[0]!.landmarks.points[3]! - 3100)).toBeLessThan(60);
});

test("pictures without a face give none, down to one pixel", async () => {
  expect(await faces.analyse(createImage(1, 1))).toEqual([]);
  expect(await faces.analyse(createImage(640, 3))).toEqual([]);
  expect(await faces.analyse(createImage(900, 700))).toEqual([]);
});

const present = Object.keys(SHARED_PICTURES).length > 0;
const skipped = present ? "" : ` (skipped: ${NO_SHARED_PICTURES})`;
describe.skipIf(!present)(`on the shared pictures${skipped}`, () => {
  const analyse = async (name: string) => faces.analyse(await decodePicture(SHARED_PICTURES[name]!));

  test.each([
    ["people2/intel_three_people_beard_glasses.png", 3],
    ["people2/intel_two_people.png", 2],
    ["people2/intel_two_people_rolled.png", 2],
    ["people2/synth_two_people_1080p.jpg", 2],
  ])("%s has %d faces, the largest first", async (name, count) => {
    const found = await analyse(name);
    expect(found).toHaveLength(count);
    const areas = found.map(({ detection: { box } }) => box.width * box.height);
    expect(areas).toEqual([...areas].sort((a, b) => b - a));
  });

  test("both heads that lean to the image's left have a strong negative roll", async () => {
    const found = await analyse("people2/intel_two_people_rolled.png");
    for (const { pose } of found) expect(pose.rollDeg).toBeLessThan(-30);
  });

  test("profiles are known as such, to either side", async () => {
    const [left] = await analyse("portraits/intel_female_profile.png");
    expect(left!.pose.yawDeg).toBeLessThan(-40);
    const [right] = await analyse("portraits/synth_09_caucasian-african_male_young.jpg");
    expect(right!.pose.yawDeg).toBeGreaterThan(45);
  });

  test("every portrait has exactly one face", async () => {
    for (const name of Object.keys(SHARED_PICTURES).filter((key) => key.startsWith("portraits/"))) {
      expect(await analyse(name), name).toHaveLength(1);
    }
  });
});
