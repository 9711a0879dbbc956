import { defineConfig, type Plugin } from "vite";
import { precache } from "./scripts/precache-plugin.ts";
import { serviceWorker } from "./scripts/service-worker-plugin.ts";

/** Headers without which a page has no SharedArrayBuffer, and so no wasm threads. */
export const ISOLATION_HEADERS = {
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Embedder-Policy": "require-corp",
  "Cross-Origin-Resource-Policy": "same-origin",
} as const;

/** What a page of ours may load and where it may send: nothing but its own origin. */
export const CONTENT_SECURITY_POLICY = [
  "default-src 'self'",
  "script-src 'self' 'wasm-unsafe-eval' blob:",
  "worker-src 'self' blob:",
  "connect-src 'self' blob: data:",
  "img-src 'self' blob: data:",
  "media-src 'self' blob: mediastream:",
  "style-src 'self' 'unsafe-inline'",
  "font-src 'self'",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'self'",
].join("; ");

/** Sends {@link ISOLATION_HEADERS} with every answer of the development and preview servers. */
export function crossOriginIsolation(): Plugin {
  type Handler = (
    request: unknown,
    response: { setHeader(name: string, value: string): void },
    next: () => void,
  ) => void;
  const handler: Handler = (_request, response, next) => {
    for (const [name, value] of Object.entries(ISOLATION_HEADERS)) response.setHeader(name, value);
    next();
  };
  return {
    name: "cross-origin-isolation",
    enforce: "pre",
    configureServer(server) {
      server.middlewares.use(handler);
    },
    configurePreviewServer(server) {
      server.middlewares.use(handler);
    },
  };
}

export default defineConfig({
  base: "./",
  plugins: [crossOriginIsolation(), serviceWorker(), precache()],
  worker: { format: "es" },
  optimizeDeps: {
    exclude: ["onnxruntime-web", "@ffmpeg/core"],
    include: ["mediabunny", "@mediabunny/aac-encoder"],
  },
  build: {
    target: "es2023",
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 2000,
    rollupOptions: { input: { index: "index.html", host: "host.html" } },
  },
});
