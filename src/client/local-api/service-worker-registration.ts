const RELOADED = "dudak-isolation-reload";

/**
 * Registers the service worker that answers the local API and, on hosts that cannot send headers, isolates the page:
 * then the page is reloaded once, as soon as the worker controls it, because only a new document can be isolated.
 * @param scriptUrl address of `service-worker.js`, may be relative to the document; its folder is the scope.
 * @returns whether a worker is registered; false where the browser has none or refuses (private windows, plain http).
 */
export async function registerServiceWorker(scriptUrl: string | URL): Promise<boolean> {
  if (!("serviceWorker" in navigator)) return false;
  try {
    const script = new URL(scriptUrl, document.baseURI);
    await navigator.serviceWorker.register(script, { scope: new URL("./", script).href });
    await navigator.serviceWorker.ready;
  } catch {
    return false;
  }
  if (crossOriginIsolated) {
    sessionStorage.removeItem(RELOADED);
    return true;
  }
  if (sessionStorage.getItem(RELOADED) === null) {
    sessionStorage.setItem(RELOADED, "1");
    location.reload();
  }
  return true;
}
