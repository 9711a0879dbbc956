import fc from "fast-check";
import { expect, test } from "vitest";
import { mkdtemp, mkdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readJobSpec } from "../job/check-job.ts";
import * as z from "zod/mini";
import { openDataDir } from "../gateway/data-dir.ts";
import { ROW_FORM } from "./job-row.ts";
import { currentRow, ROW_STEPS } from "./migrate-row.ts";

/** A dialogue as the first release stored it. */
const FIRST = {
  id: "5f0c5f0e-5a3b-4c53-9a55-6a35a4e4c001",
  model: "lipsync-image-multi",
  inputs: {
    image: { file: "i" },
    left_audio: { file: "l" },
    right_audio: { url: "https://x.example/r.mp3" },
    mask_image: { file: "m" },
  },
  parameters: { resolution: "720p", order: "left_right", prompt: "calm" },
  seed: 42,
  warnings: ["w"],
  createdAt: 1,
  baseUrl: "http://localhost/api/v1",
  outputToken: "t",
  sequence: 3,
  revision: 9,
  state: "running",
  stage: "rendering",
  progress: 0.5,
  runner: "r",
  crashes: 1,
  error: "",
};

test("every form has its step", () => {
  expect(ROW_STEPS).toHaveLength(ROW_FORM - 1);
});

test("a row of the first release keeps all that it says, its request as one", () => {
  const { model, inputs, parameters, seed, ...rest } = FIRST;
  expect([model, seed, Object.keys(inputs).length, parameters.prompt]).toEqual([
    "lipsync-image-multi",
    42,
    4,
    "calm",
  ]);
  const row = currentRow(FIRST);
  expect(row).toEqual({
    ...rest,
    form: ROW_FORM,
    warnings: [{ code: "stored/sentence", values: { sentence: "w" } }],
    spec: {
      model: "lipsync-image-multi",
      formState: {
        image: { file: "i" },
        leftAudio: { file: "l" },
        rightAudio: { url: "https://x.example/r.mp3" },
        maskImage: { file: "m" },
        resolution: "720p",
        order: "left_right",
        prompt: "calm",
        seed: 42,
      },
    },
  });
  expect(currentRow(row)).toBe(row);
});

test("a row of the second form keeps its request and its sentences", () => {
  const spec = {
    model: "lipsync-image",
    formState: { image: { file: "i" }, audio: { file: "a" }, seed: 1 },
    format: "webm",
  };
  const second = {
    ...{ form: 2, id: FIRST.id, spec, createdAt: 1, baseUrl: "http://localhost/api/v1", outputToken: "t" },
    ...{ sequence: 3, revision: 9, state: "failed", stage: "queued", progress: 0, crashes: 0 },
    warnings: ["The picture is animated; its first frame is used.", "Something of one's own."],
    error: "No face.",
    errorCode: "input/no-face",
  };
  expect(currentRow(second)).toEqual({
    ...second,
    form: ROW_FORM,
    warnings: second.warnings.map((sentence) => ({ code: "stored/sentence", values: { sentence } })),
  });
});

test("whatever the first release accepted becomes a request that passes today's door", () => {
  const input = fc.oneof(fc.record({ file: fc.uuid() }), fc.record({ url: fc.webUrl() }));
  const parameters = fc.record(
    { resolution: fc.constantFrom("480p", "720p"), prompt: fc.string({ maxLength: 4000 }) },
    { requiredKeys: [] },
  );
  const row = fc.oneof(
    fc.record({
      model: fc.constant("lipsync-image"),
      inputs: fc.record(
        { image: input, audio: input, mask_image: input },
        { requiredKeys: ["image", "audio"] },
      ),
      parameters,
      seed: fc.maxSafeInteger(),
    }),
    fc.record({
      model: fc.constant("lipsync-video"),
      inputs: fc.record({ video: input, audio: input }),
      parameters,
      seed: fc.maxSafeInteger(),
    }),
  );
  fc.assert(
    fc.property(row, (stored) => {
      const { spec } = currentRow(stored);
      const checked = readJobSpec(spec, () =>
        z.union([z.object({ file: z.string() }), z.object({ url: z.string() })]),
      );
      expect(checked).toEqual({ ok: true, spec });
    }),
    { numRuns: 50 },
  );
});

test("a gateway's folder of the first release opens with its jobs", async () => {
  const folder = await mkdtemp(join(tmpdir(), "dudak-"));
  try {
    await mkdir(join(folder, "jobs"));
    await writeFile(join(folder, "jobs", `${FIRST.id}.json`), JSON.stringify(FIRST));
    const data = await openDataDir(folder);
    expect(await data.store.get(FIRST.id)).toEqual(currentRow(FIRST));
    await data.store.takeLease("n", 0);
    expect(await data.store.claim("n", 0)).toMatchObject({ id: FIRST.id, spec: { formState: { seed: 42 } } });
    await data.close();
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
