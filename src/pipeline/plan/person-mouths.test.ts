import { expect, test } from "vitest";
import { ARTICULATORS, REST_POSE, type MouthPose } from "../../core/mouth.ts";
import type { AnalysedMouth } from "../../job/analysed-mouth.ts";
import { person } from "./lip-track-fixture.ts";
import { mouthAt } from "./mouth-at.ts";
import { personMouths, sameVoice, styledMouth, type PersonMouthsOptions } from "./person-mouths.ts";

const timbre = (difference: number) =>
  Float32Array.from({ length: 80 }, (_, band) => band / 40 - 1 + difference);
const voiceOf = (of: Float32Array<ArrayBuffer> | undefined): AnalysedMouth => ({
  ...{
    frames: 0,
    articulation: new Float32Array(0),
    voice: new Float32Array(0),
    energy: new Float32Array(0),
  },
  ...{ warnings: [], ...(of && { timbre: of }) },
});

test("a voice is the person's own where its timbre is", () => {
  const own = voiceOf(timbre(0));
  expect(sameVoice(own, voiceOf(timbre(0.3)))).toBe(1);
  expect(sameVoice(own, voiceOf(timbre(0.6)))).toBe(0);
  const between = sameVoice(own, voiceOf(timbre(0.46)));
  expect(between).toBeGreaterThan(0.2);
  expect(between).toBeLessThan(0.8);
  expect(sameVoice(own, voiceOf(undefined))).toBe(0);
});

/** Lips whose gap is a fifth of the aperture, and whose width says how they are stretched. */
const lips: PersonMouthsOptions["lips"] = {
  shapeOf: ({ aperture, stretch }) => ({
    gap: 0.2 * aperture,
    width: 0.4 + 0.1 * stretch,
    upper: 0.1,
    lower: 0.1,
  }),
  withLips: (mouth, gap, width) => ({ ...mouth, aperture: gap / 0.2, stretch: (width - 0.4) / 0.1 }),
};

test("own lips replace usual ones by the share that they are believed, and contacts stay", () => {
  const usual: MouthPose = { ...REST_POSE, aperture: 0.4, closure: 0.7, teeth: 0.2 };
  const own = { gap: 0.02, width: 0.45 };
  expect(styledMouth(lips, usual, own, 0).aperture).toBeCloseTo(0.4, 6);
  const half = styledMouth(lips, usual, own, 0.5);
  expect(half.aperture).toBeCloseTo(0.25, 6);
  expect(half.stretch).toBeCloseTo(0.25, 6);
  expect(half).toMatchObject({ closure: 0.7, teeth: 0.2 });
});

const FPS = 25;
const starts = Array.from({ length: 20 * FPS }, (_, frame) => frame / FPS);
const opening = (t: number) => Math.max(0, Math.sin(2 * Math.PI * (1.3 * t + 0.2 * Math.sin(t))));
const rounded = (t: number) => (Math.floor(1.3 * t + 0.2 * Math.sin(t)) % 2 === 0 ? 1 : 0);
const spoken: AnalysedMouth = (() => {
  const frames = 2000;
  const articulation = new Float32Array(frames * ARTICULATORS.length);
  for (let i = 0; i < frames; i++) {
    articulation[i * ARTICULATORS.length] = opening(i / 100);
    articulation[i * ARTICULATORS.length + ARTICULATORS.indexOf("round")] = rounded(i / 100);
  }
  const one = new Float32Array(frames).fill(1);
  return { frames, articulation, voice: one, energy: one, warnings: [], timbre: timbre(0) };
})();
/** A person who rounds with lips that are shut. */
const track = person(starts.map((t) => (rounded(t) ? 0 : 0.2 * opening(t))));

function mouths(voice: AnalysedMouth, own: AnalysedMouth | null, expressiveness = 1): number[] {
  const said = starts.map((t) => mouthAt(voice, expressiveness, FPS, t * FPS));
  const made = personMouths({
    ...{ track, lips, said, instants: starts, expressiveness, fps: FPS, voice, spoken: own },
    video: { fps: FPS, starts },
  });
  const middle = starts.flatMap((t, i) => (rounded(t) && opening(t) > 0.9 ? [made[i]!.aperture] : []));
  expect(middle.length).toBeGreaterThan(10);
  return [Math.max(...middle), Math.max(...made.map(({ aperture }) => aperture))];
}

test("the person's own voice moves the lips this person's way, another voice in the usual one", () => {
  const [own, widest] = mouths(spoken, spoken) as [number, number];
  const [other] = mouths({ ...spoken, timbre: timbre(1) }, spoken) as [number];
  const [untold] = mouths(spoken, null) as [number];
  expect(own).toBeLessThan(0.35);
  expect(other).toBeGreaterThan(0.6);
  expect(untold).toBe(other);
  expect((mouths(spoken, spoken, 0.5) as [number, number])[1]).toBeCloseTo(widest / 2, 2);
});
