/**
 * How the service worker isolates pages, without which they have no threads:
 * `credentialless` lets pictures, scripts and styles of other origins load (without cookies) and is not known to
 * Safari, which goes on with one thread; `require-corp` works everywhere and blocks whatever another origin does not
 * release by a header; `none` leaves every page as its host sends it.
 */
export type IsolationMode = "credentialless" | "require-corp" | "none";

/** Which pages are isolated, and how. */
export interface Isolation {
  readonly mode: IsolationMode;
  /** Beginnings of their paths, for instance `/studio/`; all pages when empty. */
  readonly pages: readonly string[];
}

const MODES: readonly string[] = ["credentialless", "require-corp", "none"] satisfies IsolationMode[];

/** The settings as the query of the service worker's address; it has no other way to learn them in time. */
export function isolationQuery({ mode, pages }: Isolation): URLSearchParams {
  const query = new URLSearchParams();
  if (mode !== "credentialless") query.set("isolation", mode);
  for (const page of pages) query.append("page", page);
  return query;
}

/** The settings of a service worker from the query of its address; `credentialless` for all pages without one. */
export function readIsolation(query: URLSearchParams): Isolation {
  const mode = query.get("isolation") ?? "";
  return {
    mode: MODES.includes(mode) ? (mode as IsolationMode) : "credentialless",
    pages: query.getAll("page"),
  };
}

/** Whether a page is among those to be isolated. */
export function isIsolated({ mode, pages }: Isolation, page: URL): boolean {
  return mode !== "none" && (pages.length === 0 || pages.some((start) => page.pathname.startsWith(start)));
}

/** What of a request decides. */
export type IsolationRequest = Pick<Request, "url" | "mode" | "destination" | "referrer">;

/** Whether the answer to a request makes, or goes into, an isolated page: itself, its frames, its workers. */
function needsHeaders(isolation: Isolation, request: IsolationRequest): boolean {
  if (isIsolated(isolation, new URL(request.url)) && request.mode === "navigate") return true;
  if (isolation.mode === "none" || request.destination === "document") return false;
  if (request.destination === "worker" || request.destination === "sharedworker") return true;
  return (
    request.mode === "navigate" &&
    URL.canParse(request.referrer) &&
    isIsolated(isolation, new URL(request.referrer))
  );
}

/** The response with what isolates a page, where its host did not send it; any other one untouched. */
export function isolate(isolation: Isolation, request: IsolationRequest, response: Response): Response {
  if (response.status === 0 || response.headers.has("Cross-Origin-Embedder-Policy")) return response;
  if (!needsHeaders(isolation, request)) return response;
  const headers = new Headers(response.headers);
  headers.set("Cross-Origin-Opener-Policy", "same-origin");
  headers.set("Cross-Origin-Embedder-Policy", isolation.mode);
  return new Response(response.body, { status: response.status, statusText: response.statusText, headers });
}
