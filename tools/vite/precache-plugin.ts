import { createHash } from "node:crypto";
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import type { Plugin, Rolldown } from "vite";
import type { BuiltShell } from "../../src/studio/offline/app-cache.ts";

const WORKER = "service-worker.js";
/** The looks, thumbnails and the page itself. Scripts are found by their imports, the rest is kept when first used. */
const SHELL = /^index\.html$|\.(css|jpg|mp3|svg|png)$/;
/** Samples load when they are clicked. */
const SAMPLE = /studio\/samples\/(portraits|voices)\/|studio\/samples\/[^/]+\.mp[34]$/;
const NOT_SHELL = /^(host\.html|webhook-frame\.html)$|\.map$/;

/** Parts of the engine that the studio never asks for, though its bundle could, or seldom: kept when first used. */
const UNUSED = /\/live-session-/;

/** Parts that few visitors open; kept once the page is there. */
const LATER =
  /\/(sheets\/(models|live|batch)-sheet|state\/batch|panel\/(zip|job-report)|pages\/(api|reference)-page|rest\/(router|sign-delivery)|job\/check-job|state\/models|engine\/lip-model|lip-models\/(model-store|manifest\/ready-manifests)|report\/(report-(page|document)|load-words)|sentences\/catalogue|locales\/[\w-]+)\.ts$/;

/**
 * Workers and what they import: a page of this build must find them when a later build has replaced it on the server.
 * ffmpeg's core and libheif, which have other licences, come only when they are needed.
 */
const WORKERS = /^assets\/(?!ffmpeg-core-|libheif-).*\.m?js$/;

/** The scripts that an entry imports, at once or later; workers are no part of it. */
function reachable(bundle: Rolldown.OutputBundle, entry: string, everything: boolean): ReadonlySet<string> {
  const seen = new Set<string>();
  const visit = (fileName: string) => {
    const file = bundle[fileName];
    if (file?.type !== "chunk" || seen.has(fileName) || UNUSED.test(fileName)) return;
    seen.add(fileName);
    file.imports.forEach(visit);
    const soon = (name: string) => everything || !LATER.test(facade(bundle[name]));
    file.dynamicImports.filter(soon).forEach(visit);
  };
  for (const file of Object.values(bundle)) {
    if (file.type === "chunk" && file.isEntry && file.name === entry) visit(file.fileName);
  }
  return seen;
}

/** The module that a chunk stands for. */
const facade = (file: Rolldown.OutputBundle[string] | undefined): string =>
  file?.type === "chunk" ? (file.facadeModuleId ?? "") : "";

const isSample = (file: Rolldown.OutputBundle[string]): boolean =>
  file.type === "asset" && file.originalFileNames.some((name) => SAMPLE.test(name));

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
        const scripts = reachable(bundle, "index", false);
        const later = [...reachable(bundle, "index", true)].filter((name) => !scripts.has(name));
        const workers = built.filter((file) => file.type === "asset" && WORKERS.test(file.fileName));
        later.push(...workers.map((file) => file.fileName));
        const shell = built.filter(
          (file) => scripts.has(file.fileName) || (SHELL.test(file.fileName) && !isSample(file)),
        );
        for (const file of shell) hash.update(file.type === "chunk" ? file.code : file.source);
        const own = readdirSync(publicDir).filter((name) => !NOT_SHELL.test(name));
        for (const name of own) hash.update(readFileSync(join(publicDir, name)));
        const list: BuiltShell = {
          revision: hash.digest("hex").slice(0, 16),
          files: [...shell.map((file) => file.fileName), ...own].sort(),
          later: later.sort(),
          assets: built.map((file) => file.fileName).filter((name) => name.startsWith("assets/")),
        };
        worker.source = `self.__DUDAK_SHELL__=${JSON.stringify(list)};\n${String(worker.source)}`;
      },
    },
  };
}
