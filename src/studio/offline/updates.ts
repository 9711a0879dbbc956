import { onWorkerRequests, relayRequests } from "../../core/browser/traffic.ts";
import { registerServiceWorker } from "../../rest/service-worker/service-worker-registration.ts";

const KEEP_DELAY_MS = 500;

/**
 * Tells the service worker what the page and its workers have fetched: on the first visit much of it comes before
 * there is a service worker that could keep it.
 */
function keepWhatWasFetched(registration: Promise<ServiceWorkerRegistration>): void {
  const fetched = new Set<string>();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const tell = async () => {
    const { active } = await registration;
    for (const { name } of performance.getEntriesByType("resource")) fetched.add(name);
    active?.postMessage({ keep: [...fetched] });
    fetched.clear();
  };
  const soon = () => {
    clearTimeout(timer);
    timer = setTimeout(() => void tell(), KEEP_DELAY_MS);
  };
  onWorkerRequests(({ url }) => {
    fetched.add(url);
    soon();
  });
  soon();
}

/** A newer build of the app that waits. */
export interface WaitingUpdate {
  /** Lets it take over; the page is loaded anew. */
  apply(): void;
}

/**
 * Registers the service worker and watches for newer builds.
 * @param onWaiting called when a newer build is ready and waits for its turn.
 * @returns whether the app works without a network from now on.
 */
export async function watchUpdates(onWaiting: (update: WaitingUpdate) => void): Promise<boolean> {
  if ("serviceWorker" in navigator) {
    relayRequests(navigator.serviceWorker);
    keepWhatWasFetched(navigator.serviceWorker.ready);
  }
  const registered = await registerServiceWorker(new URL("service-worker.js", document.baseURI), {
    // All that the studio loads comes from its own origin.
    isolation: "require-corp",
  });
  const registration = registered ? await navigator.serviceWorker.getRegistration() : undefined;
  if (!registration) return false;
  const tell = (worker: ServiceWorker | null) => {
    if (!worker || !navigator.serviceWorker.controller) return;
    onWaiting({
      apply() {
        navigator.serviceWorker.addEventListener("controllerchange", () => location.reload(), { once: true });
        worker.postMessage("take-over");
      },
    });
  };
  tell(registration.waiting);
  registration.addEventListener("updatefound", () => {
    const worker = registration.installing;
    worker?.addEventListener("statechange", () => {
      if (worker.state === "installed") tell(worker);
    });
  });
  return true;
}
