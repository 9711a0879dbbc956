import { expect, test } from "vitest";
import { connect } from "./rpc.ts";

test("a worker whose script is evaluated twice answers as the first time", async () => {
  const worker = new Worker(new URL("./test-twice.worker.ts", import.meta.url), { type: "module" });
  const { api, terminate } = connect<{ answer(): Promise<string> }>(worker, "test");
  expect(await api.answer()).toBe("first");
  terminate();
});
