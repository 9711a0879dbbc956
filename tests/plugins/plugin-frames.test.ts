import { expect, test } from "vitest";
import { createImage, type RgbaImage } from "../../src/core/image.ts";
import { paintFrames, type PluginBrush, type PluginFrame } from "../../src/pipeline/compose/plugin-frames.ts";
import { readyManifest } from "../../src/lip-models/ready-manifests.ts";
import type { FaceOrder } from "../../src/worker-rpc/plugin-api.ts";

const manifest = readyManifest("wav2lip-96");
const rect = { centreX: 50, centreY: 50, width: 60, height: 60, angle: 0 };

/** Paints every face white and remembers what it was asked. */
function brushOf(change: Partial<PluginBrush> = {}) {
  const asked: (readonly FaceOrder[])[] = [];
  const brush: PluginBrush = {
    manifest: { ...manifest, paste: { ...manifest.paste, colourMatch: "none" } },
    batch: 4,
    columns: [1000],
    frameSeconds: 1 / 25,
    paint: (orders) => {
      asked.push(orders);
      const white = createImage(96, 96);
      white.data.fill(255);
      return Promise.resolve(orders.map(() => white));
    },
    ...change,
  };
  return { asked, brush };
}

async function* film(
  count: number,
  without: (frame: number) => boolean,
  fps = 25,
): AsyncGenerator<PluginFrame> {
  for (let frame = 0; frame < count; frame++) {
    const image = createImage(100, 100);
    image.data.fill(frame);
    const face = { rect, strength: 1, voice: 0, voiceSeconds: frame / fps };
    yield { image, faces: without(frame) ? [] : [face] };
  }
}

async function painted(frames: AsyncIterable<PluginFrame>, brush: PluginBrush): Promise<RgbaImage[]> {
  const out: RgbaImage[] = [];
  const { signal } = new AbortController();
  for await (const { image } of paintFrames(frames, brush, signal)) out.push(image);
  return out;
}

const mouth = (50 * 100 + 20 * 100 + 50) * 4;

test("frames come out once each and in order, those without a face untouched, the others painted", async () => {
  const { brush, asked } = brushOf();
  const out = await painted(
    film(23, (frame) => frame >= 6 && frame < 17),
    brush,
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
  const { brush, asked } = brushOf();
  await painted(
    film(60, (frame) => frame >= 20 && frame < 40),
    brush,
  );
  expect(asked.flat().map(({ column }) => column)).toEqual(
    Array.from({ length: 60 }, (_, i) => Math.floor((i * 80) / 25)).filter((_, i) => i < 20 || i >= 40),
  );
});

test("a model that knows one rate only hears windows at that rate", async () => {
  const { brush, asked } = brushOf({
    manifest: { ...manifest, frameRate: { trained: 25, any: false } },
    frameSeconds: 1 / 50,
  });
  await painted(
    film(6, () => false, 50),
    brush,
  );
  expect(asked.flat().map(({ column }) => column)).toEqual([0, 0, 3, 3, 6, 6]);
});

test("outside its voice a face hears silence", async () => {
  const { brush, asked } = brushOf({ columns: [40] });
  async function* late(): AsyncGenerator<PluginFrame> {
    for (const voiceSeconds of [-0.2, 0.1, 9]) {
      yield { image: createImage(100, 100), faces: [{ rect, strength: 1, voice: 0, voiceSeconds }] };
    }
  }
  await painted(late(), brush);
  expect(asked.flat().map(({ column }) => column)).toEqual([40, 8, 40]);
});

test("a model that wants the first frame as reference gets it with every frame", async () => {
  const { brush, asked } = brushOf({
    manifest: { ...manifest, references: { count: 1, source: "first-frame" } },
  });
  await painted(
    film(9, () => false),
    brush,
  );
  for (const { reference } of asked.flat()) expect(reference?.data[0]).toBe(0);
  const same = brushOf();
  await painted(
    film(9, () => false),
    same.brush,
  );
  for (const { reference } of same.asked.flat()) expect(reference).toBeNull();
});

test("a cancelled job stops before the next batch", async () => {
  const { brush, asked } = brushOf();
  const controller = new AbortController();
  const frames = paintFrames(
    film(40, () => false),
    brush,
    controller.signal,
  );
  await frames.next();
  controller.abort();
  await expect(
    (async () => {
      for await (const image of frames) expect(image).toBeDefined();
    })(),
  ).rejects.toMatchObject({ code: "job/cancelled" });
  expect(asked).toHaveLength(1);
});
