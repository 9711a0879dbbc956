import { playwright } from "@vitest/browser-playwright";
import { defineConfig } from "vitest/config";
import { browserLaunch } from "./src/headless/find-browser.mjs";
import { ISOLATION_HEADERS } from "./src/headless/page-headers.ts";
import { crossOriginIsolation } from "./vite.config.ts";

const launch = browserLaunch({ softwareGpu: true });

/** How long a test waits for a state that must come. */
const POLL = { timeout: 90_000, interval: 20 };

export default defineConfig({
  test: {
    browser: { connectTimeout: 240_000 },
    projects: [
      {
        test: {
          name: "node",
          // Modules are loaded once for all files: half of the processor time of the small ones.
          isolate: false,
          include: ["{src,models,tools,tests}/**/*.test.ts"],
          exclude: ["**/*.browser.test.ts", "**/node_modules/**"],
          testTimeout: 240_000,
          expect: { poll: POLL },
          hookTimeout: 240_000,
        },
      },
      {
        plugins: [crossOriginIsolation()],
        server: { headers: ISOLATION_HEADERS, fs: { allow: [".", "../shared/media", "../shared/voices"] } },
        worker: { format: "es" },
        optimizeDeps: {
          // A dependency found while a test runs would reload the page and fail the workers that are starting.
          noDiscovery: true,
          exclude: ["onnxruntime-web", "@ffmpeg/core", "@ffmpeg/ffmpeg", "libheif-js"],
          include: [
            "mediabunny",
            "@mediabunny/aac-encoder",
            "comlink",
            "@noble/hashes/sha2.js",
            "@noble/hashes/utils.js",
            "fflate",
            "gifenc",
            "hono/tiny",
            "idb",
            "zod",
            "zod/mini",
            "lit",
            "lit/directives/guard.js",
            "lit/directives/live.js",
            "lit/directives/style-map.js",
            "@lit/localize",
            "axe-core",
            "standardwebhooks",
            "react",
            "react-dom/client",
          ],
        },
        test: {
          name: "browser",
          include: ["src/**/*.browser.test.ts", "tests/**/*.browser.test.ts"],
          testTimeout: 180_000,
          expect: { poll: POLL },
          hookTimeout: 180_000,
          fileParallelism: false,
          browser: {
            enabled: true,
            headless: true,
            screenshotFailures: false,
            provider: playwright({ launchOptions: launch }),
            instances: [{ browser: "chromium" }],
          },
        },
      },
    ],
  },
});
