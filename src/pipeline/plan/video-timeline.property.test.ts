import fc from "fast-check";
import { expect, test } from "vitest";
import { planTimeline, rangesOf } from "./video-timeline.ts";

/** Frames of lengths between 1 ms and half a second. */
const lengths = fc.array(fc.integer({ min: 1, max: 500 }), { minLength: 1, maxLength: 40 });
const duration = fc.integer({ min: 0, max: 20_000 }).map((ms) => ms / 1000);
const rate = fc.option(fc.constantFrom(12, 24, 25, 29.97, 60), { nil: null });

test("a timeline begins at 0, rises, ends just before its length, and never leaps over a frame", () => {
  fc.assert(
    fc.property(lengths, duration, rate, (frames, seconds, fps) => {
      const starts: number[] = [];
      let end = 0;
      for (const length of frames) {
        starts.push(end);
        end += length / 1000;
      }
      const plan = planTimeline(starts, end, seconds, fps);
      expect(plan.frames.length).toBe(plan.starts.length);
      expect([plan.frames[0], plan.starts[0]]).toEqual([0, 0]);
      for (let i = 1; i < plan.frames.length; i++) {
        expect(plan.starts[i]!).toBeGreaterThan(plan.starts[i - 1]!);
        expect(Math.abs(plan.frames[i]! - plan.frames[i - 1]!)).toBe(frames.length === 1 ? 0 : 1);
      }
      const last = plan.starts.at(-1)!;
      expect(last).toBeLessThan(Math.max(seconds, 1e-9));
      const longest = fps === null ? 0.5 : 1 / fps;
      expect(last).toBeGreaterThanOrEqual(seconds - longest - 0.0011);
    }),
  );
});

test("ranges name exactly the places that are true, and no two of them touch", () => {
  fc.assert(
    fc.property(fc.array(fc.boolean(), { maxLength: 60 }), (values) => {
      const ranges = rangesOf(values);
      const named = values.map((_, i) => ranges.some(([first, last]) => i >= first && i <= last));
      expect(named).toEqual(values);
      for (let i = 1; i < ranges.length; i++) expect(ranges[i]![0]).toBeGreaterThan(ranges[i - 1]![1] + 1);
    }),
  );
});
