import { expect, test } from "vitest";
import { paintFace, readRig } from "../../../tests/fixtures/painted-face.ts";
import { ARTICULATORS, type MouthPiece } from "../../core/mouth.ts";
import { parsePrompt } from "../../job/prompt-style.ts";
import { openLivePortrait, type LivePortrait } from "./live-portrait.ts";
import { rgbaOf } from "../../media/planes/picture.ts";

const FPS = 25;
const { image, landmarks } = paintFace(360, 0);
const rig = readRig();

function open(): LivePortrait {
  const { width, height } = image;
  const { style } = parsePrompt("");
  const picture = { picture: image, width, height, bystanders: [], matte: null, fps: FPS, seed: 7 };
  return openLivePortrait({ ...picture, mask: null, landmarks, style }, rig);
}

/** Two seconds of a voice, as loud all the time, with a mouth that stays as it is. */
function voice(aperture: number): MouthPiece {
  const frames = 200;
  const articulation = new Float32Array(frames * ARTICULATORS.length);
  for (let i = 0; i < frames; i++) articulation[i * ARTICULATORS.length] = aperture;
  const level = () => new Float32Array(frames).fill(0.5);
  return { start: 0, final: frames, track: { frames, articulation, voice: level(), energy: level() } };
}

const drawn = (portrait: LivePortrait, clockSeconds: number, frame: number | null) =>
  rgbaOf(
    portrait.draw({ clockSeconds, speech: frame === null ? null : { utterance: 1, frame } }),
  ).data.slice();

test("a mouth that is silenced while it is wide open is at rest in the third frame, 80 ms later", () => {
  // The other one hears the same voice, so its head does the same.
  const [spoken, shut] = [open(), open()];
  spoken.addMouth(1, voice(0.9));
  shut.addMouth(1, voice(0));
  const before = [];
  for (let frame = 0; frame < 10; frame++) {
    before.push([drawn(spoken, frame / FPS, frame), drawn(shut, frame / FPS, frame)] as const);
  }
  const [lips, rest] = before.at(-1)!;
  expect(lips.some((value, i) => Math.abs(value - rest[i]!) > 40)).toBe(true);
  for (const late of [0.01, 0.05, 0.09]) {
    const clock = 9 / FPS + late;
    const [after, still] = [drawn(spoken, clock, null), drawn(shut, clock, null)];
    if (late > 0.08) expect(after.every((value, i) => value === still[i])).toBe(true);
  }
});
