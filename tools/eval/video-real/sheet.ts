import type { Box } from "../../../src/core/face.ts";
import type { RgbaImage } from "../../../src/core/image.ts";

/** Columns of a sheet, and pixels of a cell's side. */
const COLUMNS = 12;
const CELL = 150;
/** Frames on one sheet. */
export const SHEET_FRAMES = 72;

/** A sheet for eyes: mouths of the original above those of the result, frame after frame. */
export interface Sheet {
  add(frame: number, original: RgbaImage, result: RgbaImage, box: Box): void;
  /** As PNG. */
  finish(): Promise<Blob>;
}

/** Starts a sheet of the first {@link SHEET_FRAMES} frames that are added. */
export function createSheet(): Sheet {
  const canvas = new OffscreenCanvas(COLUMNS * CELL, Math.ceil(SHEET_FRAMES / COLUMNS) * 2 * (CELL + 8));
  const context = canvas.getContext("2d")!;
  context.font = "11px sans-serif";
  context.fillStyle = "white";
  let count = 0;
  const draw = (image: RgbaImage, { x, y, width, height }: Box, left: number, top: number) => {
    const picture = new OffscreenCanvas(image.width, image.height);
    picture.getContext("2d")!.putImageData(new ImageData(image.data, image.width, image.height), 0, 0);
    context.drawImage(picture, x, y, width, height, left, top, CELL - 2, CELL - 2);
  };
  return {
    add(frame, original, result, box) {
      if (count >= SHEET_FRAMES) return;
      const [left, top] = [(count % COLUMNS) * CELL, Math.floor(count / COLUMNS) * 2 * (CELL + 8)];
      draw(original, box, left, top);
      draw(result, box, left, top + CELL);
      context.fillText(String(frame), left + 3, top + 12);
      count++;
    },
    finish: () => canvas.convertToBlob({ type: "image/png" }),
  };
}
