import { afterEach, expect, test } from "vitest";
import { FfmpegCore } from "./ffmpeg.ts";

const Native = window.Worker;
const workers: { ended: boolean }[] = [];

/** Counts the workers that were started and not ended. */
class CountedWorker extends Native {
  readonly state = { ended: false };

  constructor(url: string | URL, options?: WorkerOptions) {
    super(url, options);
    workers.push(this.state);
  }

  override terminate(): void {
    this.state.ended = true;
    super.terminate();
  }
}

afterEach(() => {
  window.Worker = Native;
  workers.length = 0;
});

test("a core serves more runs than one worker bears, and leaves none behind when it ends while it starts one", async () => {
  window.Worker = CountedWorker;
  const core = await FfmpegCore.start();
  const version = { args: ["-hide_banner", "-version"], inputs: [] };
  while (workers.length === 1) {
    const running = core.run(version);
    await Promise.resolve();
    if (workers.length === 1) expect((await running).exitCode).toBe(0);
    else {
      core.terminate();
      await expect(running).rejects.toMatchObject({ code: "job/cancelled" });
    }
  }
  expect(workers.map(({ ended }) => ended)).toEqual([true, true]);
  await expect(core.run(version)).rejects.toMatchObject({ code: "job/cancelled" });
});
