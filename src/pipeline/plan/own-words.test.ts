import { expect, test } from "vitest";
import { ARTICULATORS, type MouthTrack } from "../../core/mouth.ts";
import { person } from "./lip-track-fixture.ts";
import { ownWords } from "./own-words.ts";

const FPS = 25;
const SECONDS = 4;
const starts = Array.from({ length: SECONDS * FPS }, (_, frame) => frame / FPS);
/** Openings over time: syllables of unequal length. */
const opening = (seconds: number) => Math.max(0, Math.sin(2 * Math.PI * (3 * seconds + Math.sin(seconds))));

/** A sound whose apertures are these, and which says f in its first second. */
function sound(apertureAt: (seconds: number) => number): MouthTrack {
  const frames = SECONDS * 100;
  const articulation = new Float32Array(frames * ARTICULATORS.length);
  for (let i = 0; i < frames; i++) {
    articulation[i * ARTICULATORS.length + ARTICULATORS.indexOf("aperture")] = apertureAt(i / 100);
    articulation[i * ARTICULATORS.length + ARTICULATORS.indexOf("labiodental")] = i < 100 ? 1 : 0;
  }
  return { frames, articulation, voice: new Float32Array(frames), energy: new Float32Array(frames) };
}

test("lips that follow the sound say what it says, each frame at its own instant", () => {
  const said = ownWords(person(starts.map((t) => 0.2 * opening(t))), sound(opening), FPS, starts)!;
  expect(said(10).labiodental).toBe(1);
  expect(said(60).labiodental).toBe(0);
  expect(said(60).aperture).toBeCloseTo(opening(60 / FPS), 5);
});

test("somebody else's sound, silence and a face that is hardly seen tell nothing", () => {
  const lips = person(starts.map((t) => 0.2 * opening(t)));
  expect(ownWords(lips, null, FPS, starts)).toBeNull();
  expect(
    ownWords(
      lips,
      sound(() => 0),
      FPS,
      starts,
    ),
  ).toBeNull();
  expect(
    ownWords(
      lips,
      sound((t) => opening(1.37 * t + 0.4)),
      FPS,
      starts,
    ),
  ).toBeNull();
  const glimpse = person(starts.map((t, frame) => (frame < 12 ? 0.2 * opening(t) : null)));
  expect(ownWords(glimpse, sound(opening), FPS, starts)).toBeNull();
});
