import { afterEach, expect, test } from "vitest";
import type { LipSync } from "../../engine/lip-sync.ts";
import type { JobSpec } from "../../job/job-spec.ts";
import { forgetStorage } from "../../queue/store/test-storage.ts";
import { EMPTY_STATE, type PictureInput, type Preferences, type VoiceInput } from "./studio-state.ts";
import { loadPreferences } from "./preferences.ts";
import { openQueue, type Queue } from "./queue.ts";
import { createRendering } from "./rendering.ts";
import { createStore } from "./store.ts";

const REPORT = {
  ...{ width: 2, height: 2, fps: 25, frames: 1, durationSeconds: 0.04, backend: "wasm", encoder: "none" },
  ...{ faces: [], facelessRanges: [], mouthWidthPx: 0 },
};
const file = (name: string, type: string) => new File([name], name, { type });
const picture = {
  ...{ kind: "picture", file: file("me.png", "image/png"), url: "", width: 2, height: 2, faces: [{}] },
  ...{ chosen: 0, durationSeconds: 0, unseen: false, problem: null },
} as unknown as PictureInput;
const voice = {
  ...{ file: file("voice.wav", "audio/wav"), url: "", durationSeconds: 1, envelope: null, aperture: null },
  ...{ spans: null, warnings: [], problem: null },
} as unknown as VoiceInput;

let queue: Queue | undefined;
afterEach(async () => {
  await queue?.api.close();
  await forgetStorage();
});

/** The studio's way from Generate to the engine, with an engine that notes what it is asked for. */
async function studio() {
  let preferences: Preferences = { ...loadPreferences(), aiMark: true, lipModel: null, backend: "wasm" };
  const asked: JobSpec<Blob>[] = [];
  const gates: (() => void)[] = [];
  const run = async (spec: JobSpec<Blob>) => {
    asked.push(spec);
    await new Promise<void>((resolve) => gates.push(resolve));
    const output = new Blob([`film ${String(asked.length)}`], { type: `video/${spec.format ?? "mp4"}` });
    return { output, seed: spec.formState.seed!, warnings: [], timings: {}, report: REPORT };
  };
  const store = createStore({ ...EMPTY_STATE, picture, voices: [voice, null] as const });
  const rendering = createRendering({
    store,
    lipSync: { run } as unknown as LipSync,
    queue: () => Promise.resolve(queue!),
    preferences: () => preferences,
    setPreferences: (patch) => (preferences = { ...preferences, ...patch }),
    save: () => undefined,
    alone: (work) => work(),
    preview: (frame) => frame.close(),
  });
  queue = await openQueue(rendering.run, () => preferences);
  const change = (patch: Partial<Preferences>) => (preferences = { ...preferences, ...patch });
  return { store, rendering, queue, asked, gates, change };
}

test("what is chosen while a job waits does not change that job", async () => {
  const { store, rendering, queue: jobs, asked, gates, change } = await studio();
  const form = { image: picture.file, audio: voice.file };
  await jobs.submit({ model: "lipsync-image", formState: form });
  await expect.poll(() => asked.length).toBe(1);

  const generating = rendering.generate();
  await expect.poll(() => store.state.job?.id).toBeTruthy();
  change({ aiMark: false, backend: undefined, lipModel: { id: "own", name: "Own" } });
  store.update({ options: { ...store.state.options, resolution: "720p", prompt: "calm" } });
  gates[0]!();
  await expect.poll(() => asked.length).toBe(2);
  expect(asked[1]).toMatchObject({ aiMark: true, backend: "wasm", formState: { resolution: "480p" } });
  expect(asked[1]).not.toHaveProperty("lipModel");
  expect(asked[1]!.formState).not.toHaveProperty("prompt");
  gates[1]!();
  await generating;
  expect(store.state.failure).toBeNull();
});

test("the conversion to WebM is a job of the durable queue, with the result's own request and seed", async () => {
  const { store, rendering, queue: jobs, asked, gates, change } = await studio();
  const generating = rendering.generate();
  await expect.poll(() => gates.length).toBe(1);
  gates[0]!();
  await generating;
  change({ aiMark: false, lipModel: { id: "own", name: "Own" } });

  const converting = rendering.convert("webm");
  await expect.poll(() => gates.length).toBe(2);
  await expect.poll(() => jobs.rows().map(({ state }) => state)).toEqual(["running", "completed"]);
  gates[1]!();
  expect(await (await converting)!.text()).toBe("film 2");
  const [made, converted] = asked;
  expect(converted).toMatchObject({
    format: "webm",
    aiMark: true,
    formState: { seed: made!.formState.seed },
  });
  expect(converted).not.toHaveProperty("lipModel");
  expect(store.state.failure).toBeNull();
});
