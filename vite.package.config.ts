import { defineConfig } from "vite";
import { version } from "./package.json";
import { serviceWorker } from "./scripts/service-worker-plugin.ts";
import { workerEntry } from "./scripts/worker-entry-plugin.ts";

/** Builds the entries of the npm package: ESM, with workers, models and wasm beside them, found by URL. */
export default defineConfig({
  base: "./",
  publicDir: false,
  plugins: [serviceWorker()],
  // By these names `configureDudak({ assetsUrl })` finds the workers in a copy of the assets (src/client/assets.ts).
  worker: {
    format: "es",
    plugins: () => [workerEntry()],
    rollupOptions: { output: { entryFileNames: `assets/[name]-${version}.js` } },
  },
  build: {
    outDir: "lib",
    target: "es2023",
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 2000,
    modulePreload: false,
    minify: true,
    rollupOptions: {
      preserveEntrySignatures: "strict",
      external: [/^lit($|\/)/, /^react($|\/)/],
      input: {
        dudak: "src/client/lip-sync.ts",
        element: "src/element/define.ts",
        react: "src/element/react.ts",
        registration: "src/client/local-api/service-worker-registration.ts",
        "local-api": "src/client/local-api/open.ts",
      },
      output: { entryFileNames: "[name].js" },
    },
  },
});
