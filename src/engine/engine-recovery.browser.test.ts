import { afterEach, expect, test } from "vitest";
import { fixture, shortVoice } from "../../tests/engine/media.ts";
import { createEngine } from "./engine.ts";
import type { EngineListeners } from "./engine-types.ts";

const Native = window.Worker;

/** Workers that were started and not ended, by name. */
class CountedWorker extends Native {
  static readonly alive = new Map<CountedWorker, string>();

  constructor(url: string | URL, options?: WorkerOptions) {
    super(url, options);
    CountedWorker.alive.set(this, options?.name ?? "");
  }

  override terminate(): void {
    CountedWorker.alive.delete(this);
    super.terminate();
  }
}

afterEach(() => {
  window.Worker = Native;
});

test.each(["dudak-render", "dudak-sound"])(
  "%s, which the browser ends in mid-job, fails the job with a code, the next one is done, and none is left over",
  async (doomed) => {
    window.Worker = CountedWorker;
    const { alive } = CountedWorker;
    const engine = createEngine();
    const image = await fixture("portrait.jpg");
    const run = async (seconds: number, listeners: EngineListeners = {}) => {
      const formState = { image, audio: await shortVoice(seconds) };
      return engine.run({ model: "lipsync-image", formState, backend: "wasm" }, listeners);
    };
    try {
      let ended = 0;
      // Long enough to be rendering still when the page hears of it.
      const first = run(10, {
        onProgress: ({ stage, stageProgress = 0 }) => {
          if (stage !== "rendering" || stageProgress === 0) return;
          for (const [worker, name] of alive) {
            // As the browser does it: without a word to the page.
            if (name === doomed && ++ended === 1) Native.prototype.terminate.call(worker);
          }
        },
      });
      await expect(first).rejects.toMatchObject({ code: "device/lost" });
      expect([...alive.values()]).not.toContain(doomed);
      expect((await run(1)).report.frames).toBeGreaterThan(20);
      expect([...alive.values()].sort()).toEqual([
        "dudak-inference",
        "dudak-media",
        "dudak-render",
        "dudak-sound",
      ]);
    } finally {
      engine.dispose();
    }
    expect(alive.size).toBe(0);
    await expect(engine.warmUp()).rejects.toMatchObject({ code: "job/cancelled" });
    const another = createEngine();
    const starting = another.warmUp();
    another.dispose();
    await expect(starting).rejects.toMatchObject({ code: "job/cancelled" });
    expect(alive.size).toBe(0);
  },
);

test.each(["dudak-inference", "dudak-media"])(
  "a video whose faces are being looked for fails with a code when %s is ended, and the next one is done",
  async (doomed) => {
    window.Worker = CountedWorker;
    const engine = createEngine();
    const video = await (await fetch(new URL("../../tests/fixtures/video/talk.mp4", import.meta.url))).blob();
    const run = async (listeners: EngineListeners = {}) => {
      const formState = { video, audio: await shortVoice(1) };
      return engine.run({ model: "lipsync-video", formState, backend: "wasm" }, listeners);
    };
    try {
      let ended = 0;
      const first = run({
        onProgress: ({ stage, stageProgress = 0 }) => {
          if (stage !== "finding faces" || stageProgress === 0) return;
          for (const [worker, name] of CountedWorker.alive) {
            if (name === doomed && ++ended === 1) Native.prototype.terminate.call(worker);
          }
        },
      });
      await expect(first).rejects.toMatchObject({ code: "device/lost" });
      expect((await run()).report.frames).toBeGreaterThan(20);
    } finally {
      engine.dispose();
    }
    expect(CountedWorker.alive.size).toBe(0);
  },
);
