import { expect, test } from "vitest";
import { createImage, type RgbaImage } from "../../src/core/image.ts";
import {
  inferFrames,
  type FaceInference,
  type ModelFrame,
} from "../../src/pipeline/compose/animators/lip-model-frames.ts";
import { readyManifest } from "../../src/lip-models/manifest/ready-manifests.ts";
import type { FaceInput } from "../../src/worker-rpc/lip-model-api.ts";

const manifest = readyManifest("wav2lip-96");
const rect = { centreX: 50, centreY: 50, width: 60, height: 60, angle: 0 };

/** Paints every face white and remembers what it was asked. */
function inferenceOf(change: Partial<FaceInference> = {}) {
  const asked: (readonly FaceInput[])[] = [];
  const inference: FaceInference = {
    manifest: { ...manifest, paste: { ...manifest.paste, colourMatch: "none" } },
    batch: 4,
    columns: [1000],
    frameSeconds: 1 / 25,
    inferFaces: (orders) => {
      asked.push(orders);
      const white = createImage(96, 96);
      white.data.fill(255);
      return Promise.resolve(orders.map(() => white));
    },
    ...change,
  };
  return { asked, inference };
}

async function* frames(
  count: number,
  without: (frame: number) => boolean,
  fps = 25,
): AsyncGenerator<ModelFrame> {
  for (let frame = 0; frame < count; frame++) {
    const image = createImage(100, 100);
    image.data.fill(frame);
    const face = { rect, strength: 1, voice: 0, voiceSeconds: frame / fps };
    yield { image, faces: without(frame) ? [] : [face] };
  }
}

async function painted(frames: AsyncIterable<ModelFrame>, inference: FaceInference): Promise<RgbaImage[]> {
  const out: RgbaImage[] = [];
  const { signal } = new AbortController();
  for await (const { image } of inferFrames(frames, inference, signal)) out.push(image);
  return out;
}

const mouth = (50 * 100 + 20 * 100 + 50) * 4;

test("frames come out once each and in order, those without a face untouched, the others painted", async () => {
  const { inference, asked } = inferenceOf();
  const out = await painted(
    frames(23, (frame) => frame >= 6 && frame < 17),
    inference,
  );
  expect(out.map(({ data }) => data[0])).toEqual(Array.from({ length: 23 }, (_, i) => i));
  for (const [frame, { data }] of out.entries()) {
    if (frame >= 6 && frame < 17) expect(data.every((value) => value === frame)).toBe(true);
    else expect(data[mouth]).toBe(255);
  }
  expect(asked.flat()).toHaveLength(12);
  expect(Math.max(...asked.map((orders) => orders.length))).toBeLessThanOrEqual(4);
});

test("the windows after a gap are where they would be without it", async () => {
  const { inference, asked } = inferenceOf();
  await painted(
    frames(60, (frame) => frame >= 20 && frame < 40),
    inference,
  );
  expect(asked.flat().map(({ column }) => column)).toEqual(
    Array.from({ length: 60 }, (_, i) => Math.floor((i * 80) / 25)).filter((_, i) => i < 20 || i >= 40),
  );
});

test("a model that knows one rate only hears windows at that rate", async () => {
  const { inference, asked } = inferenceOf({
    manifest: { ...manifest, frameRate: { trained: 25, any: false } },
    frameSeconds: 1 / 50,
  });
  await painted(
    frames(6, () => false, 50),
    inference,
  );
  expect(asked.flat().map(({ column }) => column)).toEqual([0, 0, 3, 3, 6, 6]);
});

test("outside its voice a face hears silence", async () => {
  const { inference, asked } = inferenceOf({ columns: [40] });
  async function* late(): AsyncGenerator<ModelFrame> {
    for (const voiceSeconds of [-0.2, 0.1, 9]) {
      yield { image: createImage(100, 100), faces: [{ rect, strength: 1, voice: 0, voiceSeconds }] };
    }
  }
  await painted(late(), inference);
  expect(asked.flat().map(({ column }) => column)).toEqual([40, 8, 40]);
});

test("a model that wants the first frame as reference gets it with every frame", async () => {
  const { inference, asked } = inferenceOf({
    manifest: { ...manifest, references: { count: 1, source: "first-frame" } },
  });
  await painted(
    frames(9, () => false),
    inference,
  );
  for (const { reference } of asked.flat()) expect(reference?.data[0]).toBe(0);
  const same = inferenceOf();
  await painted(
    frames(9, () => false),
    same.inference,
  );
  for (const { reference } of same.asked.flat()) expect(reference).toBeNull();
});

test("a cancelled job stops before the next batch", async () => {
  const { inference, asked } = inferenceOf();
  const controller = new AbortController();
  const stream = inferFrames(
    frames(40, () => false),
    inference,
    controller.signal,
  );
  await stream.next();
  controller.abort();
  await expect(
    (async () => {
      for await (const image of stream) expect(image).toBeDefined();
    })(),
  ).rejects.toMatchObject({ code: "job/cancelled" });
  expect(asked).toHaveLength(1);
});
