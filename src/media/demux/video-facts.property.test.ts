import fc from "fast-check";
import { expect, test } from "vitest";
import { planesBytes, readVideoFacts } from "./video-facts.ts";

/** Numbers as a hostile header brings them into ffmpeg's log. */
const number = fc.oneof(
  fc.constantFrom("0", "1", "1k", "90k", "1000k", "999999999", "0.0001", "12800", "25"),
  fc.nat().map(String),
  fc.double({ min: 0, max: 1e12, noNaN: true }).map((value) => value.toFixed(2)),
);
const format = fc.constantFrom(
  "yuv420p(tv, bt709)",
  "yuv420p10le(tv, bt2020nc/bt2020/smpte2084)",
  "yuva444p12le",
  "yuvj422p(pc)",
  "gbrap",
  "none",
  "yuv420p(((,,",
);
const line = fc
  .tuple(format, number, number, number, number, number, number)
  .map(
    ([pixels, width, height, sar, fps, tbr, rate]) =>
      `  Stream #0:0: Video: h264, ${pixels}, ${width}x${height} [SAR ${sar}:1 DAR 1:1], ${rate} kb/s, ${fps} fps, ${tbr} tbr, 90k tbn`,
  );
const duration = fc
  .tuple(number, number)
  .map(([hours, start]) => `  Duration: ${hours}:00:00.00, start: ${start}, bitrate: 1 kb/s`);

test("whatever a header claims, the facts are numbers, the rate is one of frames, and planes stay within 32 MiB", () => {
  fc.assert(
    fc.property(fc.array(fc.oneof(line, duration, fc.string()), { maxLength: 6 }), (log) => {
      const facts = readVideoFacts(log);
      if (!facts) return;
      for (const value of [
        facts.width,
        facts.height,
        facts.durationSeconds,
        facts.startSeconds,
        facts.bitrate,
      ]) {
        expect(Number.isFinite(value)).toBe(true);
        expect(value).toBeGreaterThanOrEqual(0);
      }
      expect(facts.fps).toBeGreaterThanOrEqual(0.1);
      expect(facts.fps).toBeLessThanOrEqual(500);
      if (facts.planes) expect(planesBytes(facts.planes)).toBeLessThanOrEqual(32 * 2 ** 20);
    }),
  );
});
