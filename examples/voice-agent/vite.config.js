import { defineConfig } from "vite";

// With these two headers the networks run in several threads; without them everything works, a little slower.
const headers = {
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Embedder-Policy": "require-corp",
};

// The package itself needs no settings.
export default defineConfig({
  publicDir: "../media",
  server: { headers },
  preview: { headers },
});
