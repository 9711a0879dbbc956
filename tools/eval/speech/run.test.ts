import { describe, expect, test } from "vitest";
import { ARTICULATORS } from "../../../src/core/mouth.ts";
import { emptyAnalysis, LIPS } from "../../../src/speech/model/voice-analysis.ts";
import { MEL_BANDS, melFrames, SPEECH_RATE_HZ } from "../../../src/speech/features/log-mel.ts";
import { shapeMouth } from "../../../src/speech/mouth-track/shape-mouth.ts";
import { noise, telephone, withNoise, reverberate, gain, VOICELESS } from "./degrade.ts";
import type { ClipLabels, Phone } from "./labels.ts";
import { speechReport } from "./report.ts";
import { evaluateSpeech, type SpeechEvalInput } from "./run.ts";

const WIDTH = ARTICULATORS.length;

/** Twelve seconds of "pa" and "ta" in turn, 0.4 s each, after a second of silence. */
const phones: Phone[] = [["", 0, 1]];
for (let i = 0; i < 28; i++) {
  const t = 1 + i * 0.4;
  phones.push([i % 3 === 0 ? "p" : "t", t, t + 0.1], ["a", t + 0.1, t + 0.4]);
}
const frames = melFrames(13 * SPEECH_RATE_HZ);
const truth = Array.from({ length: frames }, (_, i) => {
  const ipa = phones.find(([, start, end]) => i / 100 >= start && i / 100 < end)?.[0];
  return ipa === "a" ? 0.9 : ipa === "t" ? 0.3 : 0;
});
const labels: ClipLabels = {
  clip: "test",
  file: "test.flac",
  language: "en",
  source: "made here",
  group: "real test",
  spans: [[1, 12.2]],
  phones,
  aperture: truth,
};

/** A model that knows the truth when its clip is loud enough, and hears nothing in other sounds. */
const oracle: SpeechEvalInput["model"] = {
  analyse(pcm) {
    const n = melFrames(pcm.length);
    const known = n === frames;
    const heard = emptyAnalysis(n);
    heard.level.fill(-15);
    for (let i = 0; known && i < n; i++) {
      const speaking = i >= 100 && i < 1220;
      const closed = speaking && truth[i] === 0 ? 1 : 0;
      heard.controls[i * WIDTH] = truth[i]!;
      heard.controls[i * WIDTH + 3] = closed;
      heard.lips.set([truth[i]!, 0, closed], i * LIPS.length);
      heard.bilabial[i] = closed;
      heard.voice[i] = speaking ? 1 : 0;
      heard.level[i] = speaking ? -6 + truth[i]! : -15;
    }
    return Promise.resolve({ ...heard, timbre: new Float32Array(MEL_BANDS) });
  },
  shape: shapeMouth,
  mouthOf: async (pcm) => shapeMouth(await oracle.analyse(pcm)),
};

describe("evaluation", () => {
  const evaluate = () =>
    evaluateSpeech({
      model: oracle,
      clips: [labels, { ...labels, file: "elsewhere.wav" }],
      loadClip: ({ file }) =>
        Promise.resolve(file === "test.flac" ? new Float32Array(13 * SPEECH_RATE_HZ) : undefined),
    });

  test("gives a model that knows the truth full marks, and the controls far less", async () => {
    const { groups } = await evaluate();
    const { model, loudness, shuffled } = groups["real test"]!;
    expect(model.bilabials).toBe(10);
    expect(model.apertureR).toBeCloseTo(1, 3);
    expect([model.closureAuc, model.closureHits, model.closed25, model.falseClosed25]).toEqual([1, 1, 1, 0]);
    expect([model.offsetMs, model.silenceLeak]).toEqual([0, 0]);
    expect(shuffled.apertureR).toBeLessThan(0.5);
    expect(shuffled.closed25).toBeLessThan(0.9);
    expect(loudness.falseClosed25).toBeGreaterThanOrEqual(0);
  });

  test("degrades real voices, measures sounds without a voice and names absent files", async () => {
    const result = await evaluate();
    expect(Object.keys(result.robustness)).toContain("telephone (8 kHz, mu-law)");
    expect(result.robustness["Opus 12 kbit/s"]).toBeUndefined();
    expect(Object.values(result.voiceless)).toEqual([0, 0, 0, 0]);
    expect(result.absent).toEqual(["elsewhere.wav"]);
  });

  test("writes a table that names what was left out", async () => {
    const text = speechReport(await evaluate());
    expect(text).toContain("| aperture r against the truth, as heard | 1.000 |");
    expect(text).toContain("elsewhere.wav");
  });
});

describe("degradations", () => {
  const tone = (hertz: number) =>
    Float32Array.from(
      { length: SPEECH_RATE_HZ },
      (_, i) => 0.5 * Math.sin((2 * Math.PI * hertz * i) / SPEECH_RATE_HZ),
    );
  const power = (x: Float32Array) => x.reduce((sum, v) => sum + v * v, 0) / x.length;

  test("a telephone passes 1 kHz and stops 6 kHz", () => {
    // Companding to 8 bits leaves 38 dB, the filter's stop band 50 dB.
    expect(power(telephone(tone(1000)))).toBeCloseTo(power(tone(1000)), 2);
    expect(power(telephone(tone(6000)))).toBeLessThan(power(tone(6000)) * 1e-3);
  });

  test("noise lies at the distance that is asked for", () => {
    const pcm = tone(440);
    for (const kind of ["white", "pink"] as const) {
      const added = withNoise(pcm, kind, 20).map((x, i) => x - pcm[i]!);
      expect(10 * Math.log10(power(pcm) / power(added))).toBeCloseTo(20, 0);
    }
    expect(power(noise(8000, "pink"))).toBeCloseTo(1, 3);
  });

  test("a room rings on after the sound, gain scales", () => {
    const click = new Float32Array(SPEECH_RATE_HZ);
    click[0] = 1;
    const room = reverberate(click, 0.5);
    expect(power(room.subarray(10, 1000))).toBeGreaterThan(power(room.subarray(6000, 7000)));
    expect(gain(Float32Array.of(1), -20)[0]).toBeCloseTo(0.1, 5);
  });

  test("sounds without a voice are audible", () => {
    for (const make of Object.values(VOICELESS)) expect(power(make())).toBeGreaterThan(1e-7);
  });
});
