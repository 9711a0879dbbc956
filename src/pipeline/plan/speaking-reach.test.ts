import { expect, test } from "vitest";
import { person } from "./lip-track-fixture.ts";
import { reaching, speakingReach } from "./speaking-reach.ts";

/** Syllables of one height. */
const talk = (height: number, times = 20) =>
  Array.from({ length: times * 8 }, (_, i) => height * Math.sin((Math.PI * (i % 8)) / 8));
const mouths = talk(0.8).map((aperture) => ({ aperture }));

test("a person who hardly parts the lips goes on so, one who opens wide opens wide", () => {
  const usual = speakingReach(person(talk(0.8 * 0.235)), mouths);
  expect(usual).toBeCloseTo(1, 1);
  expect(speakingReach(person(talk(0.13)), mouths)).toBeLessThan(0.75);
  expect(speakingReach(person(talk(0.26)), mouths)).toBeGreaterThan(1.3);
});

test("neither a grin nor a yawn is a way to speak, and nothing is believed of a single syllable", () => {
  expect(speakingReach(person(new Array<number>(200).fill(0.1)), mouths)).toBe(1);
  expect(speakingReach(person([...new Array<number>(100).fill(0), ...talk(0.5, 1)]), mouths)).toBe(1);
  expect(speakingReach(person([]), mouths)).toBe(1);
  expect(
    speakingReach(
      person(talk(0.2)),
      talk(0).map((aperture) => ({ aperture })),
    ),
  ).toBe(1);
});

test("frames without the face say nothing, and no reach is believed beyond bounds", () => {
  const gone = talk(0.13).flatMap((gap) => [gap, null]);
  expect(speakingReach(person(gone), mouths)).toBe(speakingReach(person(talk(0.13)), mouths));
  expect(speakingReach(person(talk(0.6)), mouths)).toBe(1.5);
});

test("a wider mouth keeps its contacts and stays within its limits", () => {
  expect(reaching({ aperture: 0.4, closure: 1 }, 0.5)).toEqual({ aperture: 0.2, closure: 1 });
  const wider = [0, 0.2, 0.5, 0.9, 1].map((aperture) => reaching({ aperture }, 1.5).aperture);
  expect(wider[0]).toBe(0);
  expect(wider[1]).toBeCloseTo(0.28, 2);
  expect(wider.at(-1)).toBe(1);
  expect(wider).toEqual([...wider].sort((a, b) => a - b));
});
