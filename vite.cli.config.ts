import { fileURLToPath } from "node:url";
import { defineConfig, type Plugin } from "vite";

const file = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** Puts the package's own idea of where things are in the place of the project's. */
function packagedInstallation(): Plugin {
  return {
    name: "packaged-installation",
    enforce: "pre",
    async resolveId(source, importer) {
      if (!source.endsWith("/installation.ts")) return null;
      const found = await this.resolve(source, importer, { skipSelf: true });
      return found?.id === file("src/headless/installation.ts")
        ? file("src/headless/packaged-installation.ts")
        : found;
    },
  };
}

/** Builds the `dudak` command of the npm package: plain JavaScript that needs nothing but the browser's driver. */
export default defineConfig({
  publicDir: false,
  plugins: [packagedInstallation()],
  ssr: { target: "node", noExternal: true, external: ["playwright-core", "libsql"] },
  build: {
    ssr: true,
    outDir: "lib/node",
    target: "node20",
    minify: true,
    rollupOptions: {
      input: { cli: "src/cli/cli.ts" },
      output: { entryFileNames: "[name].js", chunkFileNames: "[name]-[hash].js" },
    },
  },
});
