import { afterAll, expect, test } from "vitest";
import { createEngine } from "../../src/engine/engine.ts";
import { fixture, silence } from "./media.ts";

const engine = createEngine();
afterAll(() => engine.dispose());

async function twoPeople(): Promise<File> {
  const response = await fetch(new URL("../fixtures/two-people.jpg", import.meta.url));
  return new File([await response.blob()], "two-people.jpg");
}

test.each([
  ["meanwhile", 1],
  ["right_left", 1.6],
] as const)("two voices %s last as long as the contract says", async (order, seconds) => {
  const { report } = await engine.run({
    model: "lipsync-image-multi",
    formState: {
      image: await twoPeople(),
      leftAudio: silence(1),
      rightAudio: silence(0.6),
      order,
      seed: 1,
    },
    backend: "wasm",
  });
  expect(Math.abs(report.durationSeconds - seconds)).toBeLessThanOrEqual(1 / 25);
  const animated = report.faces.filter((face) => face.animated);
  expect(animated).toHaveLength(2);
  expect(animated[0]!.x).toBeLessThan(animated[1]!.x);
});

test("one face for two voices is refused with its own code, and the next job works", async () => {
  const formState = {
    image: await fixture("portrait.jpg"),
    leftAudio: silence(0.3),
    rightAudio: silence(0.3),
  };
  await expect(
    engine.run({ model: "lipsync-image-multi", formState, backend: "wasm" }),
  ).rejects.toMatchObject({
    code: "input/one-face",
  });
  const next = await engine.run({
    model: "lipsync-image-multi",
    formState: { ...formState, image: await twoPeople() },
    backend: "wasm",
  });
  expect(next.report.frames).toBe(8);
});
