import type { RgbaImage } from "../../core/image.ts";
import { loadAsset } from "../load-asset.ts";

let decoded: Promise<RgbaImage> | undefined;

async function decode(): Promise<RgbaImage> {
  const bitmap = await createImageBitmap(new Blob([await loadAsset("sample-face")], { type: "image/jpeg" }));
  const { width, height } = bitmap;
  const context = new OffscreenCanvas(width, height).getContext("2d", { willReadFrequently: true })!;
  context.drawImage(bitmap, 0, 0);
  bitmap.close();
  return { width, height, data: context.getImageData(0, 0, width, height).data };
}

/**
 * A picture of a face, square, which fills two thirds of it: `models/sample/face.jpg`, decoded once in this thread.
 * @throws EngineError `model/load`, `model/integrity`.
 */
export function sampleFace(): Promise<RgbaImage> {
  decoded ??= decode();
  decoded.catch(() => (decoded = undefined));
  return decoded;
}
