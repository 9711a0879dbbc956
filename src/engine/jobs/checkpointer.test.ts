import { afterEach, expect, test, vi } from "vitest";
import type { JobSpec } from "../../job/job-spec.ts";
import { createCheckpointer } from "./checkpointer.ts";

afterEach(() => vi.unstubAllGlobals());

test("a page without encryption's tools (plain http) keeps nothing, and its jobs are done", async () => {
  vi.stubGlobal("crypto", { getRandomValues: crypto.getRandomValues.bind(crypto) });
  const saved: Blob[] = [];
  const checkpoint = {
    load: () => Promise.resolve(saved),
    save: (piece: Blob) => Promise.resolve(void saved.push(piece)),
  };
  const formState = { image: new Blob(["a"]), audio: new Blob(["b"]) };
  const request: JobSpec<Blob> = { model: "lipsync-image", formState };
  const checkpointer = createCheckpointer(checkpoint, request, { seed: 1 });
  expect(await checkpointer.analysis()).toBeUndefined();
  await checkpointer.keepAnalysis({ found: [] });
  expect(checkpointer.segments()).toEqual({ seconds: null, kept: null });
  await checkpointer.settled();
  expect(saved).toEqual([]);
});

test("parts of an unfinished looking through are found again by the same job on the same backend, and give way to its end", async () => {
  vi.stubGlobal("navigator", { userAgent: "a browser" });
  const saved: Blob[] = [];
  const checkpoint = {
    load: () => Promise.resolve([...saved]),
    save(piece: Blob, index = saved.length) {
      saved.splice(index, Infinity, piece);
      return Promise.resolve();
    },
  };
  const formState = { video: new Blob(["a"]), audio: new Blob(["b"]) };
  const request: JobSpec<Blob> = { model: "lipsync-video", formState };
  const first = createCheckpointer(checkpoint, request, { seed: 1 });
  expect(await first.analysis()).toBeUndefined();
  const tracking = (await first.tracking("wasm"))!;
  expect(tracking.kept.pieces).toEqual([]);
  tracking.keep(0, new Blob(["one"]));
  tracking.keep(1, new Blob(["two"]));
  await first.settled();
  const second = createCheckpointer(checkpoint, request, { seed: 1 });
  expect(await second.analysis()).toBeUndefined();
  const again = (await second.tracking("wasm"))!;
  expect(await Promise.all(again.kept.pieces.map((piece) => piece.text()))).toEqual(["one", "two"]);
  expect(again.kept.fingerprint).toBe(tracking.kept.fingerprint);
  expect((await second.tracking("webgpu"))!.kept.fingerprint).not.toBe(tracking.kept.fingerprint);
  await second.keepAnalysis({ found: 1 });
  await second.settled();
  expect(saved).toHaveLength(1);
  expect(await createCheckpointer(checkpoint, request, { seed: 1 }).analysis()).toEqual({ found: 1 });
});
