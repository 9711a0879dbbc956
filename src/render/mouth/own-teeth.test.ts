import { expect, test } from "vitest";
import { paintFace, readRig } from "../../../tests/fixtures/painted-face.ts";
import { createImage, type RgbaImage } from "../../core/image.ts";
import { REST_POSE, type MouthPose } from "../../core/mouth.ts";
import { copySource, preparePortrait } from "../portrait/portrait.ts";

const OPEN_IOD = 0.2;
const TOOTH_IOD = 0.09;
const GUM = [165, 85, 88] as const;

/** A painted open mouth whose teeth taper toward the gums: above their middles every second stretch of the row is gum. */
function paintTaperedTeeth() {
  const painted = paintFace(480, OPEN_IOD);
  const { landmarks, iod } = painted;
  const image: RgbaImage = { ...painted.image, data: painted.image.data.slice() };
  const at = (v: number, axis: number) => landmarks.points[v * 3 + axis]!;
  const upper = (at(13, 1) + at(82, 1) + at(312, 1)) / 3;
  const taper = upper + 0.45 * (at(14, 1) - at(13, 1));
  for (let y = 0; y < image.height; y++) {
    for (let x = 0; x < image.width; x++) {
      const i = (y * image.width + x) * 4;
      if (image.data[i + 1]! < 200 || y > taper) continue;
      const tooth = (x - at(13, 0)) / (TOOTH_IOD * iod);
      if (Math.abs(tooth - Math.round(tooth)) < 0.25) image.data.set(GUM, i);
    }
  }
  return { image, landmarks, iod };
}

test("between nearly shut lips own teeth are a row, not dashes", () => {
  const { image, landmarks, iod } = paintTaperedTeeth();
  const portrait = preparePortrait({ image, landmarks, rig: readRig() });
  const brightest = (mouth: Partial<MouthPose>) => {
    const out = createImage(image.width, image.height);
    copySource(image, out);
    const head = { yawDeg: 0, pitchDeg: 0, rollDeg: 0, x: 0, y: 0 };
    portrait.render(
      { mouth: { ...REST_POSE, ...mouth }, head, blinkLeft: 0, blinkRight: 0, brow: 0, smile: 0 },
      out,
    );
    const middle = landmarks.points[13 * 3]!;
    return Array.from({ length: Math.floor(0.5 * iod) }, (_, i) => {
      const x = Math.round(middle - 0.25 * iod) + i;
      let most = 0;
      for (let y = Math.round(landmarks.points[13 * 3 + 1]!); y < landmarks.points[14 * 3 + 1]!; y++) {
        most = Math.max(most, out.data[(y * image.width + x) * 4 + 1]!);
      }
      return most;
    });
  };
  // Risen to the middle of each column's own stretch of tooth, the darkest column had .72 of the brightest one's light;
  // without teeth that rise .54.
  for (const aperture of [0.12, 0.16, 0.2]) {
    const row = brightest({ aperture });
    expect(Math.min(...row) / Math.max(...row)).toBeGreaterThan(0.8);
  }
});
