import type { IncomingMessage, ServerResponse } from "node:http";
import { fileURLToPath } from "node:url";
import { createServer, type Plugin } from "vite";
import { serviceWorker } from "../../tools/vite/service-worker-plugin.ts";

/** The test page and the service worker, served as a static host does: without the headers of isolation. */
export interface BrowserApp {
  /** Address of the page, ready for a query. */
  readonly pageUrl: string;
  readonly origin: string;
  close(): Promise<void>;
}

/** @param handle answers POST requests to `/__…`. */
export async function serveBrowserApp(
  handle?: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<BrowserApp> {
  const hooks: Plugin = {
    name: "hooks",
    configureServer(server) {
      server.middlewares.use((request, response, next) => {
        if (handle && request.url?.startsWith("/__")) handle(request, response);
        else next();
      });
    },
  };
  const server = await createServer({
    configFile: false,
    root: fileURLToPath(new URL("../../", import.meta.url)),
    // Test files that run at the same time must not write over each other's.
    cacheDir: `node_modules/.vite-api-tests-${process.env["VITEST_POOL_ID"] ?? "0"}`,
    logLevel: "warn",
    plugins: [hooks, serviceWorker()],
    server: { host: "127.0.0.1", port: 0, hmr: false, ws: false, watch: null },
    // A dependency found while a page loads would take those away that it has begun to load.
    optimizeDeps: {
      noDiscovery: true,
      include: ["comlink", "hono/tiny", "idb", "mediabunny", "standardwebhooks", "zod"],
    },
  });
  await server.listen();
  const origin = new URL(server.resolvedUrls!.local[0]!).origin;
  return { origin, pageUrl: `${origin}/tests/api/page.html`, close: () => server.close() };
}
