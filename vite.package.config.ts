import { defineConfig } from "vite";
import { serviceWorker } from "./scripts/service-worker-plugin.ts";

/** Builds the entries of the npm package: ESM, with workers, models and wasm beside them, found by URL. */
export default defineConfig({
  base: "./",
  publicDir: false,
  plugins: [serviceWorker()],
  worker: { format: "es" },
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
      },
      output: { entryFileNames: "[name].js" },
    },
  },
});
