import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { LogMel, MEL_BANDS, melFrames, SPEECH_RATE_HZ } from "./log-mel.ts";
import { MelStatisticsCollector } from "./mel-statistics.ts";

interface Golden {
  frames: number;
  rows: Record<string, number[]>;
  mean: number[];
  deviation: number[];
}
const golden = JSON.parse(
  readFileSync(new URL("../../../tests/fixtures/speech/log-mel.json", import.meta.url), "utf8"),
) as Golden;

/** The signal of models/speech/golden.py. */
const signal = () =>
  Float32Array.from({ length: SPEECH_RATE_HZ }, (_, i) => {
    const t = i / SPEECH_RATE_HZ;
    if (t >= 0.8) return 0;
    return (
      0.3 * t * Math.sin(2 * Math.PI * (200 * t + 900 * t * t)) + 0.02 * Math.sin(2 * Math.PI * 3000 * t)
    );
  });

const worst = (a: ArrayLike<number>, b: ArrayLike<number>) =>
  Array.from(a).reduce((most, x, i) => Math.max(most, Math.abs(x - b[i]!)), 0);

describe("log-mel energies", () => {
  test("are those of the reference that the network learned from", () => {
    const mel = new LogMel(signal());
    expect(mel.frames).toBe(golden.frames);
    const all = mel.read(0, mel.frames);
    for (const [row, expected] of Object.entries(golden.rows)) {
      const got = all.subarray(Number(row) * MEL_BANDS, (Number(row) + 1) * MEL_BANDS);
      // 0.01 neper: the reference transforms in single precision; below -16 nepers its rounding is all there is.
      const audible = expected.map((value, band) => (value > -16 ? got[band]! : value));
      expect(worst(audible, expected), `row ${row}`).toBeLessThan(0.01);
    }
  });

  test("are the same whether read at once or in pieces of odd size", () => {
    const mel = new LogMel(signal());
    const whole = mel.read(0, mel.frames);
    const pieces = [mel.read(0, 7), mel.read(7, 1), mel.read(8, mel.frames - 8)].flatMap((part) => [...part]);
    expect(worst(pieces, whole)).toBeLessThan(1e-4);
  });

  test("are silence outside the recording", () => {
    const outside = new LogMel(signal()).read(200, 2);
    expect(Math.max(...outside)).toBeLessThan(-23);
  });

  test("take a constant offset and samples that are no numbers for silence", () => {
    const clean = signal();
    const broken = clean.map((x) => x + 0.2);
    for (let i = 13_000; i < 13_100; i++) broken[i] = i % 2 ? Number.NaN : Number.POSITIVE_INFINITY;
    const mel = new LogMel(broken).read(40, 1);
    // The mean of the clean signal is not quite 0, hence the tolerance.
    expect(worst(mel, new LogMel(clean).read(40, 1))).toBeLessThan(0.05);
    expect([...new LogMel(broken).read(0, 101)].every(Number.isFinite)).toBe(true);
  });

  test("count one frame per 10 ms and one for a recording of no length", () => {
    expect([0, 1, 159, 160, SPEECH_RATE_HZ].map(melFrames)).toEqual([1, 1, 1, 2, 101]);
  });
});

describe("statistics of a recording", () => {
  test("are those of the reference, collected in pieces", () => {
    const mel = new LogMel(signal());
    const collector = new MelStatisticsCollector(mel.frames);
    for (let first = 0; first < mel.frames; first += 10) {
      collector.add(mel.read(first, Math.min(10, mel.frames - first)));
    }
    const { mean, deviation, level } = collector.finish();
    // 0.1 neper: frames are sorted by loudness in steps of 0.05.
    expect(worst(mean, golden.mean)).toBeLessThan(0.1);
    expect(worst(deviation, golden.deviation)).toBeLessThan(0.1);
    expect(level).toHaveLength(golden.frames);
  });
});
