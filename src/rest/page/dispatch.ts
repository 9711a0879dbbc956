import type { Router } from "../router.ts";

/** `fetch` for requests to the local API; same arguments, same answers. */
export type LocalFetch = (input: RequestInfo | URL, init?: RequestInit) => Promise<Response>;

/**
 * A `fetch` that reaches the local API in every state of the page: through the service worker when one controls
 * the page, else (first load, hard reload, no service workers) through the same router in the page itself.
 * Requests to other addresses go to the network untouched.
 * @param basePath path of the API, for instance `/api/v1`.
 */
export function createLocalFetch(router: Router, basePath: string): LocalFetch {
  return async (input, init) => {
    const address = input instanceof Request ? input.url : String(input);
    const url = new URL(address, location.href);
    const local = url.origin === location.origin && url.pathname.startsWith(`${basePath}/`);
    if (!local || navigator.serviceWorker?.controller) return fetch(input, init);
    init?.signal?.throwIfAborted();
    return router(input instanceof Request ? new Request(input, init) : new Request(url, init));
  };
}
