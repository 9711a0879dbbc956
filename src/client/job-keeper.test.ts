import { afterEach, expect, test, vi } from "vitest";
import type { EngineRequest } from "./engine.ts";
import { createJobKeeper } from "./job-keeper.ts";

afterEach(() => vi.unstubAllGlobals());

test("a page without encryption's tools (plain http) keeps nothing, and its jobs are done", async () => {
  vi.stubGlobal("crypto", { getRandomValues: crypto.getRandomValues.bind(crypto) });
  const saved: Blob[] = [];
  const checkpoint = {
    load: () => Promise.resolve(saved),
    save: (piece: Blob) => Promise.resolve(void saved.push(piece)),
  };
  const formState = { image: new Blob(["a"]), audio: new Blob(["b"]) };
  const request: EngineRequest = { model: "lipsync-image", formState };
  const keeper = createJobKeeper(checkpoint, request, 1);
  expect(await keeper.analysis()).toBeUndefined();
  await keeper.keepAnalysis({ found: [] });
  expect(keeper.segments()).toEqual({ seconds: null, kept: null });
  await keeper.settled();
  expect(saved).toEqual([]);
});
