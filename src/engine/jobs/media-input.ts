import { EngineError } from "../../job/errors.ts";
import { fetchMediaBlob } from "../../job/fetch-media.ts";

/** What callers may give as a picture, voice or video: the thing itself, or where it is. */
export type MediaInput =
  | Blob
  | ArrayBuffer
  | ArrayBufferView<ArrayBuffer>
  | URL
  | string
  | HTMLImageElement
  | HTMLCanvasElement
  | HTMLMediaElement;

function canvasBlob(canvas: HTMLCanvasElement, field: string): Promise<Blob> {
  return new Promise((resolve, reject) => {
    try {
      canvas.toBlob((blob) => {
        if (blob) resolve(blob);
        else reject(new EngineError("input/image", `${field} is an empty canvas.`));
      }, "image/png");
    } catch (error) {
      reject(
        new EngineError(
          "input/fetch",
          `${field} is a canvas with pixels of another site, which cannot be read.`,
          {
            cause: error,
          },
        ),
      );
    }
  });
}

/**
 * The media as a blob.
 * @param field the name to use in errors.
 * @throws EngineError `input/missing`, `input/fetch`, `input/image`, `job/cancelled`.
 */
export async function toBlob(
  media: MediaInput | null | undefined,
  field: string,
  signal?: AbortSignal,
): Promise<Blob> {
  if (media === null || media === undefined || media === "") {
    throw new EngineError("input/missing", `${field} is missing.`, { details: { field } });
  }
  if (media instanceof Blob) return media;
  if (typeof media === "string") return fetchMediaBlob(media, field, signal);
  if (media instanceof URL) return fetchMediaBlob(media.href, field, signal);
  if (media instanceof ArrayBuffer || ArrayBuffer.isView(media)) return new Blob([media]);
  if (media instanceof HTMLCanvasElement) return canvasBlob(media, field);
  if (media instanceof HTMLImageElement || media instanceof HTMLMediaElement) {
    if (!media.currentSrc) throw new EngineError("input/missing", `${field} is an element without a source.`);
    return fetchMediaBlob(media.currentSrc, field, signal);
  }
  throw new EngineError("input/field", `${field} must be a file, bytes, an address or an element.`);
}
