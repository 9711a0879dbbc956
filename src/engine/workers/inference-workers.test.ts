import { expect, test } from "vitest";
import type { Backend } from "../../job/job.ts";
import type { BackendReport } from "../../worker-rpc/inference-api.ts";
import type { WorkerConnection } from "../../worker-rpc/rpc.ts";
import { createInferenceWorkers } from "./inference-workers.ts";

interface Api {
  choose(): Promise<Backend>;
  init(backend: Backend | undefined): Promise<BackendReport>;
}

/** Workers that answer as real ones do: the first start decides where their networks run. */
function machine(choice: { backend: Backend }) {
  const opened: { on: Backend | undefined; dead: boolean }[] = [];
  const open = (): WorkerConnection<Api> => {
    const state = { on: undefined as Backend | undefined, dead: false };
    opened.push(state);
    return {
      api: {
        choose: () => Promise.resolve(choice.backend),
        init: (asked) => {
          state.on ??= asked ?? choice.backend;
          return Promise.resolve({ backend: state.on, adapter: "", threads: 1, warnings: [] });
        },
      },
      terminate: () => (state.dead = true),
      get dead() {
        return state.dead;
      },
    };
  };
  return { opened, workers: createInferenceWorkers<Api>(open) };
}

test("each backend has a worker of its own, and the engine's choice shares that of its backend", async () => {
  for (const order of [
    [undefined, "wasm", "webgpu"],
    ["wasm", undefined, "webgpu"],
    ["webgpu", "wasm", undefined],
  ] as const) {
    const { opened, workers } = machine({ backend: "wasm" });
    const reports = await Promise.all(order.map((asked) => workers.start(asked)));
    expect(reports.map(({ backend }) => backend)).toEqual(order.map((asked) => asked ?? "wasm"));
    expect(opened.map(({ on }) => on).sort()).toEqual(["wasm", "webgpu"]);
    expect(workers.api(undefined)).toBe(workers.api("wasm"));
  }
});

test("a backend's failure takes down its own worker alone", async () => {
  const { opened, workers } = machine({ backend: "wasm" });
  await workers.start("wasm");
  await workers.start("webgpu");
  workers.drop("webgpu");
  expect(opened.map(({ on, dead }) => [on, dead])).toEqual([
    ["wasm", false],
    ["webgpu", true],
  ]);
  expect(await workers.start("webgpu")).toMatchObject({ backend: "webgpu" });
  expect(opened).toHaveLength(3);
  workers.dropAll();
  expect(opened.every(({ dead }) => dead)).toBe(true);
});

test("when the engine's choice changes after a crash, a named backend still gets what it named", async () => {
  const choice: { backend: Backend } = { backend: "webgpu" };
  const { workers } = machine(choice);
  await workers.start(undefined);
  await workers.start("webgpu");
  workers.drop(undefined);
  choice.backend = "wasm";
  expect(await workers.start(undefined)).toMatchObject({ backend: "wasm" });
  expect(await workers.start("webgpu")).toMatchObject({ backend: "webgpu" });
});
