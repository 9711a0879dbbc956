import { EngineError } from "../../job/errors.ts";
import { mediaType } from "../../job/fetch-media.ts";
import { chunksOf, limitBytes } from "../../queue/store/media-store.ts";

/**
 * The request's body as a stream, also in browsers whose requests have none.
 * @throws EngineError `route/media-type` for a body that was compressed on the way.
 */
export async function bodyStream(request: Request): Promise<ReadableStream<Uint8Array>> {
  const encoding = request.headers.get("Content-Encoding")?.trim().toLowerCase();
  if (encoding && encoding !== "identity") {
    throw new EngineError(
      "route/media-type",
      `The body is compressed (Content-Encoding: ${encoding.slice(0, 40)}). Send it as it is.`,
    );
  }
  return request.body ?? (await request.blob()).stream();
}

/**
 * The whole body, for JSON.
 * @throws EngineError `input/too-large` beyond `maxBytes`; a body that announces its size is not even read.
 */
export async function readBody(request: Request, maxBytes: number): Promise<Uint8Array<ArrayBuffer>> {
  const announced = Number(request.headers.get("Content-Length") ?? 0);
  const stream = announced > maxBytes ? oversized(announced) : await bodyStream(request);
  const parts: Uint8Array<ArrayBuffer>[] = [];
  for await (const chunk of chunksOf(stream.pipeThrough(limitBytes(maxBytes, "The request")))) {
    parts.push(new Uint8Array(chunk));
  }
  return new Uint8Array(await new Blob(parts).arrayBuffer());
}

function oversized(bytes: number): never {
  throw new EngineError(
    "input/too-large",
    `A request of ${String(Math.ceil(bytes / 1e6))} MB is too large. Upload media with POST /files and send their URLs.`,
  );
}

/** The media type under which bytes are stored: the client's where it is one, for it becomes a header again. */
export function storedType(header: string | null): string {
  const type = mediaType(header);
  return /^[\w!#$&^.+-]{1,100}\/[\w!#$&^.+-]{1,100}$/.test(type) ? type : "application/octet-stream";
}

/**
 * The bytes and type of a `data:` URL.
 * @returns undefined when it is malformed or empty.
 * @see RFC 2397.
 */
export function decodeDataUrl(url: string): Blob | undefined {
  const match = /^data:([^,]*?)(;\s*base64)?,/i.exec(url);
  if (!match) return undefined;
  const type = storedType(match[1] ?? null);
  try {
    const payload = decodeURIComponent(url.slice(match[0].length));
    const bytes = match[2]
      ? Uint8Array.from(atob(payload.replace(/\s/g, "")), (letter) => letter.charCodeAt(0))
      : new TextEncoder().encode(payload);
    return bytes.length > 0 ? new Blob([bytes], { type }) : undefined;
  } catch {
    return undefined;
  }
}
