import { EngineError, throwIfCancelled } from "../job/errors.ts";

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

async function fetchBlob(url: string, field: string, signal: AbortSignal | undefined): Promise<Blob> {
  let response: Response;
  try {
    response = await fetch(url, signal ? { signal } : {});
  } catch (error) {
    throwIfCancelled(signal);
    throw new EngineError(
      "input/fetch",
      `${field} could not be fetched from ${url}: the server did not answer, or the page's security policy or CORS forbids it. Give the file itself instead.`,
      { cause: error },
    );
  }
  if (!response.ok) {
    throw new EngineError(
      "input/fetch",
      `${field} could not be fetched: ${url} answered ${response.status}.`,
    );
  }
  return response.blob();
}

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
  if (typeof media === "string") return fetchBlob(media, field, signal);
  if (media instanceof URL) return fetchBlob(media.href, field, signal);
  if (media instanceof ArrayBuffer || ArrayBuffer.isView(media)) return new Blob([media]);
  if (media instanceof HTMLCanvasElement) return canvasBlob(media, field);
  if (media instanceof HTMLImageElement || media instanceof HTMLMediaElement) {
    if (!media.currentSrc) throw new EngineError("input/missing", `${field} is an element without a source.`);
    return fetchBlob(media.currentSrc, field, signal);
  }
  throw new EngineError("input/field", `${field} must be a file, bytes, an address or an element.`);
}
