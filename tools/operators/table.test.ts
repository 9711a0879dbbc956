import { expect, test } from "vitest";
import type { OperatorCase } from "./cases.ts";
import { operatorTable, outcomeText } from "./table.ts";

const given = (group: string, name: string): OperatorCase => ({
  group,
  name,
  net: new Uint8Array(),
  inputs: [],
});

test("the table says of each operator what is right and what is not", () => {
  const cases = [given("Conv", "6 channels"), given("Conv", "8 channels"), given("Pad", "zeros")];
  const outcomes = [
    { onGpu: true, difference: 1.1 },
    { onGpu: true, difference: 2e-7 },
    { onGpu: true, difference: 0 },
  ];
  const lines = operatorTable(cases, outcomes, { onnxruntime: "9.9.9", browser: "999" }).split("\n");
  expect(lines[0]).toContain("onnxruntime-web 9.9.9");
  expect(lines.slice(4)).toEqual([
    "| Conv | 1 of 2 | 6 channels: **wrong**, off by 110 % |",
    "| Pad | 1 of 1 | – |",
  ]);
});

test("refusals, silence, the processor and missing numbers are told apart", () => {
  expect(outcomeText({ onGpu: true, refused: { at: "first run", reason: "no" } })).toMatch(/first run/);
  expect(outcomeText({ onGpu: true, silent: true })).toMatch(/never/);
  expect(outcomeText({ onGpu: false, difference: 0 })).toMatch(/processor/);
  expect(outcomeText({ onGpu: true, difference: Number.NaN })).toMatch(/wrong.*no number/);
});
