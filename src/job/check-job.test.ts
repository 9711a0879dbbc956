import fc from "fast-check";
import { describe, expect, test } from "vitest";
import * as z from "zod/mini";
import { checkJobSpec, checkLive, readJobSpec } from "./check-job.ts";
import type { jobSpecSchema } from "./job-spec-schema.ts";
import type { JobSpec } from "./job-spec.ts";

const form = { image: "a.png", audio: "a.wav" };
const job = (more: object = {}, formState: object = form) => ({ model: "lipsync-image", formState, ...more });
const isText = (value: unknown): value is string => typeof value === "string";

test("the schema and the type say the same", () => {
  type Checked = z.output<ReturnType<typeof jobSpecSchema<Blob>>>;
  const schemaFitsType: Checked extends JobSpec<Blob> ? true : never = true;
  const typeFitsSchema: JobSpec<Blob> extends Checked ? true : never = true;
  expect([schemaFitsType, typeFitsSchema]).toEqual([true, true]);
});

test("a door's schema is made once", () => {
  let made = 0;
  const media = () => {
    made++;
    return z.string();
  };
  expect(readJobSpec(job(), media).ok).toBe(true);
  const first = made;
  expect(readJobSpec(job({ fps: 0 }), media).ok).toBe(false);
  expect(first).toBeGreaterThan(0);
  expect(made).toBe(first);
});

describe("a wrong field is named with what it may be and what was given", () => {
  test.each([
    [
      job({}, { ...form, resolution: "1080p" }),
      'resolution must be "480p", "720p" or "source", not "1080p".',
    ],
    [job({}, { ...form, resolution: 720 }), "resolution must be"],
    [job({}, { ...form, seed: 1.5 }), "seed must be a whole number, not 1.5."],
    [job({}, { ...form, seed: NaN }), "seed must be a whole number, not NaN."],
    [job({}, { ...form, prompt: 5 }), "prompt must be text, not 5."],
    [job({}, { ...form, prompt: "x".repeat(4001) }), "prompt must be at most 4000 characters long"],
    [job({ format: "avi" }), 'format must be "mp4" or "webm", not "avi".'],
    [job({ backend: "cuda" }), "backend must be"],
    [job({ encoder: "x264" }), "encoder must be"],
    [job({ fps: 0 }), "fps must be a number from 1 to 60, not 0."],
    [job({ fps: "25" }), "fps must be"],
    [job({ fps: NaN }), "fps must be"],
    [job({ maxSeconds: -1 }), "maxSeconds must be a number of seconds above 0, not -1."],
    [job({ segmentSeconds: 0 }), "segmentSeconds must be"],
    [job({ aiMark: "no" }), "aiMark must be true or false"],
    [job({ lipModel: {} }), "lipModel must name either a file or an installed model"],
    [job({ lipModel: { file: "a", installed: "b" } }), "lipModel must name either"],
    [job({ lipModel: { file: "a", manifest: [] } }), "lipModel.manifest must be"],
    [job({ lipModel: "a" }), "lipModel must be an object"],
    [job({ fps: { toString: null } }), "fps must be a number from 1 to 60, not [object Object]."],
    [job({ fps: Object.create(null) as object }), "fps must be a number from 1 to 60, not [object Object]."],
    [{ model: "lipsync-film", formState: form }, "model must be"],
  ])("%j", (given, sentence) => {
    expect(() => checkJobSpec(given)).toThrowError(
      expect.objectContaining({ code: "input/field", message: expect.stringContaining(sentence) as string }),
    );
  });

  test("the order of two voices", () => {
    const formState = { image: "a", leftAudio: "b", rightAudio: "c", order: "x" };
    expect(() => checkJobSpec({ model: "lipsync-image-multi", formState })).toThrowError(
      'order must be "meanwhile", "left_right" or "right_left", not "x".',
    );
  });
});

test.each([
  [job({ fps: 99 }, { image: "a" }), "audio"],
  [job({}, { ...form, audio: null }), "audio"],
  [job({}, { ...form, image: "" }), "image"],
  [job({}, {}), "image"],
  [{ model: "lipsync-image-multi", formState: { image: "a", leftAudio: "b" } }, "rightAudio"],
  [{ model: "lipsync-video", formState: form }, "video"],
])("an absent medium is told first: %j", (given, field) => {
  expect(() => checkJobSpec(given)).toThrowError(
    expect.objectContaining({ code: "input/missing", message: `${field} is missing.` }),
  );
  expect(() => checkJobSpec(given, { missing: (name) => `no ${name}` })).toThrowError(`no ${field}`);
});

test("what is refused stands in the error's details, for programs", () => {
  const refused = (details: object) => expect.objectContaining({ details }) as Error;
  expect(() => checkJobSpec(job({}, { ...form, resolution: 720 }))).toThrowError(
    refused({ field: "resolution", value: 720, allowed: ["480p", "720p", "source"] }),
  );
  expect(() => checkJobSpec(job({ fps: 0 }))).toThrowError(
    refused({ field: "fps", value: 0, limits: { least: 1, most: 60 } }),
  );
  expect(() => checkLive({}, {})).toThrowError(refused({ field: "image" }));
});

test("a medium of the wrong kind is a wrong field", () => {
  expect(() => checkJobSpec(job({}, { ...form, image: 5 }), { isMedia: isText })).toThrowError(
    "image must be a file or its address, not 5.",
  );
});

test("null is absent, and fields that the request does not know are left out", () => {
  const given = job({ format: null, toString: "x", lipModel: null }, { ...form, seed: null, colour: "red" });
  expect(checkJobSpec(given)).toEqual({ model: "lipsync-image", formState: form });
});

test("a live portrait is checked as a job is", () => {
  expect(checkLive({ image: "a", maskImage: null, seed: 3 }, { fps: 30, canvas: {} })).toEqual({
    image: "a",
    seed: 3,
  });
  expect(() => checkLive({}, {})).toThrowError("image is missing.");
  expect(() => checkLive({ image: "a" }, { fps: 0 })).toThrowError("fps must be a number from 1 to 60");
  expect(() => checkLive({ image: "a", resolution: "9p" }, {})).toThrowError("resolution must be");
});

test("every fault is told to a door that wants them all", () => {
  const given = job({ fps: 0 }, { audio: "a", resolution: "9p" });
  const checked = readJobSpec(given, () => z.string());
  const faults = checked.ok ? [] : checked.faults.map(({ field, given: value }) => [field, value]);
  expect(faults).toEqual([
    ["formState.image", undefined],
    ["formState.resolution", "9p"],
    ["fps", 0],
  ]);
});

test("whatever is sent, the answer is a right request or a coded refusal", () => {
  const model = fc.constantFrom("lipsync-image", "lipsync-image-multi", "lipsync-video", "x");
  const names = [
    "image",
    "audio",
    "leftAudio",
    "rightAudio",
    "video",
    "resolution",
    "order",
    "seed",
    "prompt",
  ];
  const value = fc.oneof(fc.constantFrom("480p", "meanwhile", "a.png", "", null, 25), fc.anything());
  const formState = fc.oneof(fc.dictionary(fc.constantFrom(...names), value), fc.anything());
  const settings = fc.dictionary(fc.constantFrom("fps", "format", "aiMark", "lipModel", "maxSeconds"), value);
  fc.assert(
    fc.property(model, formState, settings, (name, fields, rest) => {
      const given = { ...rest, model: name, formState: fields };
      let spec: JobSpec<string> | undefined;
      try {
        spec = checkJobSpec(given, { isMedia: isText });
      } catch (error) {
        expect((error as { code: string }).code).toMatch(/^input\/(field|missing)$/);
        return;
      }
      // What passed once passes unchanged: a row of the queue is as good as what came to the door.
      expect(checkJobSpec(spec, { isMedia: isText })).toEqual(spec);
      if (spec.fps !== undefined) expect(spec.fps >= 1 && spec.fps <= 60).toBe(true);
      if (spec.formState.seed !== undefined) expect(Number.isSafeInteger(spec.formState.seed)).toBe(true);
    }),
    { numRuns: 300 },
  );
});
