/** A request that a page or one of its workers made, or was kept from making. */
export interface RequestReport {
  readonly url: string;
  /** Bytes that came over the network; 0 from a cache. */
  readonly receivedBytes: number;
  /** Bytes of the request's body. */
  readonly sentBytes: number;
  /** Stopped by the content security policy. */
  readonly blocked: boolean;
}

/** Who is told of requests. */
export type RequestListener = (report: RequestReport) => void;

/** Name of the event in which a thread learns of the requests of the threads that it started. */
const EVENT = "dudak-traffic";

function bodyBytes(body: unknown): number {
  if (body === null || body === undefined) return 0;
  if (typeof body === "string") return new TextEncoder().encode(body).length;
  if (body instanceof Blob) return body.size;
  if (body instanceof ArrayBuffer || ArrayBuffer.isView(body)) return body.byteLength;
  if (body instanceof URLSearchParams) return body.toString().length;
  if (body instanceof FormData) {
    return [...body.values()].reduce((sum, value) => sum + bodyBytes(value), 0);
  }
  // Streams and the like: how much it will be cannot be known, that it is something can.
  return 1;
}

const SAME_ATTEMPT_MS = 50;

const onNetwork = (url: string) => !/^(blob|data):/.test(url);

/**
 * Watches every request of this thread from its start on, with what it sends.
 * @param answeredHere says which requests never leave the device, for instance those that a service worker answers.
 */
export function watchRequests(
  listener: RequestListener,
  answeredHere: (url: URL) => boolean = () => false,
): void {
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries() as PerformanceResourceTiming[]) {
      if (!onNetwork(entry.name)) continue;
      listener({ url: entry.name, receivedBytes: entry.transferSize, sentBytes: 0, blocked: false });
    }
  }).observe({ type: "resource", buffered: true });

  // The observer tells nothing of bodies.
  const sends = (url: string, body: unknown) => {
    const sentBytes = bodyBytes(body);
    const target = new URL(url, location.href);
    if (sentBytes === 0 || !onNetwork(target.href) || answeredHere(target)) return;
    listener({ url: target.href, receivedBytes: 0, sentBytes, blocked: false });
  };
  const originalFetch = globalThis.fetch.bind(globalThis);
  globalThis.fetch = (input, init) => {
    const url = input instanceof Request ? input.url : String(input);
    sends(url, init?.body ?? (input instanceof Request ? input.body : null));
    return originalFetch(input, init);
  };
  const { open, send } = XMLHttpRequest.prototype;
  const targets = new WeakMap<XMLHttpRequest, string>();
  XMLHttpRequest.prototype.open = function (this: XMLHttpRequest, ...args: unknown[]) {
    targets.set(this, String(args[1]));
    return Reflect.apply(open, this, args) as undefined;
  };
  XMLHttpRequest.prototype.send = function (body) {
    sends(targets.get(this) ?? "", body);
    send.call(this, body);
  };
  let last = { url: "", at: -Infinity };
  globalThis.addEventListener("securitypolicyviolation", (event) => {
    const { blockedURI } = event as unknown as { readonly blockedURI: string };
    // "eval" or "inline" is no request; and each policy, the header's and the page's own, tells of the same attempt.
    const again = blockedURI === last.url && event.timeStamp - last.at < SAME_ATTEMPT_MS;
    last = { url: blockedURI, at: event.timeStamp };
    if (again || !blockedURI.includes(":")) return;
    listener({ url: blockedURI, receivedBytes: 0, sentBytes: 0, blocked: true });
  });
}

/** Calls `tell` with the requests of the workers that were started with {@link relayRequests}. */
export function onWorkerRequests(listener: RequestListener): void {
  globalThis.addEventListener(EVENT, (event) => listener((event as CustomEvent<RequestReport>).detail));
}

/** In a worker: tells its requests, and those of its own workers, to the thread that started it. */
export function reportRequests(): void {
  const listener: RequestListener = (report) => globalThis.postMessage({ [EVENT]: report });
  watchRequests(listener);
  onWorkerRequests(listener);
}

/** In the thread that started a worker: passes its reports on to {@link onWorkerRequests}. */
export function relayRequests(worker: Pick<EventTarget, "addEventListener">): void {
  worker.addEventListener("message", (event) => {
    const detail = (event as MessageEvent<Record<string, unknown> | null>).data?.[EVENT];
    if (detail) globalThis.dispatchEvent(new CustomEvent(EVENT, { detail }));
  });
}

/** The message by which a service worker reports a request to a page that relays it. */
export const requestReport = (report: RequestReport): object => ({ [EVENT]: report });
