import { expect, test } from "vitest";
import type { MouthTrack } from "../../../src/core/mouth.ts";
import { createRandom } from "../../../src/core/random.ts";
import { wander } from "../../../src/render/idle-motion/wander.ts";
import people from "../../../tests/eval/idle/people.json";
import type { MotionClip, MotionFigures } from "./motion-figures.ts";
import { motionFigures } from "./motion-figures.ts";
import { spreadOf } from "./motion-table.ts";
import { traceOurs } from "./our-trace.ts";

const FPS = 25;
const FRAMES = 75;
const SPEECH = [0.5, 2.3] as const;

/** A sentence of 3 s as short as those of the people, its loudness wandering as a voice's syllables do. */
function sentence(seed: number): MotionClip {
  const frames = 300;
  const loud = wander(createRandom(seed, 1), frames, { sigma: 0.22, seconds: 0.12, softness: 0.1 });
  const speaks = (i: number) => i / 100 >= SPEECH[0] && i / 100 < SPEECH[1];
  const energy = loud.map((v, i) => (speaks(i) ? Math.min(1, Math.max(0.05, 0.55 + v)) : 0));
  const voice = energy.map((v) => (v > 0 ? 1 : 0));
  const track: MouthTrack = { frames, articulation: new Float32Array(frames * 7), voice, energy };
  const line = (at: (i: number) => number) => Array.from({ length: FRAMES }, (_, i) => at(i * 4));
  const tone = wander(createRandom(seed, 2), frames, { sigma: 2, seconds: 0.4, softness: 0.2 });
  return {
    face: traceOurs(track, seed, FPS, FRAMES),
    voice: { level: line((i) => 30 * energy[i]! - 50), pitch: line((i) => tone[i]!) },
    speech: SPEECH,
  };
}

/** What the tracker measures as truly of a picture of ours as it was asked for (docs/idle-motion.md). */
const TRULY_MEASURED = [
  "rollRange",
  "rollSpeed",
  "pitchRange",
  "pitchSpeed",
  "speakingSpeed",
  "nodLoudnessR",
  "browRange",
  "browRaises",
  "gazeXDeviation",
  "gazeYDeviation",
  "blinks",
  "blinkClosing",
  "blinkHalf",
  "blinkOpening",
  "blinksInSpeech",
] as const satisfies readonly (keyof MotionFigures)[];

test("our heads, brows, eyes and lids move within the spread of seven people", () => {
  const figures = motionFigures(Array.from({ length: 120 }, (_, i) => sentence(i + 1)));
  for (const key of TRULY_MEASURED) {
    const [least, , most] = spreadOf(people.speakers, key);
    expect(figures[key], key).toBeGreaterThanOrEqual(least);
    expect(figures[key], key).toBeLessThanOrEqual(most);
  }
});
