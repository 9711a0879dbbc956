import { expect, test } from "vitest";
import { judgeResult } from "./judge-result.ts";
import { mouthFigures } from "./mouth-figures.ts";
import type { ResultOutcome } from "./run-results.ts";
import { loudness, SOUND_HZ, soundFigures } from "./sound-figures.ts";

/** A voice: noise in two parts, silence before, between and behind. */
function voice(): Float32Array {
  let seed = 1;
  const noise = () => {
    seed = (seed * 48_271) % 2_147_483_647;
    return seed / 2_147_483_647 - 0.5;
  };
  return Float32Array.from({ length: 4 * SOUND_HZ }, (_, i) => {
    const seconds = i / SOUND_HZ;
    const spoken = (seconds > 0.7 && seconds < 2.1) || (seconds > 2.7 && seconds < 3.7);
    return spoken ? noise() * (1 + 0.8 * Math.sin(20 * seconds)) : 0;
  });
}

const FPS = 25;
const frames = 4 * FPS;
/** A mouth that opens with the voice, so many frames later. */
const gapsOf = (late: number) => {
  const level = loudness(voice(), FPS, frames);
  return level.map((_, i) => 0.02 + 0.2 * (level[i - late] ?? 0));
};

const RIGHT: ResultOutcome = {
  given: { name: "voice.wav", role: "voice", fps: FPS, told: [] },
  told: [],
  sound: soundFigures(voice(), voice()),
  picture: { frames, fps: FPS, jitter: 0, seconds: 4, levels: 2, shift: 0 },
  mouth: mouthFigures(gapsOf(0), loudness(voice(), FPS, frames), FPS)!,
  tookSeconds: 1,
};
const outcome = (changed: Partial<ResultOutcome>): ResultOutcome => ({ ...RIGHT, ...changed });

test("a video that is as its voice has no fault", () => {
  expect(judgeResult(outcome({}))).toEqual([]);
});

test("a sound that comes late, breaks off or is quieter is found", () => {
  const late = new Float32Array([...new Float32Array(SOUND_HZ / 10), ...voice()]).subarray(0, 4 * SOUND_HZ);
  const figures = soundFigures(voice(), late);
  expect(figures.first!.lag).toBeCloseTo(0.1, 4);
  expect(judgeResult(outcome({ sound: figures })).join()).toContain("begins 100 ms late");
  const broken = voice().fill(0, 2 * SOUND_HZ);
  expect(judgeResult(outcome({ sound: soundFigures(voice(), broken) })).join()).toContain("ends otherwise");
  const quiet = voice().map((value) => value / 2);
  expect(soundFigures(voice(), quiet).gain).toBeCloseTo(-6.02, 1);
  expect(judgeResult(outcome({ sound: soundFigures(voice(), quiet) })).join()).toContain("-6.0 dB louder");
});

test("a mouth that is late, stays shut or moves in silence is found", () => {
  const level = loudness(voice(), FPS, frames);
  const late = mouthFigures(gapsOf(4), level, FPS)!;
  expect(late.lag).toBeCloseTo(0.16, 4);
  expect(judgeResult(outcome({ mouth: late })).join()).toContain("moves 160 ms late");
  const shut = mouthFigures(
    gapsOf(0).map((gap) => gap / 20),
    level,
    FPS,
  )!;
  expect(judgeResult(outcome({ mouth: shut }))).toEqual(["the mouth stays shut"]);
  const open = mouthFigures(
    gapsOf(0).map((gap) => gap + 0.2),
    level,
    FPS,
  )!;
  expect(judgeResult(outcome({ mouth: open }))).toEqual(["the mouth is open while nobody speaks"]);
});

test("frames that are missing or uneven, other colours and warnings are found", () => {
  const { picture, given } = RIGHT;
  for (const [changed, said] of [
    [{ picture: { ...picture!, frames: 90 } }, "90 of 100 frames"],
    [{ picture: { ...picture!, seconds: 3.9 } }, "longer than its voice"],
    [{ picture: { ...picture!, jitter: 0.01 } }, "uneven"],
    [{ picture: { ...picture!, levels: 30 } }, "colours 30"],
    [{ picture: { ...picture!, shift: 0.2 } }, "pictures 200 ms off"],
    [{ told: ["sound/damaged"] }, "told without need"],
    [{ given: { ...given, told: ["video/hdr"] } }, "not told: video/hdr"],
    [{ error: "codec/failed" }, "codec/failed"],
  ] as const)
    expect(judgeResult(outcome(changed)).join()).toContain(said);
});
