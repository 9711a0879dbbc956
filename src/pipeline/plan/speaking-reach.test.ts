import { expect, test } from "vitest";
import { TRACKED_VERTICES, type FaceTrack } from "../../core/face-track.ts";
import { reaching, speakingReach } from "./speaking-reach.ts";

const IOD = 100;

/** A person whose lips have these gaps in inter-ocular distances; a frame without one does not show the face. */
function person(gaps: readonly (number | null)[]): FaceTrack {
  const points = new Int16Array(gaps.length * TRACKED_VERTICES * 3);
  const presence = Float32Array.from(gaps, (gap) => (gap === null ? 0 : 1));
  gaps.forEach((gap, frame) => {
    const set = (vertex: number, x: number, y: number) =>
      points.set([x, y, 0], (frame * TRACKED_VERTICES + vertex) * 3);
    for (const vertex of [33, 133]) set(vertex, 0, 0);
    for (const vertex of [263, 362]) set(vertex, IOD, 0);
    for (const [upper, lower] of [
      [13, 14],
      [82, 87],
      [312, 317],
    ] as const) {
      set(upper, 50, 80);
      set(lower, 50, 80 + (gap ?? 0) * IOD);
    }
  });
  return { points, presence } as unknown as FaceTrack;
}

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
