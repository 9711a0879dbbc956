// Keeps pages of this site that were seen, so that they are there without a network. The studio below has its own.
const CACHE = "dudak-site";
const base = new URL("./", self.location.href);

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

/** Files whose names carry a hash never change. */
const lasting = ({ pathname }) => /\/assets\/.*[.-][\w-]{8,}\.\w+$/.test(pathname);

async function answer(request, url) {
  const cache = await caches.open(CACHE);
  const kept = await cache.match(request);
  if (kept && lasting(url)) return kept;
  try {
    const fresh = await fetch(request);
    if (fresh.ok && fresh.status === 200) await cache.put(request, fresh.clone());
    return fresh;
  } catch (error) {
    const page = kept ?? (request.mode === "navigate" ? await cache.match(base.href) : undefined);
    if (page) return page;
    throw error;
  }
}

self.addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  if (event.request.method !== "GET" || url.origin !== base.origin || event.request.headers.has("range"))
    return;
  event.respondWith(answer(event.request, url));
});

// What the first visit loaded before this worker was there.
self.addEventListener("message", (event) => {
  if (!Array.isArray(event.data?.keep)) return;
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll(event.data.keep)));
});
