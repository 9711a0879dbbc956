import { afterAll, expect, test, vi } from "vitest";
import { fixture, shortVoice } from "../../tests/engine/media.ts";
import { createEngine } from "./engine.ts";
import {
  createLipSync,
  type JobProgress,
  type JobWarning,
  type LipSync,
  type LiveSession,
  type LoadProgress,
} from "./lip-sync.ts";

// Its workers start with the first job that gets as far as the engine; none of these does.
const engine = createEngine();
const run = vi.spyOn(engine, "run");
const lipSync = createLipSync(engine);
afterAll(() => lipSync.dispose());

const image = new Blob(["picture"]);
const audio = new Blob(["voice"]);

test("what plain JavaScript gets wrong is refused before the engine is asked, by field", async () => {
  const wrong = [
    [lipSync.image({ image, audio, resolution: "9000p" as never }), "input/field", "resolution"],
    [lipSync.image({ image, audio }, { fps: -1 }), "input/field", "fps"],
    [lipSync.image({ audio } as never), "input/missing", "image"],
    [lipSync.dialogue({ image, audio } as never), "input/missing", "leftAudio"],
    [lipSync.live({} as never), "input/missing", "image"],
    [lipSync.live({ image }, { fps: 0 }), "input/field", "fps"],
    [lipSync.run({ model: "lipsync-film", formState: {} } as never), "input/field", "model"],
  ] as const;
  for (const [job, code, field] of wrong) {
    const error = { code, message: expect.stringContaining(field) as string };
    await expect(job).rejects.toMatchObject(error);
  }
  expect(run).not.toHaveBeenCalled();
});

test("names of the wire mean the same as those of JavaScript, and media are fetched only for a request that is right", async () => {
  run.mockResolvedValueOnce({} as never);
  const mask = new Blob(["mask"]);
  await lipSync.dialogue({ image, left_audio: audio, right_audio: audio, mask_image: mask } as never);
  expect(run.mock.lastCall![0]).toEqual({
    model: "lipsync-image-multi",
    formState: { image, leftAudio: audio, rightAudio: audio, maskImage: mask },
  });
  run.mockClear();
  const fetched = vi.spyOn(globalThis, "fetch");
  const wrong = lipSync.image({ image: "/a.jpg", audio: "/a.mp3" }, { format: "avi" as never });
  await expect(wrong).rejects.toMatchObject({ code: "input/field" });
  expect(fetched).not.toHaveBeenCalled();
});

test("a job has catch and finally, as promises have", async () => {
  const job = lipSync.video({} as never);
  const ended = vi.fn();
  expect(await job.finally(ended).catch((error: { code: string }) => error.code)).toBe("input/missing");
  expect(await job.catch((error: { code: string }) => error.code)).toBe("input/missing");
  expect(ended).toHaveBeenCalledOnce();
});

test("one job: onProgress is told everything, the iterator the newest; a listener that fails harms nothing", async () => {
  const reported = vi.fn();
  const onError = (event: ErrorEvent) => {
    event.preventDefault();
    reported(event.error);
  };
  addEventListener("error", onError);
  await using lipSync = createLipSync();
  const told: JobProgress[] = [];
  const request = {
    model: "lipsync-image",
    formState: { image: await fixture("portrait.jpg"), audio: await shortVoice(1), prompt: "calm, xyzzy" },
    backend: "wasm",
  } as const;
  const previews: number[] = [];
  const warned: JobWarning[] = [];
  const job = lipSync.run(request, {
    onWarning: (warning) => warned.push(warning),
    onProgress: (progress) => told.push(progress),
    onPreview(frame) {
      previews.push(frame.width);
      frame.close();
      throw new Error("a listener of the page failed");
    },
  });
  const read: JobProgress[] = [];
  for await (const progress of job) {
    read.push(progress);
    // A slow reader.
    await new Promise((resolve) => setTimeout(resolve, 300));
  }
  const { output, report, warnings } = await job;
  expect(warned).toContainEqual(
    expect.objectContaining({ code: "prompt/unknown", values: { words: "xyzzy" } }),
  );
  expect(warned).toEqual(warnings);
  removeEventListener("error", onError);
  expect(output.type).toBe("video/mp4");
  expect(report.backend).toBe("wasm");
  const shares = told.map(({ progress }) => progress);
  expect(shares).toEqual(shares.toSorted((a, b) => a - b));
  expect(told.at(-1)).toMatchObject({ stage: "done", progress: 1 });
  expect(read.length).toBeLessThan(told.length);
  expect(read.every((progress) => told.includes(progress))).toBe(true);
  expect(read.at(-1)).toBe(told.at(-1));
  expect(previews.length).toBeGreaterThan(0);
  expect(reported).toHaveBeenCalledTimes(previews.length);
});

test("a signal ends whatever was asked for, before it begins and under way", async () => {
  await using lipSync = createLipSync();
  const picture = await fixture("portrait.jpg");
  const signal = AbortSignal.abort();
  const cancelled = { code: "job/cancelled" };
  await expect(lipSync.analysePicture(picture, { signal })).rejects.toMatchObject(cancelled);
  await expect(lipSync.analyseVoice("voice.mp3", { signal })).rejects.toMatchObject(cancelled);
  await expect(lipSync.warmUp({ signal })).rejects.toMatchObject(cancelled);
  await expect(lipSync.inspectModel(new Blob(), { signal })).rejects.toMatchObject(cancelled);
  await expect(lipSync.previewGif(picture, { signal })).rejects.toMatchObject(cancelled);
  await expect(lipSync.live({ image: picture }, { signal })).rejects.toMatchObject(cancelled);
  await expect(lipSync.image({ image: picture, audio }, { signal })).rejects.toMatchObject(cancelled);

  const controller = new AbortController();
  const looking = lipSync.analysePicture(picture, { signal: controller.signal });
  setTimeout(() => controller.abort(), 20);
  await expect(looking).rejects.toMatchObject(cancelled);
  // The engine itself goes on to be of use.
  const { faces } = await lipSync.analysePicture(picture);
  expect(faces).toHaveLength(1);
});

test("an address that does not answer is input/fetch", async () => {
  const job = lipSync.image({ image: "http://127.0.0.1:1/nowhere.jpg", audio });
  await expect(job).rejects.toMatchObject({ code: "input/fetch" });
});

test("the engine and a live session end with the block that uses them", async () => {
  let used: LipSync;
  let face: LiveSession;
  {
    await using lipSync = createLipSync();
    used = lipSync;
    await using live = await lipSync.live({ image: await fixture("portrait.jpg") });
    face = live;
    expect(live.canvas.width).toBeGreaterThan(0);
  }
  expect(() => face.speak(audio)).toThrowError(expect.objectContaining({ code: "input/field" }));
  await expect(used.warmUp()).rejects.toMatchObject({ code: "job/cancelled" });
});

test("warming up tells how many bytes of models and WebAssembly are there, once they are there all at once", async () => {
  await using lipSync = createLipSync();
  const told: LoadProgress[] = [];
  await lipSync.warmUp({ backend: "wasm", onProgress: (progress) => told.push(progress) });
  const loaded = told.map(({ loadedBytes }) => loadedBytes);
  const [{ totalBytes } = { totalBytes: 0 }] = told;
  // onnxruntime's WebAssembly alone has 14 MB.
  expect(totalBytes).toBeGreaterThan(15e6);
  expect(told.every((progress) => progress.totalBytes === totalBytes)).toBe(true);
  expect(loaded).toEqual(loaded.toSorted((a, b) => a - b));
  expect(loaded[0]).toBe(0);
  expect(loaded.at(-1)).toBe(totalBytes);
  expect(loaded.some((bytes) => bytes > 0 && bytes < totalBytes)).toBe(true);
  // What is counted comes to the total by itself, but for the last piece, which may not have been told.
  expect(loaded.at(-2)).toBeGreaterThan(0.8 * totalBytes);

  const again: LoadProgress[] = [];
  await lipSync.warmUp({ backend: "wasm", onProgress: (progress) => again.push(progress) });
  expect(again.at(-1)).toEqual({ loadedBytes: totalBytes, totalBytes });
});
