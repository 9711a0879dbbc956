import { afterEach, expect, test } from "vitest";
import type { LiveInstant } from "../../worker-rpc/live-api.ts";
import { createPresenter, type Presenter } from "./presenter.ts";

const FPS = 25;
let presenter: Presenter | undefined;
afterEach(() => presenter?.dispose());

function surface() {
  const canvas = document.createElement("canvas");
  return { canvas, surface: canvas.getContext("bitmaprenderer")! };
}

const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/**
 * Shows an utterance of one second, each frame drawn in `drawMs`. Where the machine stalls, its clock waits, too.
 */
async function show(drawMs: number) {
  const drawn: LiveInstant[] = [];
  const shown: { readonly frame: number; readonly heard: number }[] = [];
  let queue: Promise<unknown> = Promise.resolve();
  presenter = createPresenter({
    ...surface(),
    fps: FPS,
    // One after another, as a worker draws.
    draw(instant) {
      drawn.push(instant);
      const bitmap = queue.then(async () => {
        await wait(drawMs);
        return createImageBitmap(new ImageData(2, 2));
      });
      queue = bitmap;
      return bitmap;
    },
    onFailed: () => undefined,
  });
  presenter.setVisible(true);
  let heardNow = -0.05;
  presenter.speech = {
    utterance: 1,
    justInTime: false,
    positionSeconds: () => heardNow,
    onFrame: (frame, heard) => shown.push({ frame, heard }),
  };
  for (let now = performance.now(); heardNow < 1; now = performance.now()) {
    await wait(10);
    heardNow = Math.min(1, heardNow + Math.min(20, performance.now() - now) / 1000);
  }
  presenter.speech = null;
  return { shown, frames: drawn.flatMap(({ speech }) => (speech ? [speech.frame] : [])) };
}

/** A presenter, and what it has drawn at once. */
function openPresenter() {
  const drawn: LiveInstant[] = [];
  presenter = createPresenter({
    ...surface(),
    fps: FPS,
    draw(instant) {
      drawn.push(instant);
      return createImageBitmap(new ImageData(2, 2));
    },
    onFailed: () => undefined,
  });
  return { drawn, presenter };
}

test("each frame is shown once its time in the sound has come, and in its order", async () => {
  const { shown, frames } = await show(1);
  expect(frames[0]).toBe(0);
  expect(shown.length).toBeGreaterThan(5);
  for (const [i, { frame, heard }] of shown.entries()) {
    expect(heard).toBeGreaterThanOrEqual(frame / FPS - 1e-6);
    expect(heard - frame / FPS).toBeLessThanOrEqual(0.1);
    if (i > 0) expect(frame).toBeGreaterThan(shown[i - 1]!.frame);
  }
});

test("slow drawing drops frames instead of delaying them", async () => {
  const { shown, frames } = await show(90);
  // Eleven at most can be drawn in a second: they are spread over it, not the first eleven.
  expect(frames.length).toBeLessThan(FPS);
  expect(Math.max(...frames)).toBeGreaterThan(frames.length);
  for (const { frame, heard } of shown) expect(heard - frame / FPS).toBeLessThanOrEqual(0.1);
});

test("what nobody sees is not drawn, and a new utterance forgets the frames of the last", async () => {
  const { drawn, presenter } = openPresenter();
  const speech = (utterance: number) => ({
    utterance,
    justInTime: false,
    positionSeconds: () => 0.5,
    onFrame: () => undefined,
  });
  presenter.speech = speech(1);
  await wait(200);
  expect(drawn).toEqual([]);
  presenter.setVisible(true);
  await expect.poll(() => drawn.length).toBeGreaterThan(1);
  expect(drawn.slice(0, 2).map((instant) => instant.speech)).toEqual([
    { utterance: 1, frame: 12 },
    { utterance: 1, frame: 13 },
  ]);
  const before = drawn.length;
  presenter.speech = speech(2);
  await expect.poll(() => drawn.length).toBeGreaterThan(before + 1);
  expect(drawn[before]!.speech).toEqual({ utterance: 2, frame: 12 });
});

test("a voice that is silenced is followed by a frame of rest at once, and by others without a pause", async () => {
  const { drawn, presenter } = openPresenter();
  presenter.setVisible(true);
  presenter.setIdle(false);
  presenter.speech = {
    utterance: 1,
    justInTime: true,
    positionSeconds: () => 0.5,
    onFrame: () => undefined,
  };
  await expect.poll(() => drawn.at(-1)?.speech?.utterance).toBe(1);
  const before = drawn.length;
  presenter.speech = null;
  // In the same task, before anything else can be drawn.
  expect(drawn.slice(before).map(({ speech }) => speech)).toEqual([null]);
  // Still faces are drawn once a second, sixty frames of the page; one that comes to rest without such a pause.
  let pageFrames = 0;
  for (; drawn.length - before <= 4 && pageFrames < 60; pageFrames++) {
    await new Promise(requestAnimationFrame);
  }
  expect(pageFrames).toBeLessThan(60);
});
