import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { build, type Plugin } from "vite";

const ENTRY = fileURLToPath(new URL("../../workers/service-worker.ts", import.meta.url));
const FILE = "service-worker.js";

/**
 * Builds the service worker as one classic script at the root of the app, where its scope covers every page:
 * browsers that know no module workers there run it, too. The development server builds it on request.
 */
export function serviceWorker(): Plugin {
  return {
    name: "service-worker",
    async generateBundle() {
      this.emitFile({ type: "asset", fileName: FILE, source: await buildWorker() });
    },
    configureServer(server) {
      server.middlewares.use((request, response, next) => {
        if (request.url?.split("?", 1)[0] !== `/${FILE}`) {
          next();
          return;
        }
        buildWorker().then((code) => {
          response.setHeader("Content-Type", "text/javascript");
          response.setHeader("Cache-Control", "no-store");
          response.end(code);
        }, next);
      });
    },
  };
}

async function buildWorker(): Promise<string> {
  const { version } = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8")) as {
    version: string;
  };
  const result = await build({
    configFile: false,
    logLevel: "warn",
    publicDir: false,
    define: { __DUDAK_VERSION__: JSON.stringify(version) },
    build: {
      write: false,
      target: "es2023",
      modulePreload: false,
      rollupOptions: { input: ENTRY, output: { format: "iife", entryFileNames: FILE } },
    },
  });
  const outputs = Array.isArray(result) ? result : [result];
  for (const output of outputs) {
    if (!("output" in output)) continue;
    const chunk = output.output.find((file) => file.type === "chunk" && file.isEntry);
    if (chunk?.type === "chunk") return chunk.code;
  }
  throw new Error(`${ENTRY} was built into nothing.`);
}
