import { expect, test } from "vitest";
import { paintFace, readRig } from "../../../tests/fixtures/painted-face.ts";
import { createImage, type RgbaImage } from "../../core/image.ts";
import { REST_POSE, type MouthPose } from "../../core/mouth.ts";
import { copySource, preparePortrait } from "../portrait/portrait.ts";

const HEAD = { yawDeg: 0, pitchDeg: 0, rollDeg: 0, x: 0, y: 0 };
const FACE = { blinkLeft: 0, blinkRight: 0, brow: 0, smile: 0 };
/** A corner of the mouth as pictures have it, redder than the lips. */
const SORE = [215, 40, 35] as const;

test("beside a round opening the seam of the lips is no red line", () => {
  const { image, landmarks, iod } = paintFace();
  const at = (v: number, axis: number) => landmarks.points[v * 3 + axis]!;
  const sore: RgbaImage = { ...image, data: image.data.slice() };
  for (const corner of [78, 308]) {
    const toMiddle = Math.sign(at(13, 0) - at(corner, 0));
    for (let along = 0; along < 0.12 * iod; along++) {
      const x = Math.round(at(corner, 0) + toMiddle * along);
      for (let y = Math.round(at(corner, 1)) - 1; y <= at(corner, 1) + 1; y++) {
        sore.data.set(SORE, (y * sore.width + x) * 4);
      }
    }
  }
  const portrait = preparePortrait({ image: sore, landmarks, rig: readRig() });
  /** Pixels as red as the painted corners. */
  const sores = (mouth: Partial<MouthPose>) => {
    const out = createImage(sore.width, sore.height);
    copySource(sore, out);
    portrait.render({ mouth: { ...REST_POSE, ...mouth }, head: HEAD, ...FACE }, out);
    let count = 0;
    for (let i = 0; i < out.data.length; i += 4) if (out.data[i]! - out.data[i + 1]! > 130) count++;
    return count;
  };
  // At rest the picture is its own; without shade 51 of 52 are as red beside a round opening.
  const own = sores({});
  expect(own).toBeGreaterThan(50);
  expect(sores({ aperture: 0.4, round: 0.8 })).toBeLessThan(0.65 * own);
});
