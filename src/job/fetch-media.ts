import { EngineError, throwIfCancelled } from "./errors.ts";

/** A medium fetched from its address. */
export interface FetchedMedia {
  /** Media type, in lower case and without parameters; `application/octet-stream` when the server names none. */
  readonly type: string;
  readonly body: ReadableStream<Uint8Array<ArrayBuffer>>;
}

/**
 * Fetches a medium, by the policy of the place: the gateway refuses private addresses, a page may reach only itself.
 * @throws EngineError `input/fetch`, `input/too-large`; its message reads on after the name of the field.
 */
export type FetchMedia = (url: string, signal?: AbortSignal) => Promise<FetchedMedia>;

/** The media type of a `Content-Type` header, in lower case and without parameters; as it came, right or wrong. */
export function mediaType(header: string | null | undefined): string {
  return (header ?? "").split(";", 1)[0]!.trim().toLowerCase();
}

/** Refuses a server's answer that is no medium. @throws EngineError `input/fetch`. */
export function checkAnswer(url: string, status: number, type: string): void {
  if (status < 200 || status > 299) {
    throw new EngineError("input/fetch", `${url} answered ${String(status)}. Check the address.`, {
      details: { url, status },
    });
  }
  if (type === "text/html" || type === "application/json") {
    throw new EngineError(
      "input/fetch",
      `${url} answered with ${type} instead of media. Use the address of the file itself.`,
      { details: { url, status } },
    );
  }
}

/** Passes bytes on and breaks off with `input/fetch` when the first are those of a web page that calls itself a medium. */
export function refuseMarkup(url: string): TransformStream<Uint8Array, Uint8Array<ArrayBuffer>> {
  let first = true;
  return new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>({
    transform(chunk, controller) {
      if (first) {
        first = false;
        const start = new TextDecoder("latin1").decode(chunk.subarray(0, 256)).trimStart().toLowerCase();
        if (start.startsWith("<!doctype html") || start.startsWith("<html")) {
          throw new EngineError(
            "input/fetch",
            `${url} answered with a web page instead of a media file. Use the address of the file itself.`,
          );
        }
      }
      controller.enqueue(chunk);
    },
  });
}

/**
 * Fetches a medium from within a page. The page's content security policy and CORS decide what can be reached.
 * @throws EngineError `input/fetch`, `job/cancelled`.
 */
export async function fetchMedia(url: string, signal?: AbortSignal): Promise<FetchedMedia> {
  let response: Response;
  try {
    response = await fetch(url, signal ? { signal } : {});
  } catch (error) {
    throwIfCancelled(signal);
    throw new EngineError(
      "input/fetch",
      `${url} could not be fetched: it did not answer, or this page's security policy or CORS forbids it. Give the file itself instead.`,
      { cause: error, details: { url } },
    );
  }
  const type = mediaType(response.headers.get("Content-Type"));
  checkAnswer(url, response.status, type);
  const body = (response.body ?? new Blob().stream()).pipeThrough(refuseMarkup(url));
  return { type: type || "application/octet-stream", body };
}

/**
 * A medium as a blob, from within a page.
 * @param field its name in errors.
 * @throws EngineError `input/fetch`, `job/cancelled`.
 */
export async function fetchMediaBlob(url: string, field: string, signal?: AbortSignal): Promise<Blob> {
  try {
    const { type, body } = await fetchMedia(url, signal);
    return await new Response(body, { headers: { "Content-Type": type } }).blob();
  } catch (error) {
    throwIfCancelled(signal);
    const [reason, facts] =
      error instanceof EngineError
        ? [error.message, error.details]
        : [`${url} was not fetched whole.`, { url }];
    throw new EngineError("input/fetch", `${field}: ${reason}`, {
      cause: error,
      details: { ...facts, field },
    });
  }
}
