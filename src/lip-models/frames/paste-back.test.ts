import { expect, test } from "vitest";
import { createImage, type RgbaImage } from "../../core/image.ts";
import { cropFace, rectToImage, smoothRects, type FaceRect } from "./face-crop.ts";
import { colourShift, pasteBack, pasteWeight } from "./paste-back.ts";
import { readyManifest } from "../manifest/ready-manifests.ts";

const { paste } = readyManifest("wav2lip-96");

/** A smooth picture without any flat part. */
function waves(width: number, height: number): RgbaImage {
  const image = createImage(width, height);
  for (let i = 0; i < width * height; i++) {
    const [x, y] = [i % width, Math.floor(i / width)];
    image.data.set(
      [128 + 60 * Math.sin(x / 23), 128 + 60 * Math.cos(y / 19), 90 + 40 * Math.sin((x + y) / 31), 255],
      i * 4,
    );
  }
  return image;
}

function largestDifference(a: Uint8ClampedArray, b: Uint8ClampedArray): number {
  return a.reduce((worst, value, i) => Math.max(worst, Math.abs(value - b[i]!)), 0);
}

const upright: FaceRect = { centreX: 160, centreY: 120, width: 110, height: 140, angle: 0 };
const tilted: FaceRect = { ...upright, angle: 0.35 };

test("a face that is cut out and pasted back unchanged leaves the frame as it was", () => {
  for (const rect of [upright, tilted]) {
    const frame = waves(320, 240);
    const before = frame.data.slice();
    const face = cropFace(frame, rect, 96);
    pasteBack(frame, { rect, face, generated: face, paste, strength: 1 });
    // Two resamplings of a smooth picture: within two steps, and no shift by a pixel (which would be six).
    expect(largestDifference(frame.data, before)).toBeLessThanOrEqual(2);
  }
});

test("pixels outside the region keep their values exactly, and those in its middle take the new ones", () => {
  const frame = waves(320, 240);
  const before = frame.data.slice();
  const generated = createImage(96, 96);
  generated.data.fill(200);
  pasteBack(frame, {
    rect: tilted,
    face: cropFace(frame, tilted, 96),
    generated,
    paste: { ...paste, colourMatch: "none" },
    strength: 1,
  });
  const [mx, my] = rectToImage(tilted, 0.5, 0.75).map(Math.round) as [number, number];
  expect(frame.data[(my * 320 + mx) * 4]).toBe(200);
  let changedOutside = 0;
  for (let i = 0; i < 320 * 240; i++) {
    const [dx, dy] = [(i % 320) + 0.5 - 160, Math.floor(i / 320) + 0.5 - 120];
    const v = (dy * Math.cos(0.35) - dx * Math.sin(0.35)) / 140 + 0.5;
    const u = (dx * Math.cos(0.35) + dy * Math.sin(0.35)) / 110 + 0.5;
    if (v >= paste.top && v <= paste.bottom && u >= paste.left && u <= paste.right) continue;
    if (frame.data[i * 4] !== before[i * 4]) changedOutside++;
  }
  expect(changedOutside).toBe(0);
});

test("the rim is soft: the weight never jumps", () => {
  let steepest = 0;
  for (let v = 0.4; v < 1; v += 0.01) {
    for (let u = 0; u < 1; u += 0.01) {
      steepest = Math.max(steepest, Math.abs(pasteWeight(paste, u + 0.01, v) - pasteWeight(paste, u, v)));
    }
  }
  expect(steepest).toBeLessThan(0.25);
  expect(pasteWeight(paste, 0.5, 0.73)).toBe(1);
});

test("a generated face of another tint is brought back to the frame's", () => {
  const frame = waves(320, 240);
  const face = cropFace(frame, upright, 96);
  const generated = createImage(96, 96);
  for (let i = 0; i < face.data.length; i++)
    generated.data[i] = face.data[i]! - (i % 4 === 0 ? 18 : i % 4 === 2 ? -9 : 0);
  const shift = colourShift(paste, face, generated);
  expect(shift[0]).toBeCloseTo(18, 1);
  expect(shift[1]).toBeCloseTo(0, 1);
  expect(shift[2]).toBeCloseTo(-9, 1);
  const before = frame.data.slice();
  pasteBack(frame, { rect: upright, face, generated, paste, strength: 1 });
  expect(largestDifference(frame.data, before)).toBeLessThanOrEqual(2);
});

test("no strength changes nothing", () => {
  const generated = createImage(96, 96);
  const frame = waves(320, 240);
  const before = frame.data.slice();
  pasteBack(frame, { rect: upright, face: cropFace(frame, upright, 96), generated, paste, strength: 0 });
  expect(largestDifference(frame.data, before)).toBe(0);
});

test("rectangles are steadied within a stretch of frames and not across a gap", () => {
  const at = (centreX: number): FaceRect => ({ ...upright, centreX });
  const smooth = smoothRects([at(0), at(10), at(0), null, at(100), at(110)], 5);
  expect(smooth.map((rect) => rect?.centreX)).toEqual([10 / 3, 10 / 3, 10 / 3, undefined, 105, 105]);
});
