import { expect, test } from "vitest";
import { createImage } from "../../core/image.ts";
import { maskAlpha } from "../../core/mask-alpha.ts";
import { isPlanar, rgbaOf, type PlanarPicture, type Picture } from "../../media/planes/picture.ts";
import { rgbaToI420 } from "../../media/planes/yuv.ts";
import { frameByFrame, type Animator } from "./animator.ts";
import { composeFrames } from "./compositor.ts";
import type { FrameSource } from "./frame-source.ts";
import { openPictureSource, sizePicture } from "./sources/picture-source.ts";

const [SIDE, FRAMES] = [32, 7];
const COLOUR = { primaries: "bt709", transfer: "bt709", matrix: "smpte170m", fullRange: false } as const;

/** A grey of its own for each frame. */
const grey = (frame: number) => 60 + 4 * frame;

function frameOf(frame: number, planar: boolean): Picture {
  const image = createImage(SIDE, SIDE);
  for (let i = 0; i < image.data.length; i++) image.data[i] = i % 4 === 3 ? 255 : grey(frame);
  if (!planar) return image;
  const data = new Uint8Array(SIDE * SIDE * 1.5);
  rgbaToI420(image, data, COLOUR);
  return { width: SIDE, height: SIDE, data, colour: COLOUR } satisfies PlanarPicture;
}

function sourceOf(planar: boolean): FrameSource & { readonly released: Picture[] } {
  const released: Picture[] = [];
  return {
    released,
    width: SIDE,
    height: SIDE,
    frames: FRAMES,
    fps: 25,
    secondsAt: (frame) => frame / 25,
    async *pictures(first, end = FRAMES) {
      for (let frame = first; frame < end; frame++) yield await Promise.resolve(frameOf(frame, planar));
    },
    release: (picture) => void released.push(picture),
    dispose: () => undefined,
  };
}

const REGION = { x: 4, y: 6, width: 20, height: 16 };
const inRegion = (x: number, y: number) =>
  x >= REGION.x && x < REGION.x + REGION.width && y >= REGION.y && y < REGION.y + REGION.height;

/** Paints the region white, frame by frame or three frames at a time. */
function painter(held: number): Animator {
  const paint: Parameters<typeof frameByFrame>[0] = ({ surface }) => {
    surface.read(REGION);
    for (let y = 0; y < SIDE; y++) {
      for (let x = 0; x < SIDE; x++) {
        if (inRegion(x, y)) surface.image.data.fill(255, (y * SIDE + x) * 4, (y * SIDE + x) * 4 + 3);
      }
    }
  };
  const facts = { mouthWidthPx: 1, warnings: [], strength: () => 1 };
  if (held === 1) return { ...facts, animate: frameByFrame(paint) };
  return {
    ...facts,
    async *animate(frames) {
      let waiting = [];
      for await (const frame of frames) {
        waiting.push(frame);
        if (waiting.length < held) continue;
        waiting.forEach(paint);
        yield* waiting;
        waiting = [];
      }
      waiting.forEach(paint);
      yield* waiting;
    },
  };
}

/** A mask of another size than the frames: black, white from the middle on, or one grey. */
function maskOf(kind: "half" | "grey") {
  const mask = createImage(64, 8);
  for (let i = 0; i < 64 * 8; i++) {
    const value = kind === "grey" ? 128 : i % 64 < 32 ? 0 : 255;
    mask.data.set([value, value, value, 255], i * 4);
  }
  return maskAlpha(mask, SIDE, SIDE);
}

async function composed(planar: boolean, held: number, mask: "half" | "grey" | null, first = 0) {
  const source = sourceOf(planar);
  const range = { first, segmentFrames: 3 };
  const out: { data: Uint8ClampedArray; raw: Uint8Array }[] = [];
  for await (const picture of composeFrames(source, painter(held), mask && maskOf(mask), range)) {
    expect(isPlanar(picture)).toBe(planar);
    out.push({ data: rgbaOf(picture).data.slice(), raw: Uint8Array.from(picture.data) });
  }
  expect(source.released).toHaveLength(FRAMES - first);
  return out;
}

const WAYS = [
  { planar: false, held: 1 },
  { planar: false, held: 3 },
  { planar: true, held: 1 },
  { planar: true, held: 3 },
];

test.each(WAYS)(
  "frames come out once each and in order, painted in the region alone ($planar, $held)",
  async (way) => {
    for (const first of [0, 3]) {
      const frames = await composed(way.planar, way.held, null, first);
      expect(frames).toHaveLength(FRAMES - first);
      frames.forEach(({ data }, k) => {
        const before = rgbaOf(frameOf(first + k, way.planar)).data;
        for (let i = 0; i < SIDE * SIDE; i++) {
          const wanted = inRegion(i % SIDE, Math.floor(i / SIDE)) ? 255 : before[4 * i]!;
          expect(Math.abs(data[4 * i]! - wanted)).toBeLessThanOrEqual(way.planar ? 1 : 0);
        }
      });
    }
  },
);

test.each(WAYS)("black keeps every sample, white the drawing ($planar, $held)", async ({ planar, held }) => {
  const [free, masked] = [await composed(planar, held, null), await composed(planar, held, "half")];
  masked.forEach(({ data, raw }, frame) => {
    const before = frameOf(frame, planar);
    for (let i = 0; i < SIDE * SIDE; i++) {
      const x = i % SIDE;
      const wanted = x < SIDE / 2 ? rgbaOf(before).data : free[frame]!.data;
      expect(data[4 * i]).toBe(wanted[4 * i]);
      if (planar && x < SIDE / 2) expect(raw[i]).toBe(before.data[i]);
    }
    expect(data.some((value, i) => value !== rgbaOf(before).data[i])).toBe(true);
  });
});

test.each(WAYS)("grey lets its part of the change through ($planar, $held)", async ({ planar, held }) => {
  const { data } = (await composed(planar, held, "grey"))[0]!;
  const at = ((REGION.y + 4) * SIDE + REGION.x + 4) * 4;
  const wanted = grey(0) + ((255 - grey(0)) * 128) / 255;
  expect(Math.abs(data[at]! - wanted)).toBeLessThanOrEqual(planar ? 1.5 : 0.5);
});

test("a picture's frames in one canvas are the picture again, each time, whatever was drawn on the last", async () => {
  const picture = rgbaOf(frameOf(0, false));
  const source = openPictureSource(sizePicture({ picture, width: SIDE, height: SIDE }), 25, FRAMES / 25);
  const canvas = createImage(SIDE, SIDE);
  source.giveFramesIn(canvas);
  const range = { first: 0, segmentFrames: FRAMES };
  let frames = 0;
  for await (const frame of composeFrames(source, painter(1), null, range)) {
    expect(frame).toBe(canvas);
    const at = (x: number, y: number) => canvas.data[(y * SIDE + x) * 4];
    expect([at(0, 0), at(REGION.x, REGION.y)]).toEqual([grey(0), 255]);
    canvas.data.fill(9);
    frames++;
  }
  expect(frames).toBe(FRAMES);
});
