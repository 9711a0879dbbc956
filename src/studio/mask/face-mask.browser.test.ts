import { expect, test } from "vitest";
import type { FaceOutline } from "../../engine/lip-sync.ts";
import type { PictureInput } from "../state/studio-state.ts";
import { chosenFaceMask } from "./face-mask.ts";

const face = (x: number, y: number) =>
  ({
    box: { x: x - 0.1, y: y - 0.1, width: 0.2, height: 0.2 },
    oval: [
      [x - 0.1, y - 0.1],
      [x + 0.1, y - 0.1],
      [x + 0.1, y + 0.1],
      [x - 0.1, y + 0.1],
    ],
  }) as unknown as FaceOutline;

const FACES = [face(0.2, 0.5), face(0.8, 0.5), face(0.8, 0.1)];

/** Whether the mask is white at a place, given in shares of its sides. */
async function whiteAt(kind: PictureInput["kind"], chosen: number, places: readonly [number, number][]) {
  const picture = { kind, chosen, faces: FACES, width: 400, height: 200 } as unknown as PictureInput;
  const mask = await chosenFaceMask(picture);
  if (!mask) return null;
  const bitmap = await createImageBitmap(mask);
  const context = new OffscreenCanvas(bitmap.width, bitmap.height).getContext("2d")!;
  context.drawImage(bitmap, 0, 0);
  return places.map(([x, y]) => context.getImageData(x * 400, y * 200, 1, 1).data[0] === 255);
}

test("a video's mask is all that lies nearer to the chosen face, so that the face may move", async () => {
  const places: [number, number][] = [
    [0.45, 0.5],
    [0.55, 0.9],
    [0.95, 0.5],
    [0.8, 0.05],
  ];
  expect(await whiteAt("video", 0, places)).toEqual([true, false, false, false]);
  expect(await whiteAt("video", 1, places)).toEqual([false, true, true, false]);
  expect(await whiteAt("video", 2, places)).toEqual([false, false, false, true]);
});

test("a picture's mask is the face alone, and none is needed for the engine's own choice", async () => {
  expect(await whiteAt("picture", 1, [[0.8, 0.5]])).toEqual([true]);
  expect(await whiteAt("picture", 1, [[0.6, 0.9]])).toEqual([false]);
  expect(await whiteAt("picture", 0, [])).toBeNull();
  expect(await whiteAt("video", -1, [])).toBeNull();
});
