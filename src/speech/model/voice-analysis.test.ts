import { describe, expect, test } from "vitest";
import { analyseVoice, CONTEXT_FRAMES, WINDOW_FRAMES, windows, type RunNetwork } from "./voice-analysis.ts";
import { MEL_BANDS, melFrames, SPEECH_RATE_HZ } from "../features/log-mel.ts";

/** A network whose outputs are moving means of its input, as wide as the real one sees. */
const movingMean: RunNetwork = ({ mel }) => {
  const frames = mel!.dims[1]!;
  const level = (i: number) => (i < 0 || i >= frames ? 0 : mel!.data[i * MEL_BANDS + 20]!);
  const at = (i: number) => {
    let sum = 0;
    for (let k = -CONTEXT_FRAMES + 2; k < CONTEXT_FRAMES - 2; k++) sum += level(i + k);
    return sum / (2 * CONTEXT_FRAMES);
  };
  const rows = Array.from({ length: frames }, (_, i) => at(i));
  const repeat = (width: number) => ({
    data: Float32Array.from({ length: frames * width }, (_, i) => rows[Math.floor(i / width)]!),
    dims: [1, frames, width],
  });
  return Promise.resolve({ controls: repeat(7), phones: repeat(26), voice: repeat(1), lips: repeat(3) });
};

const babble = (seconds: number) =>
  Float32Array.from(
    { length: seconds * SPEECH_RATE_HZ },
    (_, i) => Math.sin(i * 0.05) * Math.sin(i * 0.0007) * Math.sin(i * 0.00011) * 0.5,
  );

describe("windows", () => {
  test("cover each frame exactly once, start at even frames and are all of one size", () => {
    for (const frames of [1025, 1026, 1831, 1832, 1833, 5000, 12_345]) {
      const plan = windows(frames);
      let next = 0;
      for (const { start, end, keepFrom, keepTo } of plan) {
        expect(keepFrom).toBe(next);
        expect(start % 2).toBe(0);
        expect(end - start).toBe(WINDOW_FRAMES);
        if (start > 0) expect(keepFrom - start).toBeGreaterThanOrEqual(CONTEXT_FRAMES);
        if (end < frames) expect(end - keepTo).toBeGreaterThanOrEqual(CONTEXT_FRAMES);
        next = keepTo;
      }
      expect(next).toBe(frames);
    }
  });

  test("are one of an even size for a short recording", () => {
    expect(windows(3)).toEqual([{ start: 0, end: 4, keepFrom: 0, keepTo: 3 }]);
  });
});

describe("analysing a recording", () => {
  test("in windows gives what one run over the whole gives", async () => {
    // An even number of frames, so that the last window ends where the recording does.
    const pcm = babble(31).subarray(160);
    const plan = windows(melFrames(pcm.length));
    const pieces = new Float32Array(melFrames(pcm.length) * MEL_BANDS);
    let index = 0;
    const analysis = await analyseVoice((feeds) => {
      const { start, keepFrom, keepTo } = plan[index++]!;
      const kept = feeds["mel"]!.data.subarray((keepFrom - start) * MEL_BANDS, (keepTo - start) * MEL_BANDS);
      pieces.set(kept, keepFrom * MEL_BANDS);
      return movingMean(feeds);
    }, pcm);
    const whole = await movingMean({ mel: { data: pieces, dims: [1, analysis.frames, MEL_BANDS] } });
    const worst = analysis.voice.reduce(
      (most, x, i) => Math.max(most, Math.abs(x - whole["voice"]!.data[i]!)),
      0,
    );
    expect(worst).toBeLessThan(1e-4);
  });

  test("reports progress that never falls and ends at 1", async () => {
    const seen: number[] = [];
    await analyseVoice(movingMean, babble(25), { onProgress: (fraction) => seen.push(fraction) });
    expect(seen).toEqual([...seen].sort((a, b) => a - b));
    expect(seen.at(-1)).toBe(1);
  });

  test("stops between windows when it is cancelled", async () => {
    const controller = new AbortController();
    const cancelling: RunNetwork = (feeds) => {
      controller.abort();
      return movingMean(feeds);
    };
    await expect(analyseVoice(cancelling, babble(25), { signal: controller.signal })).rejects.toMatchObject({
      code: "job/cancelled",
    });
  });
});
