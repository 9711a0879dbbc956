import type { RequestReport } from "../../core/browser/traffic.ts";

/** What the build knows of itself; written in front of the service worker's script. */
export interface BuiltShell {
  /** Changes with every file of the shell, and so does the service worker's script. */
  readonly revision: string;
  /** Files that the page needs to open, relative to the scope; kept at the first visit. */
  readonly files: readonly string[];
  /** Files of the page that few need, and the workers' scripts; kept when it has opened. */
  readonly later: readonly string[];
  /** Every hashed file of the build; what is used of them is kept, what is no longer among them is dropped. */
  readonly assets: readonly string[];
}

/** Keeps the app on the device: the shell at once, scripts when it has opened, models when they are first used. */
export interface AppCache {
  /**
   * Fetches the shell. Rejects when a file is missing, so that a half shell is never used.
   * @returns what was fetched.
   */
  install(): Promise<readonly RequestReport[]>;
  /** Drops what belongs to older builds. */
  tidy(): Promise<void>;
  /**
   * Keeps files of the build that were fetched past the service worker, for instance before it took over, and those
   * that the page may need later.
   * @returns what was fetched for it.
   */
  keep(urls: readonly string[]): Promise<readonly RequestReport[]>;
  /** The kept answer to a request, or the network's, kept on the way when it is a file of the build. */
  answer(request: Request): Promise<Response>;
}

const ASSETS = "dudak-assets";
const SHELL_PREFIX = "dudak-shell-";

/** The requests of this thread for some addresses. */
function requestsFor(urls: readonly string[]): readonly RequestReport[] {
  const entries = performance.getEntriesByType("resource") as PerformanceResourceTiming[];
  const received = new Map(entries.map(({ name, transferSize }) => [name, transferSize]));
  return urls.map((url) => ({
    url,
    receivedBytes: received.get(url) ?? 0,
    sentBytes: 0,
    blocked: false,
  }));
}

/**
 * Starts the cache.
 * @param shell undefined in development, where nothing is kept.
 * @param scope the app's folder.
 */
export function createAppCache(shell: BuiltShell | undefined, scope: string): AppCache {
  if (!shell)
    return {
      install: async () => [],
      tidy: async () => undefined,
      keep: async () => [],
      answer: (request) => fetch(request),
    };
  const shellName = SHELL_PREFIX + shell.revision;
  const addresses = (paths: readonly string[]) => paths.map((path) => new URL(path, scope).href);
  const assets = new Set(addresses(shell.assets));
  const index = new URL("index.html", scope).href;

  return {
    async install() {
      const cache = await caches.open(shellName);
      await Promise.all(
        addresses(shell.files).map(async (address) => {
          const response = await fetch(address, { cache: "no-cache" });
          if (!response.ok) throw new Error(`${address} answered ${response.status}`);
          await cache.put(address, response);
        }),
      );
      return requestsFor(addresses(shell.files));
    },
    async tidy() {
      for (const name of await caches.keys()) {
        if (name.startsWith(SHELL_PREFIX) && name !== shellName) await caches.delete(name);
      }
      const cache = await caches.open(ASSETS);
      for (const request of await cache.keys()) if (!assets.has(request.url)) await cache.delete(request);
    },
    async keep(urls) {
      const cache = await caches.open(ASSETS);
      const shellCache = await caches.open(shellName);
      const fetched: string[] = [];
      for (const url of new Set([...urls, ...addresses(shell.later)])) {
        if (!assets.has(url) || (await shellCache.match(url)) || (await cache.match(url))) continue;
        // What the page has just fetched takes nothing from the network.
        const response = await fetch(url, { cache: "force-cache" }).catch(() => undefined);
        if (!response?.ok) continue;
        await cache.put(url, response).catch(() => undefined);
        if (!urls.includes(url)) fetched.push(url);
      }
      return requestsFor(fetched);
    },
    async answer(request) {
      const url = new URL(request.url);
      const address = url.origin + url.pathname;
      if (request.method !== "GET" || request.headers.has("range")) return fetch(request);
      const wanted = request.mode === "navigate" && address === scope ? index : address;
      const kept =
        (await (await caches.open(shellName)).match(wanted)) ??
        (await (await caches.open(ASSETS)).match(address));
      if (kept) return kept;
      const response = await fetch(request);
      if (assets.has(address) && response.ok) {
        const copy = response.clone();
        // Keeping is a favour: a full disk must not break the page.
        void caches
          .open(ASSETS)
          .then((cache) => cache.put(address, copy))
          .catch(() => undefined);
      }
      return response;
    },
  };
}
