import { expect, test } from "vitest";
import { EngineError } from "../job/errors.ts";
import { connect } from "./rpc.ts";

test("a worker whose script is evaluated twice answers as the first time", async () => {
  const worker = new Worker(new URL("./test-twice.worker.ts", import.meta.url), { type: "module" });
  const { api, terminate } = connect<{ answer(): Promise<string> }>(worker, "test", "Not there.");
  expect(await api.answer()).toBe("first");
  terminate();
});

test("a worker whose script does not load rejects what is asked of it, with the sentence for that", async () => {
  const { api } = connect<{ answer(): Promise<string> }>(
    new Worker(URL.createObjectURL(new Blob([`import "./nowhere.js";`])), { type: "module" }),
    "test",
    "Not there.",
  );
  await expect(api.answer()).rejects.toMatchObject({ code: "model/load", message: "Not there." });
});

test("an error comes across with its code, its sentence and its facts", async () => {
  const worker = new Worker(new URL("./test-parent.worker.ts", import.meta.url), { type: "module" });
  const { api, terminate } = connect<{ refuse(): Promise<void> }>(worker, "test", "Not there.");
  const error = await api.refuse().catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(EngineError);
  expect(error).toMatchObject({
    code: "input/audio-too-long",
    message: "Too long.",
    details: { value: 700, limits: { most: 600 }, unit: "seconds" },
  });
  terminate();
});
