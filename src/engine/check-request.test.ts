import { expect, test } from "vitest";
import { checkMedia, checkSettings } from "./check-request.ts";

test.each([
  { resolution: "9000p" },
  { resolution: 720 },
  { order: "left" },
  { format: "avi" },
  { backend: "cuda" },
  { encoder: "x264" },
  { fps: 0 },
  { fps: "25" },
  { fps: NaN },
  { maxSeconds: -1 },
  { prompt: 5 },
])("%j is a wrong field", (settings) => {
  const [field] = Object.keys(settings);
  expect(() => checkSettings(settings)).toThrowError(
    expect.objectContaining({ code: "input/field", message: expect.stringContaining(field!) as string }),
  );
});

test("settings that are right, absent or unknown pass", () => {
  const right = { resolution: "source", order: "left_right", format: "webm", fps: 29.97, maxSeconds: 5 };
  expect(() => checkSettings({ ...right, prompt: "", backend: undefined, encoder: null })).not.toThrow();
  expect(() => checkSettings({ image: new Blob(), toString: "x", constructor: 5 })).not.toThrow();
});

test("the first medium that is absent is named", () => {
  expect(() => checkMedia("lipsync-image-multi", { image: "a", left_audio: null })).toThrowError(
    expect.objectContaining({ code: "input/missing", message: "left_audio is missing." }),
  );
  expect(() => checkMedia("lipsync-video", { video: "a", audio: "b" })).not.toThrow();
});

test("what is refused stands in the error's details, for programs", () => {
  expect(() => checkSettings({ order: "left" })).toThrowError(
    expect.objectContaining({
      details: { field: "order", value: "left", allowed: ["meanwhile", "left_right", "right_left"] },
    }),
  );
  expect(() => checkSettings({ fps: 0 })).toThrowError(
    expect.objectContaining({ details: { field: "fps", value: 0, limits: { least: 1, most: 60 } } }),
  );
  expect(() => checkMedia("live", {})).toThrowError(expect.objectContaining({ details: { field: "image" } }));
});
