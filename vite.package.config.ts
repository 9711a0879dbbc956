import { defineConfig } from "vite";
import { version } from "./package.json";
import { ffmpegWrapper } from "./tools/vite/ffmpeg-wrapper-plugin.ts";
import { serviceWorker } from "./tools/vite/service-worker-plugin.ts";
import { workerEntry } from "./tools/vite/worker-entry-plugin.ts";

/** Builds the entries of the npm package: ESM, with workers, models and wasm beside them, found by URL. */
export default defineConfig({
  base: "./",
  publicDir: false,
  plugins: [ffmpegWrapper(), serviceWorker()],
  // By these names `configureDudak({ assetsUrl })` finds the workers in a copy of the assets (src/engine/assets.ts).
  worker: {
    format: "es",
    plugins: () => [workerEntry(), ffmpegWrapper()],
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
        dudak: "src/engine/dudak.ts",
        element: "src/element/define.ts",
        react: "src/react/react.ts",
        registration: "src/rest/service-worker/service-worker-registration.ts",
        "local-api": "src/rest/page/open.ts",
      },
      output: {
        entryFileNames: "[name].js",
        // The audio thread's script is found by its name, as workers are.
        assetFileNames: ({ names }) =>
          names.includes("tap.worklet.js")
            ? `assets/tap.worklet-${version}.js`
            : "assets/[name]-[hash][extname]",
      },
    },
  },
});
