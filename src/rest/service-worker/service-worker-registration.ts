import { isIsolated, isolationQuery, type Isolation, type IsolationMode } from "./isolation.ts";

/** How the service worker treats the pages of its scope. */
export interface ServiceWorkerOptions {
  /**
   * Whether and how pages are isolated, for threads, on hosts that do not send the headers; `credentialless` when
   * absent, see {@link IsolationMode}. Isolated pages are cut off from windows that they open (COOP), and frames of
   * other origins need `<iframe credentialless>` or headers of their own; where that is in the way, name the `pages`
   * or choose `none`: the engine works in every page, with one thread.
   */
  readonly isolation?: IsolationMode;
  /** Paths, relative to the document, with which the addresses of the isolated pages begin; all pages when absent. */
  readonly pages?: readonly string[];
}

const RELOADED = "dudak-isolation-reload";

/** Whether the browser isolates by the mode at all; where it does not, a reload would be for nothing. */
function knows(mode: IsolationMode): boolean {
  return (
    mode === "require-corp" ||
    "credentialless" in HTMLIFrameElement.prototype ||
    navigator.userAgent.includes("Firefox/")
  );
}

/**
 * Registers the service worker that answers the local API and, on hosts that cannot send headers, isolates the page:
 * then the page is reloaded once, as soon as the worker controls it, because only a new document can be isolated.
 * @param scriptUrl address of `service-worker.js`, may be relative to the document; its folder is the scope.
 * @returns whether a worker is registered; false where the browser has none or refuses (private windows, plain http).
 * @example
 * await registerServiceWorker("/service-worker.js", { pages: ["/studio/"] });
 */
export async function registerServiceWorker(
  scriptUrl: string | URL,
  options: ServiceWorkerOptions = {},
): Promise<boolean> {
  if (!("serviceWorker" in navigator)) return false;
  const isolation: Isolation = {
    mode: options.isolation ?? "credentialless",
    pages: (options.pages ?? []).map((path) => new URL(path, document.baseURI).pathname),
  };
  try {
    const script = new URL(scriptUrl, document.baseURI);
    const scope = new URL("./", script).href;
    for (const [name, value] of isolationQuery(isolation)) script.searchParams.append(name, value);
    await navigator.serviceWorker.register(script, { scope });
    const { active } = await navigator.serviceWorker.ready;
    // A page that was loading just then, or was reloaded past its cache, has not been claimed.
    if (!navigator.serviceWorker.controller) active?.postMessage("claim");
  } catch {
    return false;
  }
  if (crossOriginIsolated) {
    sessionStorage.removeItem(RELOADED);
    return true;
  }
  const awaited = isIsolated(isolation, new URL(location.href)) && knows(isolation.mode);
  if (awaited && sessionStorage.getItem(RELOADED) === null) {
    sessionStorage.setItem(RELOADED, "1");
    location.reload();
  }
  return true;
}

export type { IsolationMode };
