import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { melSpectrogram } from "./mel.ts";
import { WAV2LIP_MEL } from "../manifest/ready-manifests.ts";

interface Golden {
  readonly samples: number;
  readonly columns: number;
  readonly picked: Readonly<Record<string, readonly number[]>>;
}

const golden = JSON.parse(
  readFileSync(new URL("../../../models/lip-models/mel-golden.json", import.meta.url), "utf8"),
) as Golden;

/** The signal of models/lip-models/mel-golden.py. */
function goldenSignal(): Float32Array {
  const wave = new Float32Array(golden.samples);
  let state = 12345;
  for (let n = 0; n < wave.length; n++) {
    state = Number((1103515245n * BigInt(state) + 12345n) % 2147483648n);
    const t = n / 16000;
    const phase = 2 * Math.PI * (120 * t + 900 * t * t);
    const tone = 0.4 * Math.sin(phase) + 0.2 * Math.sin(2 * phase) + 0.1 * Math.sin(5 * phase);
    wave[n] = n >= 9000 && n < 11500 ? 0 : tone + 0.02 * (state / 2147483648 - 0.5);
  }
  return wave;
}

test("mel features agree with librosa's to 1e-3", () => {
  const mel = melSpectrogram(goldenSignal(), WAV2LIP_MEL);
  expect(mel.columns).toBe(golden.columns);
  let worst = 0;
  for (const [column, values] of Object.entries(golden.picked)) {
    for (const [band, value] of values.entries()) {
      worst = Math.max(worst, Math.abs(mel.data[Number(column) * 80 + band]! - value));
    }
  }
  // The largest error allowed by the issue; both sides round to single precision somewhere.
  expect(worst).toBeLessThan(1e-3);
});

test("silence is the lowest level everywhere", () => {
  const mel = melSpectrogram(new Float32Array(16000), WAV2LIP_MEL);
  expect(mel.data.every((value) => value === -4)).toBe(true);
});

test("another filter bank gives other features", () => {
  const slaney = melSpectrogram(goldenSignal(), WAV2LIP_MEL);
  const htk = melSpectrogram(goldenSignal(), { ...WAV2LIP_MEL, scale: "htk", norm: "none" });
  expect(htk.data.some((value, i) => Math.abs(value - slaney.data[i]!) > 0.5)).toBe(true);
});

test("a voice without samples or with broken ones is refused by code", () => {
  expect(() => melSpectrogram(new Float32Array(0), WAV2LIP_MEL)).toThrow(
    expect.objectContaining({ code: "input/audio-empty" }),
  );
  expect(() => melSpectrogram(Float32Array.of(0, Number.NaN), WAV2LIP_MEL)).toThrow(
    expect.objectContaining({ code: "input/audio" }),
  );
});
