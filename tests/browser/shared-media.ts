import type { RgbaImage } from "../../src/core/image.ts";

/** URLs of the shared test pictures by `folder/file`; empty where `../shared/media` is absent. */
export const SHARED_PICTURES: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries(
    import.meta.glob<string>("../../../shared/media/{portraits,people2}/*.{png,jpg}", {
      query: "?url",
      import: "default",
      eager: true,
    }),
  ).map(([path, url]) => [path.split("/").slice(-2).join("/"), url]),
);

/** Reason to show when tests that need the shared pictures are skipped. */
export const NO_SHARED_PICTURES = "the shared test pictures are not beside the project";

/** Decodes a picture, drawn at a scale of its size; the caller owns it. */
export async function decodePicture(url: string, scale = 1): Promise<RgbaImage> {
  const bitmap = await createImageBitmap(await (await fetch(url)).blob());
  const width = Math.max(1, Math.round(bitmap.width * scale));
  const height = Math.max(1, Math.round(bitmap.height * scale));
  const context = new OffscreenCanvas(width, height).getContext("2d")!;
  context.imageSmoothingQuality = "high";
  context.drawImage(bitmap, 0, 0, width, height);
  bitmap.close();
  return { width, height, data: context.getImageData(0, 0, width, height).data };
}
