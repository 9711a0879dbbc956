import { expect, test } from "vitest";
import { onWorkerRequests } from "../core/traffic.ts";
import { createEngine } from "./engine.ts";

const settle = () => new Promise((resolve) => setTimeout(resolve, 500));

test("naming the backend that the engine has chosen leaves its networks running, for a job may be using them", async () => {
  const fetched: string[] = [];
  onWorkerRequests(({ url }) => fetched.push(url));
  const engine = createEngine();
  try {
    const { backend } = await engine.warmUp();
    await settle();
    expect(fetched.length).toBeGreaterThan(0);
    fetched.length = 0;
    expect(await engine.warmUp(backend)).toMatchObject({ backend });
    await settle();
    expect(fetched).toEqual([]);
  } finally {
    engine.dispose();
  }
});
