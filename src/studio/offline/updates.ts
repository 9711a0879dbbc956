import { registerServiceWorker } from "../../client/local-api/service-worker-registration.ts";

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
  const registered = await registerServiceWorker(new URL("service-worker.js", document.baseURI));
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
