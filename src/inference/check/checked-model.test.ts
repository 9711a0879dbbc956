import { beforeEach, expect, test } from "vitest";
import { EngineError, type ErrorCode } from "../../job/errors.ts";
import type { Warning } from "../../job/warnings.ts";
import type { Model, Tensor } from "../model.ts";
import { openChecked, outputsDifference, type CheckedOpening } from "./checked-model.ts";
import { forgetVerdicts } from "./verdicts.ts";

beforeEach(forgetVerdicts);

type Answer = readonly number[] | ErrorCode;

/** A network with given answers, and what was done with it. */
function machine(device: Answer | ((run: number) => Answer), processor: Answer) {
  const log: string[] = [];
  const model = (place: string, answer: (run: number) => Answer): Promise<Model> => {
    log.push(`open on ${place}`);
    let runs = 0;
    return Promise.resolve({
      inputs: [],
      outputs: [],
      run: () => {
        const given = answer(runs++);
        if (typeof given === "string") return Promise.reject(new EngineError(given, place));
        return Promise.resolve({ y: { data: Float32Array.from(given), dims: [given.length] } });
      },
      release: () => {
        log.push(`release on ${place}`);
        return Promise.resolve();
      },
    });
  };
  const opening: CheckedOpening = {
    label: "Net",
    key: "hash",
    adapter: "Card",
    trial: { run: (tried) => tried.run({}), tolerance: 0.01 },
    openOnDevice: () => model("device", typeof device === "function" ? device : () => device),
    openOnProcessor: () => model("processor", () => processor),
  };
  return { log, opening };
}

const noteOf = (note: Warning | undefined) => note?.code;
const numbers = async (model: Model) => [...(await model.run({}))["y"]!.data];

test("a right network runs on the device and is compared once", async () => {
  const { log, opening } = machine([1, 0.5], [1, 0.505]);
  const first = await openChecked(opening);
  expect([first.on, first.note]).toEqual(["device", undefined]);
  expect(log.splice(0)).toEqual(["open on processor", "release on processor", "open on device"]);
  expect((await openChecked(opening)).on).toBe("device");
  expect(log).toEqual(["open on device"]);
});

test.each([
  ["other numbers", [1, 0.2], "model/device-differs"],
  ["a value that is no number", [1, Number.NaN], "model/device-differs"],
  ["fewer numbers", [1], "model/device-differs"],
  ["a refusal", "model/unsupported", "model/device-refused"],
] as const)("with %s it runs on the processor, told, and the next time at once", async (_, device, code) => {
  const { log, opening } = machine(device, [1, 0.5]);
  const model = await openChecked(opening);
  expect([model.on, noteOf(model.note)]).toEqual(["processor", code]);
  expect(await numbers(model)).toEqual([1, 0.5]);
  log.length = 0;
  const again = await openChecked(opening);
  expect([again.on, noteOf(again.note)]).toEqual(["processor", code]);
  expect(log).toEqual(["open on processor"]);
});

test("a device without memory for it is no verdict for the next time", async () => {
  const { log, opening } = machine("device/memory", [1]);
  expect((await openChecked(opening)).on).toBe("processor");
  log.length = 0;
  await openChecked(opening);
  expect(log).toContain("open on device");
});

test("when the device goes away in the trial the job fails, and the next one runs on the processor, told", async () => {
  const { opening } = machine("device/lost", [1]);
  await expect(openChecked(opening)).rejects.toMatchObject({ code: "device/lost" });
  const next = await openChecked(opening);
  expect([next.on, noteOf(next.note)]).toEqual(["processor", "model/device-lost"]);
});

test("what cannot run on the processor is used uncompared, told; what runs nowhere is an error", async () => {
  const { opening } = machine([1], "device/memory");
  const model = await openChecked(opening);
  expect([model.on, noteOf(model.note)]).toEqual(["device", "model/unchecked"]);
  const nowhere = machine("model/unsupported", "model/unsupported");
  await expect(openChecked(nowhere.opening)).rejects.toMatchObject({ code: "model/unsupported" });
});

test("a run that is refused later, in another shape, is done again on the processor, told", async () => {
  const { log, opening } = machine((run) => (run === 0 ? [1, 0.5] : "model/unsupported"), [1, 0.5]);
  const model = await openChecked(opening);
  expect(model.on).toBe("device");
  expect(await Promise.all([numbers(model), numbers(model)])).toEqual([
    [1, 0.5],
    [1, 0.5],
  ]);
  expect([model.on, noteOf(model.note)]).toEqual(["processor", "model/device-refused"]);
  expect(log.filter((entry) => entry === "open on processor")).toHaveLength(2);
});

test("a run that both refuse is the processor's error, and a lost device stays one", async () => {
  const feeds = machine((run) => (run === 0 ? [1] : "internal/bug"), [1]);
  const wrong = await openChecked({
    ...feeds.opening,
    openOnProcessor: async () => {
      const model = await feeds.opening.openOnProcessor();
      let runs = 0;
      const tried = feeds.log.filter((entry) => entry === "open on processor").length === 1;
      return {
        ...model,
        run: (given: Readonly<Record<string, Tensor>>) =>
          tried && runs++ === 0
            ? model.run(given)
            : Promise.reject(new EngineError("internal/bug", "processor")),
      };
    },
  });
  await expect(wrong.run({})).rejects.toMatchObject({ code: "internal/bug", message: "processor" });
  await forgetVerdicts();
  const lost = machine((run) => (run === 0 ? [1] : "device/lost"), [1]);
  await expect((await openChecked(lost.opening)).run({})).rejects.toMatchObject({ code: "device/lost" });
});

test("differences are shares of each output's largest value", () => {
  const of = (...data: number[]) => ({ y: { data: Float32Array.from(data) } });
  expect(outputsDifference(of(200, 0), of(199, 0))).toBeCloseTo(0.005);
  expect(outputsDifference(of(0.5, 0), of(0.4, 0))).toBeCloseTo(0.1);
  expect(outputsDifference(of(Infinity, 1), of(Infinity, 1))).toBe(0);
  expect(outputsDifference(of(1), of(Number.NaN))).toBe(Infinity);
});
