import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { expect, test } from "vitest";
import { CallsUnderWay } from "./calls-under-way.ts";

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;

test("all calls under way end with one error; those before and after are their own", async () => {
  const calls = new CallsUnderWay();
  expect(await calls.add(Promise.resolve(1))).toBe(1);
  await expect(calls.add(Promise.reject(new Error("own")))).rejects.toThrow("own");
  const waiting = [0, 1].map(() => calls.add(new Promise(() => undefined)));
  const ended = waiting.map((call) => expect(call).rejects.toThrow("over"));
  calls.end(new Error("over"));
  await Promise.all(ended);
  expect(await calls.add(Promise.resolve(2))).toBe(2);
});

test("what a call gave is not kept", async () => {
  const calls = new CallsUnderWay();
  const given = async () => new WeakRef(await calls.add(Promise.resolve({ large: new Float32Array(1000) })));
  const result = await given();
  // A weak reference holds on until the job that made it has ended.
  await new Promise((resolve) => setTimeout(resolve));
  collect();
  expect(result.deref()).toBeUndefined();
  calls.end(new Error("over"));
});
