import { expect, test } from "vitest";
import { correlation } from "../../core/correlation.ts";
import { ARTICULATORS, type MouthTrack } from "../../core/mouth.ts";
import { person } from "./lip-track-fixture.ts";
import { learnSpeakingStyle, type SpeakingStyle } from "./speaking-style.ts";

const FPS = 25;
const SECONDS = 24;
const starts = Array.from({ length: SECONDS * FPS }, (_, frame) => frame / FPS);
const index = (name: (typeof ARTICULATORS)[number]) => ARTICULATORS.indexOf(name);

/** Syllables of unequal length; every third one is rounded; each seventh second is a pause. */
const syllable = (t: number) => 2.6 * t + 0.4 * Math.sin(1.7 * t);
const speaks = (t: number) => Math.floor(t) % 7 !== 0;
const opening = (t: number) => (speaks(t) ? Math.max(0, Math.sin(Math.PI * (syllable(t) % 1))) : 0);
const rounded = (t: number) => (speaks(t) && Math.floor(syllable(t)) % 3 === 0 ? 1 : 0);

const sound: MouthTrack = (() => {
  const frames = SECONDS * 100;
  const articulation = new Float32Array(frames * ARTICULATORS.length);
  for (let i = 0; i < frames; i++) {
    articulation[i * ARTICULATORS.length + index("aperture")] = opening(i / 100);
    articulation[i * ARTICULATORS.length + index("round")] = rounded(i / 100);
  }
  const voice = Float32Array.from({ length: frames }, (_, i) => (speaks(i / 100) ? 1 : 0));
  return { frames, articulation, voice, energy: voice };
})();

/** This person rounds with lips nearly shut and narrow, and opens 40 ms early. */
const gapOf = (t: number) => 0.2 * opening(t + 0.04) * (rounded(t) ? 0.3 : 1);
const widthOf = (t: number) => (rounded(t) ? 0.36 : 0.44);
const taught = (t: number) => t < 15;
const someone = person(starts.map(gapOf), starts.map(widthOf));
const learn = (track = someone, from = (frame: number) => taught(starts[frame]!)) =>
  learnSpeakingStyle(track, sound, FPS, starts, from);

const later = starts.filter((t) => !taught(t) && t < SECONDS - 0.3);
const lipsOf = (style: SpeakingStyle | null) => later.map((t) => style!.lipsAt(sound, t, FPS));

test("a person's own way to round and to open is learned, and holds where it was not seen", () => {
  const lips = lipsOf(learn());
  const r = correlation(
    lips.map(({ gap }) => gap),
    later.map(gapOf),
  );
  expect(correlation(later.map(opening), later.map(gapOf))).toBeLessThan(0.8);
  expect(r).toBeGreaterThan(0.9);
  expect(
    correlation(
      lips.map(({ width }) => width),
      later.map(widthOf),
    ),
  ).toBeGreaterThan(0.8);
  expect(Math.max(...lips.map(({ gap }) => gap))).toBeGreaterThan(0.15);
  expect(learn()!.trust).toBe(1);
});

test("lips rest where the person's do", () => {
  const style = learn()!;
  const pauses = later.filter((t) => !speaks(t) && !speaks(t - 0.3) && !speaks(t + 0.3));
  expect(pauses.length).toBeGreaterThan(5);
  for (const t of pauses) expect(style.lipsAt(sound, t, FPS).gap).toBe(0);
});

test("who moves the lips as everybody does, or by chance, or is hardly seen, has no style", () => {
  const same = person(starts.map((t) => 0.2 * opening(t)));
  expect(learn(same)?.trust ?? 0).toBe(0);
  const chance = person(starts.map((t) => 0.1 + 0.1 * Math.sin(977 * t * t)));
  expect(learn(chance)?.trust ?? 0).toBeLessThan(0.3);
  expect(learn(someone, (frame) => starts[frame]! < 7)).toBeNull();
  expect(learn(person(starts.map((t) => (t < 7 ? gapOf(t) : null))))).toBeNull();
});

test("a long video is learned from as well as a short one, at any rate of frames", () => {
  const many = Array.from({ length: 60 * SECONDS }, (_, frame) => frame / 60);
  const style = learnSpeakingStyle(person(many.map(gapOf), many.map(widthOf)), sound, 60, many, (frame) =>
    taught(many[frame]!),
  );
  const r = correlation(
    lipsOf(style).map(({ gap }) => gap),
    later.map(gapOf),
  );
  expect(r).toBeGreaterThan(0.9);
});
