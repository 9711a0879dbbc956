import { afterEach, expect, test } from "vitest";
import { tone, wav } from "../test-media.ts";
import { FfmpegCore, inputPath, STREAM_PATH } from "./ffmpeg.ts";

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

test.each([
  ["is not there", "/nowhere/ffmpeg.worker.js"],
  ["is broken", "data:text/javascript,throw new Error('broken')"],
])("a worker's script that %s is codec/missing, and nothing hangs", async (_, script) => {
  await expect(FfmpegCore.start(undefined, script)).rejects.toMatchObject({ code: "codec/missing" });
});

test("bytes, blobs and outputs pass through, and the caller's bytes stay its own", async () => {
  const core = await FfmpegCore.start();
  try {
    const bytes = new Uint8Array(
      await wav({ sampleRateHz: 16_000, signal: tone(440), seconds: 1 }).arrayBuffer(),
    );
    const args = (name: string) => ["-i", name, "-f", "s16le", STREAM_PATH, "-y", "/copy.wav"];
    for (const data of [bytes, new Blob([bytes]), bytes]) {
      const streamed: Uint8Array<ArrayBuffer>[] = [];
      const input = { name: "tone.wav", data };
      const result = await core.run(
        { args: args(inputPath(input)), inputs: [input], outputs: ["/copy.wav", "/never.wav"] },
        {
          onData(part) {
            streamed.push(part);
            core.release(part.length);
          },
        },
      );
      expect(result.exitCode).toBe(0);
      expect(Object.keys(result.files)).toEqual(["/copy.wav"]);
      const samples = new Uint8Array(await new Blob(streamed).arrayBuffer());
      expect(samples).toEqual(bytes.slice(44));
      expect(result.files["/copy.wav"]!.slice(-samples.length)).toEqual(samples);
    }
    expect(bytes.length).toBe(44 + 32_000);
  } finally {
    core.terminate();
  }
});
