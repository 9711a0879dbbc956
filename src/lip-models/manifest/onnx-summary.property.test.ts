import fc from "fast-check";
import { expect, test } from "vitest";
import { paintNet } from "../../../models/lip-models/test-nets.ts";
import { EngineError } from "../../job/errors.ts";
import { summariseOnnx } from "./onnx-summary.ts";

const WHOLE = paintNet();

async function expectSummaryOrCode(bytes: Uint8Array<ArrayBuffer>): Promise<void> {
  try {
    const { parameters, inputs } = await summariseOnnx(new Blob([bytes]));
    expect(parameters).toBeGreaterThanOrEqual(0);
    expect(Array.isArray(inputs)).toBe(true);
  } catch (error) {
    expect(error).toBeInstanceOf(EngineError);
    expect((error as EngineError).code).toMatch(/^model\//);
  }
}

test("a model with bytes changed or cut off is summarised or refused with a code, soon", async () => {
  const change = fc.tuple(fc.nat({ max: WHOLE.length - 1 }), fc.nat({ max: 255 }));
  await fc.assert(
    fc.asyncProperty(
      fc.array(change, { maxLength: 6 }),
      fc.integer({ min: 0, max: WHOLE.length }),
      async (changes, length) => {
        const bytes = Uint8Array.from(WHOLE);
        for (const [at, value] of changes) bytes[at] = value;
        await expectSummaryOrCode(bytes.slice(0, changes.length === 0 ? length : bytes.length));
      },
    ),
    { numRuns: 150 },
  );
});

test("bytes of any kind are refused with a code", async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), (bytes) =>
      expectSummaryOrCode(Uint8Array.from(bytes)),
    ),
  );
});
