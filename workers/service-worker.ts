import { createJobDefaults } from "../src/rest/job-defaults.ts";
import { createKeyStore } from "../src/rest/keys.ts";
import { createRouter, type Router } from "../src/rest/router.ts";
import { isolate, readIsolation } from "../src/rest/service-worker/isolation.ts";
import { requestReport, type RequestReport } from "../src/core/browser/traffic.ts";
import { openBrowserStorage } from "../src/queue/store/browser-storage.ts";
import { createAppCache, type BuiltShell } from "../src/studio/offline/app-cache.ts";

declare const self: ServiceWorkerGlobalScope & { readonly __DUDAK_SHELL__?: BuiltShell };
declare const __DUDAK_VERSION__: string;

const basePath = `${new URL(self.registration.scope).pathname}api/v1`;
const app = createAppCache(self.__DUDAK_SHELL__, self.registration.scope);
const isolation = readIsolation(new URL(self.location.href).searchParams);
let opened: Promise<Router> | undefined;

/** The router over this origin's storage; opened again after a failure, and whenever the browser restarts the worker. */
function router(): Promise<Router> {
  opened ??= openBrowserStorage().then((storage) =>
    createRouter({
      store: storage.store,
      media: storage.media,
      keys: createKeyStore(storage.table("keys"), storage.table("keys")),
      access: "own-page",
      basePath,
      jobDefaults: createJobDefaults(storage.table("settings")).read,
      version: __DUDAK_VERSION__,
    }),
  );
  opened.catch(() => (opened = undefined));
  return opened;
}

async function answer(request: Request): Promise<Response> {
  try {
    return await (
      await router()
    )(request);
  } catch (error) {
    const sentence = error instanceof Error ? error.message : String(error);
    return Response.json({ error: sentence, errorCode: "storage/failed" }, { status: 500 });
  }
}

/** The pages count requests, and do not see those of a service worker. */
async function tellPages(requests: readonly RequestReport[]): Promise<void> {
  for (const client of await self.clients.matchAll({ includeUncontrolled: true })) {
    for (const each of requests) client.postMessage(requestReport(each));
  }
}

// The first one serves at once; a newer one waits until the page says so, for its files differ from the page's.
self.addEventListener("install", (event) => {
  event.waitUntil(
    app.install().then(async (requests) => {
      if (!self.registration.active) await self.skipWaiting();
      await tellPages(requests);
    }),
  );
});
self.addEventListener("message", (event) => {
  if (event.data === "take-over") void self.skipWaiting();
  if (event.data === "claim") event.waitUntil(self.clients.claim());
  const keep = (event.data as { readonly keep?: unknown } | null)?.keep;
  if (Array.isArray(keep)) event.waitUntil(app.keep(keep as string[]).then(tellPages));
});
self.addEventListener("activate", (event) => {
  event.waitUntil(app.tidy().then(() => self.clients.claim()));
});
self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (url.origin !== self.location.origin) return;
  if (url.pathname.startsWith(`${basePath}/`)) event.respondWith(answer(request));
  else if (request.cache !== "only-if-cached" || request.mode === "same-origin")
    event.respondWith(app.answer(request).then((response) => isolate(isolation, request, response)));
});
