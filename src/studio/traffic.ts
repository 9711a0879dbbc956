import { onWorkerRequests, watchRequests, type RequestReport } from "../core/browser/traffic.ts";

/** One request as the privacy panel lists it. */
export interface TrafficEntry {
  readonly url: string;
  /** Bytes that came over the network; 0 from the cache. */
  readonly receivedBytes: number;
  readonly own: boolean;
}

/** What this page and its workers sent and fetched since it opened. */
export interface Traffic {
  /** Bytes of request bodies, and an estimate of 1 byte at least for every request elsewhere. */
  readonly sentBytes: number;
  readonly ownRequests: number;
  readonly otherRequests: number;
  /** How many of the requests the engine's workers and the service worker made. */
  readonly workerRequests: number;
  /** Attempts that the content security policy stopped. */
  readonly blocked: readonly string[];
  readonly latest: readonly TrafficEntry[];
  readonly since: number;
}

const KEPT = 12;

/** The service worker answers the API on this device: nothing of it goes out. */
const answeredHere = ({ origin, pathname }: URL) =>
  Boolean(navigator.serviceWorker?.controller) && origin === location.origin && pathname.includes("/api/v1/");

/** Watches the requests of the page and of its workers: bodies, targets, and what the policy blocked. */
export function watchTraffic(onChange: () => void): () => Traffic {
  const since = Date.now();
  let sentBytes = 0;
  let ownRequests = 0;
  let otherRequests = 0;
  let workerRequests = 0;
  const blocked: string[] = [];
  const latest: TrafficEntry[] = [];

  const count = (report: RequestReport) => {
    sentBytes += report.sentBytes;
    if (report.blocked) blocked.push(report.url);
    else if (report.sentBytes === 0) {
      const own = new URL(report.url, location.href).origin === location.origin;
      if (own) ownRequests += 1;
      else {
        otherRequests += 1;
        sentBytes += Math.max(1, report.url.length);
      }
      latest.unshift({ url: report.url, receivedBytes: report.receivedBytes, own });
      latest.length = Math.min(latest.length, KEPT);
    }
    onChange();
  };
  watchRequests(count, answeredHere);
  onWorkerRequests((report) => {
    if (!report.blocked && report.sentBytes === 0) workerRequests += 1;
    count(report);
  });
  const originalBeacon = navigator.sendBeacon.bind(navigator);
  navigator.sendBeacon = (url, body) => {
    const sent = new Blob(body === null || body === undefined ? [] : [body as BlobPart]).size;
    count({ url: String(url), receivedBytes: 0, sentBytes: Math.max(1, sent), blocked: false });
    return originalBeacon(url, body);
  };
  return () => ({ sentBytes, ownRequests, otherRequests, workerRequests, blocked, latest, since });
}
