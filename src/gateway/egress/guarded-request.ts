import { request as httpRequest, type IncomingMessage } from "node:http";
import { request as httpsRequest } from "node:https";
import type { LookupFunction } from "node:net";
import { guardedLookup, refuseLiteral, type AddressPolicy } from "./public-address.ts";

/** One HTTP request to an address of someone else's choosing. */
export interface GuardedRequest {
  readonly url: URL;
  readonly policy: AddressPolicy;
  readonly method?: "GET" | "POST";
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly signal: AbortSignal;
  /** Milliseconds without a byte after which the connection is given up. */
  readonly idleMs: number;
  readonly lookup?: LookupFunction;
}

/**
 * Sends one request, without following redirects, over a connection of its own.
 * @returns the answer; its body must be read or destroyed.
 * @throws EngineError `input/fetch` for an address that may not be reached, else the system's error.
 */
export function guardedRequest(options: GuardedRequest): Promise<IncomingMessage> {
  const { url, policy, method = "GET", headers = {}, body, signal, idleMs } = options;
  const lookup = options.lookup ?? guardedLookup(policy);
  return new Promise((resolve, reject) => {
    refuseLiteral(url, policy);
    const send = url.protocol === "https:" ? httpsRequest : httpRequest;
    const length = body === undefined ? {} : { "Content-Length": String(Buffer.byteLength(body)) };
    const request = send(url, { method, signal, lookup, agent: false, headers: { ...headers, ...length } });
    request.setTimeout(idleMs, () => {
      request.destroy(new Error(`no byte came for ${String(idleMs / 1000)} s`));
    });
    request.once("response", resolve);
    request.once("error", reject);
    request.end(body);
  });
}
