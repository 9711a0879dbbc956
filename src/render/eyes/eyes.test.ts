import { expect, test } from "vitest";
import { paintFace, readRig } from "../../../tests/fixtures/painted-face.ts";
import { createImage, type RgbaImage } from "../../core/image.ts";
import { REST_POSE } from "../../core/mouth.ts";
import { snapLids } from "./lid-snap.ts";
import { copySource, preparePortrait, type FramePose } from "../portrait/portrait.ts";
import { LEFT_EYE, RIGHT_EYE, type EyeTopology } from "../face-rig/topology.ts";

const rig = readRig();
const REST: FramePose = {
  mouth: REST_POSE,
  head: { yawDeg: 0, pitchDeg: 0, rollDeg: 0, x: 0, y: 0 },
  blinkLeft: 0,
  blinkRight: 0,
  brow: 0,
  smile: 0,
};

/** The painted face with a white and an iris between the lids of the given eyes. */
function withEyes(eyes: readonly EyeTopology[]) {
  const painted = paintFace();
  const { image, landmarks, iod } = painted;
  const { points } = landmarks;
  for (const { upper, lower } of eyes) {
    const [first, last] = [upper[0]!, upper[8]!].map((v) => points[v * 3]!) as [number, number];
    const [from, to] = [Math.min(first, last), Math.max(first, last)];
    const edge = (ring: readonly number[], x: number) => {
      const row = ring.map((v) => [points[v * 3]!, points[v * 3 + 1]!] as const).sort((a, b) => a[0] - b[0]);
      const i = Math.max(
        1,
        row.findIndex(([rx]) => rx >= x),
      );
      const [a, b] = [row[i - 1]!, row[i]!];
      return a[1] + ((b[1] - a[1]) * (x - a[0])) / (b[0] - a[0]);
    };
    for (let x = Math.ceil(from); x < to; x++) {
      for (let y = Math.ceil(edge(upper, x)); y < edge(lower, x); y++) {
        const iris = Math.abs(x - (from + to) / 2) < 0.09 * iod;
        image.data.set(iris ? [60, 45, 40] : [235, 235, 232], (y * image.width + x) * 4);
      }
    }
  }
  return painted;
}

/** Columns of pixels that changed by more than a blink's faint pull on the other side of the face. */
function changed(image: RgbaImage, pose: Partial<FramePose>, painted: ReturnType<typeof withEyes>): number[] {
  const out = createImage(image.width, image.height);
  copySource(image, out);
  preparePortrait({ ...painted, rig }).render({ ...REST, ...pose }, out);
  const columns: number[] = [];
  for (let i = 0; i < out.data.length; i += 4) {
    if (Math.abs(out.data[i]! - image.data[i]!) > 40) columns.push((i / 4) % image.width);
  }
  return columns;
}

test("the lids' edges are found where skin begins, when the landmarks lie within the eye", () => {
  const { image, landmarks, iod } = withEyes([RIGHT_EYE, LEFT_EYE]);
  for (const [ring, inward] of [
    ["upper", 1],
    ["lower", -1],
  ] as const) {
    for (const eye of [RIGHT_EYE, LEFT_EYE]) {
      const points = Float64Array.from(landmarks.points);
      const middle = eye[ring][4]! * 3 + 1;
      for (const v of eye[ring].slice(1, -1)) points[v * 3 + 1]! += 0.03 * inward * iod;
      snapLids(image, points, iod);
      // A pixel of this face is 0.008 eye distances; the edge is found within two.
      expect(Math.abs(points[middle]! - landmarks.points[middle]!) / iod).toBeLessThan(0.016);
    }
  }
});

test("a full blink leaves nothing of the eyes in sight", () => {
  const painted = withEyes([RIGHT_EYE, LEFT_EYE]);
  const out = createImage(painted.image.width, painted.image.height);
  copySource(painted.image, out);
  preparePortrait({ ...painted, rig }).render({ ...REST, blinkLeft: 1, blinkRight: 1 }, out);
  let white = 0;
  let before = 0;
  for (let i = 0; i < out.data.length; i += 4) {
    if (out.data[i + 2]! > 200) white++;
    if (painted.image.data[i + 2]! > 200) before++;
  }
  expect(before).toBeGreaterThan(100);
  expect(white / before).toBeLessThan(0.03);
});

test("the irises go where the gaze goes, and the skin around stays as it is", () => {
  const painted = withEyes([RIGHT_EYE, LEFT_EYE]);
  const { image, landmarks } = painted;
  const darkMiddle = (gaze: readonly [number, number]) => {
    const out = createImage(image.width, image.height);
    copySource(image, out);
    preparePortrait({ ...painted, rig }).render({ ...REST, gaze }, out);
    const y = Math.round((landmarks.points[159 * 3 + 1]! + landmarks.points[145 * 3 + 1]!) / 2);
    let [sum, weight] = [0, 0];
    for (let x = Math.ceil(landmarks.points[33 * 3]!); x < landmarks.points[133 * 3]!; x++) {
      const dark = Math.max(0, 150 - out.data[(y * image.width + x) * 4]!);
      sum += dark * x;
      weight += dark;
    }
    return sum / weight;
  };
  const ahead = darkMiddle([0, 0]);
  // Six degrees of an eye of 24 mm are 1.25 mm, 0.02 of the eye distance of 63 mm.
  const expected = 0.19 * Math.sin(0.105) * painted.iod;
  expect(darkMiddle([6, 0]) - ahead).toBeGreaterThan(0.6 * expected);
  expect(darkMiddle([6, 0]) - ahead).toBeLessThan(1.3 * expected);
  expect(darkMiddle([-6, 0]) - ahead).toBeLessThan(-0.6 * expected);
  const columns = changed(image, { gaze: [6, 3] }, painted);
  const span = [33, 133, 362, 263].map((v) => landmarks.points[v * 3]!) as [number, number, number, number];
  const pad = 2;
  expect(columns.length).toBeGreaterThan(20);
  expect(
    columns.every(
      (x) => (x > span[0] - pad && x < span[1] + pad) || (x > span[2] - pad && x < span[3] + pad),
    ),
  ).toBe(true);
});

test("an eye behind hair neither blinks nor looks about", () => {
  const painted = withEyes([LEFT_EYE]);
  const nose = painted.landmarks.points[6 * 3]!;
  for (const pose of [{ blinkLeft: 1, blinkRight: 1 }, { gaze: [6, 0] as const }]) {
    const columns = changed(painted.image, pose, painted);
    expect(columns.length).toBeGreaterThan(10);
    expect(columns.filter((x) => x < nose)).toEqual([]);
  }
});
