import { Readable } from "node:stream";
import type { IncomingMessage } from "node:http";
import type { LookupFunction } from "node:net";
import type { ReadableStream as NodeReadableStream } from "node:stream/web";
import { EngineError } from "../../job/errors.ts";
import { checkAnswer, mediaType, refuseMarkup, type FetchMedia } from "../../job/fetch-media.ts";
import { decodedBody } from "./content-coding.ts";
import { guardedRequest } from "./guarded-request.ts";
import type { AddressPolicy } from "./public-address.ts";

/** Limits of {@link createMediaFetcher}. */
export interface FetchLimits {
  readonly policy: AddressPolicy;
  readonly maxBytes: number;
  /** The whole download, in ms: a slow drip ends here. */
  readonly totalMs?: number;
  /** Milliseconds without a byte. */
  readonly idleMs?: number;
  readonly maxRedirects?: number;
  readonly lookup?: LookupFunction;
}

/** Fetches the media that jobs name by URL, within limits of address, size, time and redirects. */
export function createMediaFetcher(limits: FetchLimits): FetchMedia {
  const { policy, maxBytes, totalMs = 600_000, idleMs = 20_000, maxRedirects = 5, lookup } = limits;
  return async (address, signal) => {
    const overdue = AbortSignal.timeout(totalMs);
    const both = AbortSignal.any([overdue, ...(signal ? [signal] : [])]);
    const explain = (error: unknown) => explained(error, address, signal, overdue, totalMs);
    try {
      const response = await follow(address, both);
      const type = mediaType(response.headers["content-type"]);
      try {
        checkAnswer(address, response.statusCode ?? 0, type);
        checkSize(address, Number(response.headers["content-length"] ?? 0));
      } catch (error) {
        response.destroy();
        throw error;
      }
      const stream = Readable.toWeb(
        decoded(response, address),
      ) as NodeReadableStream as ReadableStream<Uint8Array>;
      const body = mapErrors(stream, explain).pipeThrough(refuseMarkup(address));
      return { type: type || "application/octet-stream", body };
    } catch (error) {
      throw explain(error);
    }
  };

  async function follow(address: string, signal: AbortSignal): Promise<IncomingMessage> {
    let url = new URL(address);
    const seen = new Set<string>();
    for (let hops = 0; hops <= maxRedirects; hops++) {
      if (url.protocol !== "https:" && url.protocol !== "http:") {
        throw fetchError(`${address} leads to ${url.protocol}//, which is not fetched.`);
      }
      if (seen.has(url.href)) throw fetchError(`${address} redirects in a circle.`);
      seen.add(url.href);
      const headers = { "User-Agent": "dudak", Accept: "*/*", "Accept-Encoding": "identity" };
      const response = await guardedRequest({ url, policy, headers, signal, idleMs, lookup });
      const status = response.statusCode ?? 0;
      const { location } = response.headers;
      if (status < 300 || status > 399 || location === undefined) return response;
      response.destroy();
      url = new URL(location, url);
    }
    throw fetchError(`${address} redirects more than ${String(maxRedirects)} times.`);
  }

  function checkSize(address: string, announced: number): void {
    if (announced <= maxBytes) return;
    throw new EngineError(
      "input/too-large",
      `${address} has ${String(Math.ceil(announced / 1e6))} MB; at most ${String(Math.floor(maxBytes / 1e6))} MB are fetched.`,
    );
  }
}

/** The file's own bytes. @throws EngineError `input/fetch` where they come in a coding that is not read. */
function decoded(response: IncomingMessage, address: string): Readable {
  const body = decodedBody(response);
  if (typeof body !== "string") return body;
  response.destroy();
  throw fetchError(`${address} answered in the coding "${body}", which is not read. Use another address.`);
}

function fetchError(message: string, cause?: unknown): EngineError {
  return new EngineError("input/fetch", message, { cause });
}

function explained(
  error: unknown,
  address: string,
  signal: AbortSignal | undefined,
  overdue: AbortSignal,
  totalMs: number,
): EngineError {
  if (error instanceof EngineError) return error;
  if (signal?.aborted) return new EngineError("job/cancelled", "The job was cancelled.", { cause: error });
  if (overdue.aborted) {
    return fetchError(`${address} was not complete after ${String(totalMs / 1000)} s.`, error);
  }
  const { code, message } = error as NodeJS.ErrnoException;
  return fetchError(
    `${address} could not be fetched (${code ?? message}). Check the address and try again.`,
    error,
  );
}

function mapErrors(
  stream: ReadableStream<Uint8Array>,
  explain: (error: unknown) => EngineError,
): ReadableStream<Uint8Array> {
  const reader = stream.getReader();
  return new ReadableStream({
    async pull(controller) {
      try {
        const { done, value } = await reader.read();
        if (done) controller.close();
        else controller.enqueue(value);
      } catch (error) {
        controller.error(explain(error));
      }
    },
    cancel: (reason) => reader.cancel(reason),
  });
}
