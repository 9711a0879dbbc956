/** One request as the privacy panel lists it. */
export interface TrafficEntry {
  readonly url: string;
  /** Bytes that came over the network; 0 from the cache. */
  readonly receivedBytes: number;
  readonly own: boolean;
}

/** What this page sent and fetched since it opened. */
export interface Traffic {
  /** Bytes of request bodies, and an estimate of 1 byte at least for every request elsewhere. */
  readonly sentBytes: number;
  readonly ownRequests: number;
  readonly otherRequests: number;
  /** Attempts that the content security policy stopped. */
  readonly blocked: readonly string[];
  readonly latest: readonly TrafficEntry[];
  readonly since: number;
}

const KEPT = 12;

function bodyBytes(body: unknown): number {
  if (body === null || body === undefined) return 0;
  if (typeof body === "string") return new TextEncoder().encode(body).length;
  if (body instanceof Blob) return body.size;
  if (body instanceof ArrayBuffer || ArrayBuffer.isView(body)) return body.byteLength;
  if (body instanceof URLSearchParams) return body.toString().length;
  if (body instanceof FormData) {
    return [...body.values()].reduce((sum, value) => sum + bodyBytes(value), 0);
  }
  return 1;
}

/**
 * Watches the page's own requests: their bodies, their targets, and what the policy blocked.
 * Workers cannot reach further: the same policy binds them.
 */
export function watchTraffic(onChange: () => void): () => Traffic {
  const since = Date.now();
  let sentBytes = 0;
  let ownRequests = 0;
  let otherRequests = 0;
  const blocked: string[] = [];
  const latest: TrafficEntry[] = [];

  const count = (entry: PerformanceEntry) => {
    const resource = entry as PerformanceResourceTiming;
    const { protocol, origin } = new URL(resource.name, location.href);
    if (protocol === "blob:" || protocol === "data:") return;
    const own = origin === location.origin;
    if (own) ownRequests += 1;
    else {
      otherRequests += 1;
      sentBytes += Math.max(1, resource.name.length);
    }
    latest.unshift({ url: resource.name, receivedBytes: resource.transferSize, own });
    latest.length = Math.min(latest.length, KEPT);
  };
  new PerformanceObserver((list) => {
    list.getEntries().forEach(count);
    onChange();
  }).observe({ type: "resource", buffered: true });

  const add = (bytes: number) => {
    if (bytes === 0) return;
    sentBytes += bytes;
    onChange();
  };
  const originalFetch = window.fetch.bind(window);
  window.fetch = (input, init) => {
    const url = new URL(input instanceof Request ? input.url : String(input), location.href);
    // The service worker answers the API on this device: nothing of it goes out.
    const answeredHere =
      navigator.serviceWorker?.controller &&
      /\/api\/v1\//.test(url.pathname) &&
      url.origin === location.origin;
    if (!/^(blob|data):/.test(url.protocol) && !answeredHere) add(bodyBytes(init?.body));
    return originalFetch(input, init);
  };
  const originalSend = XMLHttpRequest.prototype.send;
  XMLHttpRequest.prototype.send = function (body) {
    add(bodyBytes(body));
    originalSend.call(this, body);
  };
  const originalBeacon = navigator.sendBeacon.bind(navigator);
  navigator.sendBeacon = (url, body) => {
    add(bodyBytes(body));
    return originalBeacon(url, body);
  };
  document.addEventListener("securitypolicyviolation", (event) => {
    blocked.push(event.blockedURI);
    onChange();
  });
  return () => ({ sentBytes, ownRequests, otherRequests, blocked, latest, since });
}
