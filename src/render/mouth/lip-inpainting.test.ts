import { describe, expect, test } from "vitest";
import { paintFace, readRig } from "../../../tests/fixtures/painted-face.ts";
import { createImage, type RgbaImage } from "../../core/image.ts";
import { REST_POSE } from "../../core/mouth.ts";
import { fitFace } from "../face-rig/fitted-face.ts";
import { inpaintLips } from "./lip-inpainting.ts";
import { shapeOfMouth } from "../face-rig/mouth-shapes.ts";
import { copySource, preparePortrait } from "../portrait/portrait.ts";
import { createVideoMesh } from "../video/video-mesh.ts";
import { project } from "../video/video-motion.ts";
import { createReference } from "../video/video-reference.ts";

const rig = readRig();
const OPEN_IOD = 0.16;
const WEDGE_IOD = 0.06;
const [WEDGE, SKIN_GREEN] = [[60, 30, 25], 160] as const;

/** A painted open mouth whose corners end in dark wedges, as those of a grin do. */
function paintGrin() {
  const painted = paintFace(480, OPEN_IOD);
  const { landmarks, iod } = painted;
  const image: RgbaImage = { ...painted.image, data: painted.image.data.slice() };
  const corners = [78, 308].map((v) => [landmarks.points[v * 3]!, landmarks.points[v * 3 + 1]!] as const);
  for (let y = 0; y < image.height; y++) {
    for (let x = 0; x < image.width; x++) {
      const away = Math.min(...corners.map(([cx, cy]) => Math.hypot(x + 0.5 - cx, y + 0.5 - cy)));
      if (away < WEDGE_IOD * iod) image.data.set(WEDGE, (y * image.width + x) * 4);
    }
  }
  return { image, landmarks, iod, corners };
}

/** Number of dark pixels around both corners of the mouth. */
function darkAround(
  image: RgbaImage,
  corners: readonly (readonly [number, number])[],
  radius: number,
): number {
  let dark = 0;
  for (const [cx, cy] of corners) {
    for (let y = Math.ceil(cy - radius); y < cy + radius; y++) {
      for (let x = Math.ceil(cx - radius); x < cx + radius; x++) {
        const green = image.data[(y * image.width + x) * 4 + 1]!;
        if (Math.hypot(x - cx, y - cy) < radius && green < 70) dark++;
      }
    }
  }
  return dark;
}

describe("a grin's dark corners", () => {
  test("are filled with the lips and skin around them, and nothing else changes", () => {
    const { image, landmarks, iod, corners } = paintGrin();
    const face = fitFace(rig, image, landmarks);
    expect(face.open).toBe(true);
    const inpainted = inpaintLips(image, face, 1);
    expect(darkAround(image, corners, 0.1 * iod)).toBeGreaterThan(50);
    expect(darkAround(inpainted, corners, 0.1 * iod)).toBe(0);
    // The middles of both lips, the chin and the cheeks keep every bit.
    const unchanged = [
      [(landmarks.points[0]! + landmarks.points[11 * 3]!) / 2, landmarks.points[1]!],
      [landmarks.points[17 * 3]!, landmarks.points[17 * 3 + 1]!],
      [landmarks.points[152 * 3]!, landmarks.points[152 * 3 + 1]! - 4],
      [corners[0]![0] - 0.15 * iod, corners[0]![1]],
    ].map(([x, y]) => (Math.floor(y!) * image.width + Math.floor(x!)) * 4);
    for (const i of unchanged) expect(inpainted.data.slice(i, i + 4)).toEqual(image.data.slice(i, i + 4));
    // What was an opening is no brighter than skin and has no teeth.
    const [x, y] = [
      landmarks.points[13 * 3]!,
      (landmarks.points[13 * 3 + 1]! + landmarks.points[14 * 3 + 1]!) / 2,
    ];
    expect(inpainted.data[(Math.floor(y) * image.width + Math.floor(x)) * 4 + 1]).toBeLessThan(SKIN_GREEN);
  });

  test("are looked for in wide mouths alone", () => {
    const { image, landmarks } = paintFace(480, 0.05);
    const face = fitFace(rig, image, landmarks);
    expect(face.open).toBe(true);
    expect(inpaintLips(image, face, 1)).toBe(image);
  });

  test("take no colour from what is behind a face", () => {
    const { image, landmarks, iod, corners } = paintGrin();
    const face = fitFace(rig, image, landmarks);
    const [x, y] = corners[1]!;
    const edge = Math.ceil(x + 0.02 * iod);
    for (let row = 0; row < image.height; row++) {
      for (let column = edge; column < image.width; column++) {
        image.data.set([70, 90, 140], (row * image.width + column) * 4);
      }
    }
    const inpainted = inpaintLips(image, face, 1);
    for (let column = Math.floor(x - 0.2 * iod); column < edge - 2; column++) {
      const i = (Math.floor(y) * image.width + column) * 4;
      expect(inpainted.data[i]! - inpainted.data[i + 2]!).toBeGreaterThan(20);
    }
  });

  test("do not stay on a portrait's shut lips", () => {
    const dark = () => {
      const { image, landmarks, iod, corners } = paintGrin();
      const out = createImage(image.width, image.height);
      copySource(image, out);
      preparePortrait({ image, landmarks, rig }).render(
        {
          mouth: { ...REST_POSE, closure: 1 },
          head: { yawDeg: 0, pitchDeg: 0, rollDeg: 0, x: 0, y: 0 },
          blinkLeft: 0,
          blinkRight: 0,
          brow: 0,
          smile: 0,
        },
        out,
      );
      return darkAround(out, corners, 0.2 * iod);
    };
    // The line between the lips leaves under 30 dark pixels, the wedges had left 200.
    expect(dark()).toBeLessThan(50);
  });

  test("do not stay on the shut lips that a video's frame lends", () => {
    const dark = () => {
      const { image, landmarks, iod, corners } = paintGrin();
      const mesh = createVideoMesh(rig);
      const reference = createReference(rig, image, landmarks, mesh.textured, false, () => null);
      const shape = shapeOfMouth({ ...REST_POSE, closure: 1 });
      const posed = reference.express(shape).map((value, i) => value + reference.closed[i]!);
      const target = new Float64Array(468 * 2);
      project(posed, reference.fitted.head, target);
      const out = createImage(image.width, image.height);
      copySource(image, out);
      const words = new Uint32Array(out.data.buffer);
      reference.draw(shape, target, reference.fitted.head, {
        width: image.width,
        height: image.height,
        words,
      });
      return darkAround(out, corners, 0.2 * iod);
    };
    // Before, 330.
    expect(dark()).toBeLessThan(50);
  });
});
