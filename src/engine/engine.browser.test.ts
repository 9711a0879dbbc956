import { expect, test } from "vitest";
import { fixture, shortVoice } from "../../tests/engine/media.ts";
import { onWorkerRequests } from "../core/browser/traffic.ts";
import { createEngine } from "./engine.ts";

test("naming the backend that the engine has chosen leaves its networks running, for a job may be using them", async () => {
  const fetched: string[] = [];
  onWorkerRequests(({ url }) => fetched.push(url));
  const engine = createEngine();
  try {
    const { backend } = await engine.warmUp();
    expect(await engine.warmUp(backend)).toMatchObject({ backend });
    // A request is told of a moment after it was made.
    await new Promise((resolve) => setTimeout(resolve, 500));
    const models = () => fetched.filter((url) => /\.onnx\b/.test(url));
    await expect.poll(models).not.toEqual([]);
    expect(models()).toEqual([...new Set(models())]);
  } finally {
    engine.dispose();
  }
});

test("a job goes on while others in the page name other backends, or none", async () => {
  const engine = createEngine();
  try {
    const formState = { image: await fixture("portrait.jpg"), audio: await shortVoice(1) };
    const others: Promise<{ backend: string }>[] = [];
    const job = engine.run(
      { model: "lipsync-image", formState, backend: "wasm" },
      {
        onProgress: ({ stage }) => {
          if (stage === "finding faces" && others.length === 0)
            others.push(engine.warmUp("webgpu"), engine.warmUp());
        },
      },
    );
    expect(await job).toMatchObject({ report: { backend: "wasm" } });
    expect(await Promise.all(others)).toMatchObject([{ backend: "webgpu" }, { backend: "wasm" }]);
  } finally {
    engine.dispose();
  }
});
