import { createHash } from "node:crypto";
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import type { Plugin } from "vite";
import type { BuiltShell } from "../src/studio/offline/app-cache.ts";

const WORKER = "service-worker.js";
/** Code that only the engine needs; it is kept when it is first used. */
const ENGINE = /^assets\/(ort[.-]|ffmpeg|mediabunny|host-|[\w-]*\.worker-|plugin-)|\.(wasm|onnx|bin)$/;
const NOT_SHELL = /^(host\.html|webhook-frame\.html)$|\.map$/;

/** Tells the service worker which files make the app's shell; its script changes with each of them. */
export function precache(): Plugin {
  let publicDir = "";
  return {
    name: "precache",
    enforce: "post",
    apply: "build",
    configResolved(config) {
      publicDir = config.publicDir;
    },
    generateBundle: {
      order: "post",
      handler(_options, bundle) {
        const worker = bundle[WORKER];
        if (worker?.type !== "asset") throw new Error(`${WORKER} must be built before the list of its files`);
        const hash = createHash("sha256");
        const built = Object.values(bundle).filter((file) => file.fileName !== WORKER);
        const shell = built.filter(({ fileName }) => !ENGINE.test(fileName) && !NOT_SHELL.test(fileName));
        for (const file of shell) hash.update(file.type === "chunk" ? file.code : file.source);
        const own = readdirSync(publicDir).filter((name) => !NOT_SHELL.test(name));
        for (const name of own) hash.update(readFileSync(join(publicDir, name)));
        const list: BuiltShell = {
          revision: hash.digest("hex").slice(0, 16),
          files: [...shell.map((file) => file.fileName), ...own].sort(),
          assets: built.map((file) => file.fileName).filter((name) => name.startsWith("assets/")),
        };
        worker.source = `self.__DUDAK_SHELL__=${JSON.stringify(list)};\n${String(worker.source)}`;
      },
    },
  };
}
