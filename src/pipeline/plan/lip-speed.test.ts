import { expect, test } from "vitest";
import { REST_POSE, type MouthPose } from "../../core/mouth.ts";
import { limitLipSpeed } from "./lip-speed.ts";

/** Lips whose gap is their aperture, or nothing while the lower one is on the teeth. */
const lips = {
  shapeOf: ({ aperture, labiodental }: MouthPose) => ({
    gap: 0.2 * aperture * (1 - labiodental),
    width: 0.8,
    upper: 0.1,
    lower: 0.1,
  }),
  withLips: (mouth: MouthPose, gap: number) => ({ ...mouth, aperture: gap / 0.2 }),
};
const mouth = (aperture: number, more: Partial<MouthPose> = {}): MouthPose => ({
  ...REST_POSE,
  aperture,
  ...more,
});
const gapsOf = (mouths: readonly MouthPose[]) => mouths.map((one) => lips.shapeOf(one).gap);

test("lips that leave an f do not stand wide open a frame later, nor are they wide open a frame before", () => {
  const bite = mouth(1, { labiodental: 1 });
  const said = [mouth(1), mouth(1), mouth(1), bite, bite, mouth(1), mouth(1), mouth(1)];
  const shown = limitLipSpeed(said, lips, 25);
  const gaps = gapsOf(shown);
  // 16 reaches a second are .64 of .2 in 40 ms.
  [0.2, 0.2, 0.128, 0, 0, 0.128, 0.2, 0.2].forEach((gap, i) => expect(gaps[i]).toBeCloseTo(gap, 6));
  expect(shown[3]).toBe(bite);
});

test("at twice the frames a second lips go half as far in a frame", () => {
  const said = [mouth(0), mouth(1), mouth(1), mouth(1), mouth(1)];
  expect(gapsOf(limitLipSpeed(said, lips, 50))[1]).toBeCloseTo(0.064, 6);
});

test("what lips can do stays as it is", () => {
  const said = [0, 0.5, 1, 0.6, 0.1, 0].map((aperture) => mouth(aperture));
  expect(limitLipSpeed(said, lips, 25)).toEqual(said);
  expect(limitLipSpeed([], lips, 25)).toEqual([]);
});
