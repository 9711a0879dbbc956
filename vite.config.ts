import { defineConfig, type Plugin } from "vite";
import { precache } from "./tools/vite/precache-plugin.ts";
import { ffmpegWrapper } from "./tools/vite/ffmpeg-wrapper-plugin.ts";
import { serviceWorker } from "./tools/vite/service-worker-plugin.ts";
import { workerEntry } from "./tools/vite/worker-entry-plugin.ts";
import { ISOLATION_HEADERS } from "./src/headless/page-headers.ts";

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
  plugins: [crossOriginIsolation(), ffmpegWrapper(), serviceWorker(), precache()],
  worker: { format: "es", plugins: () => [workerEntry(), ffmpegWrapper()] },
  optimizeDeps: {
    exclude: ["onnxruntime-web", "@ffmpeg/core", "@ffmpeg/ffmpeg", "libheif-js"],
    include: ["mediabunny", "@mediabunny/aac-encoder"],
  },
  build: {
    target: "es2023",
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 2000,
    rollupOptions: { input: { index: "index.html", host: "host.html" } },
  },
});
