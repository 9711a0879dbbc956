import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createEngine } from "../../src/engine/engine.ts";
import twoPeopleUrl from "../fixtures/two-people.jpg?url";
import talkUrl from "../fixtures/video/talk.mp4?url";
import { fixture, silence } from "./media.ts";
import { NO_PEOPLE, PEOPLE, personsVoice } from "./people-voices.ts";
import {
  following,
  type Following,
  gapsIn,
  knownVoice,
  picturesOf,
  soundLag,
  type KnownVoice,
} from "./measured-lips.ts";

// What a viewer sees and hears: finished files are decoded, and lips are measured in their pixels.

/**
 * Lips are at most so late or early, in seconds: the measure's own 20 ms (one of the synthesised voices, in portraits and
 * videos alike) and a step of its 10. A frame more, 40 ms, is seen.
 */
const LAG_SECONDS = 0.031;
/**
 * Lips nearer than this, in distances of the eyes' corners, are shut; talking ones open to 0.1 and more. What is left
 * is the landmarker's error: 0.002 on a portrait of 480 lines, 0.022 on a video of 240.
 */
const SHUT = { portrait: 0.01, video: 0.03 };

const engine = createEngine();
afterAll(() => engine.dispose());

const load = async (url: string) => (await fetch(url)).blob();

let voice: KnownVoice;
beforeAll(async () => {
  voice = await knownVoice(["upc_ca_ona_hts-1", "upc_ca_ona_hts-2"], 0, 3.5);
});

/**
 * Lips follow a voice: by shape, and in time with the sound of the same file. A synthesised voice's exact aperture is a
 * rule's, and drawn lips move as people's do (front vowels open wider, rounded ones less, lips part before a phrase), so
 * r is lower than a rule's own lips would have. Beside the lips of the person who speaks it is higher.
 */
function expectFollowing({ r, lag }: Following, soundLate: number, least: number): void {
  expect(r).toBeGreaterThanOrEqual(least);
  expect(Math.abs(lag - soundLate)).toBeLessThanOrEqual(LAG_SECONDS);
}

describe.skipIf(PEOPLE.length === 0)(`beside real speakers' own lips (else skipped: ${NO_PEOPLE})`, () => {
  test.for(PEOPLE)("the lips of a portrait follow %s", async (clip) => {
    const person = await personsVoice(clip);
    const formState = { image: await fixture("portrait.jpg"), audio: person.file, seed: 1 };
    const { output } = await engine.run({ model: "lipsync-image", formState, backend: "wasm" });
    const pictures = await picturesOf(output);
    const [gaps] = await gapsIn(pictures);
    expectFollowing(following(gaps!, pictures, person), await soundLag(output, person), 0.8);
  });
});

test("the lips of a portrait follow its voice", async () => {
  const formState = { image: await fixture("portrait.jpg"), audio: voice.file, seed: 1 };
  const { output } = await engine.run({ model: "lipsync-image", formState, backend: "wasm" });
  const pictures = await picturesOf(output);
  const [gaps] = await gapsIn(pictures);
  expectFollowing(following(gaps!, pictures, voice), await soundLag(output, voice), 0.68);
});

test("the lips of a video follow its new voice", async () => {
  const formState = { video: await load(talkUrl), audio: voice.file, seed: 1 };
  const { output } = await engine.run({ model: "lipsync-video", formState, backend: "wasm" });
  const pictures = await picturesOf(output);
  const [gaps] = await gapsIn(pictures);
  expectFollowing(following(gaps!, pictures, voice), await soundLag(output, voice), 0.6);
});

test("in a dialogue each person's lips follow the own voice and not the other's", async () => {
  const left = await knownVoice(["upc_ca_ona_hts-1"], 0, 2.58);
  const right = await knownVoice(["espeak-fi-3"], 1.28, 3.88);
  const { output } = await engine.run({
    model: "lipsync-image-multi",
    formState: {
      image: await load(twoPeopleUrl),
      leftAudio: left.file,
      rightAudio: right.file,
      order: "meanwhile",
      seed: 1,
    },
    backend: "wasm",
  });
  const pictures = await picturesOf(output);
  const gaps = await gapsIn(pictures, 2);
  for (const [face, own, other] of [
    [gaps[0]!, left, right],
    [gaps[1]!, right, left],
  ] as const) {
    expectFollowing(following(face, pictures, own), 0, 0.78);
    expect(following(face, pictures, other).r).toBeLessThan(0.5);
  }
});

test("silence shuts the mouth of a portrait, and of a video whose own mouth speaks", async () => {
  const [image, video, audio] = [await fixture("portrait.jpg"), await load(talkUrl), silence(1)];
  const portrait = await engine.run({
    model: "lipsync-image",
    formState: { image, audio, seed: 1 },
    backend: "wasm",
  });
  expect(portrait.warnings.map(({ code }) => code)).toContain("voice/unheard");
  const dubbed = await engine.run({
    model: "lipsync-video",
    formState: { video, audio, seed: 1 },
    backend: "wasm",
  });
  const widest = async (movie: Blob) => Math.max(...(await gapsIn(await picturesOf(movie)))[0]!);
  expect(await widest(video)).toBeGreaterThan(5 * SHUT.video);
  expect(await widest(portrait.output)).toBeLessThan(SHUT.portrait);
  expect(await widest(dubbed.output)).toBeLessThan(SHUT.video);
});
