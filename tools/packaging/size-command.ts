import { readFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { brotliCompress, constants } from "node:zlib";
import { promisify } from "node:util";
import type { BuiltShell } from "../../src/studio/offline/app-cache.ts";
import { buildApp, PROJECT_ROOT } from "../../src/headless/app-build.ts";
import { buildPackage } from "./package-build.ts";

const compress = promisify(brotliCompress);

/** What a budget covers: its entries are listed one by one. */
interface Budget {
  readonly name: string;
  readonly files: readonly string[];
  /** Bytes, brotli. */
  readonly limit: number;
}

/** Bytes of a file as a good host sends it: brotli at its highest quality. */
async function brotliSize(path: string): Promise<number> {
  const bytes = await readFile(path);
  const options = { params: { [constants.BROTLI_PARAM_QUALITY]: bytes.length > 4e6 ? 9 : 11 } };
  return (await compress(bytes, options)).length;
}

const STATIC_IMPORT =
  /(?:^|[;}\s])(?:import|export)\s*(?:[\w*{}\s,$]*?from\s*)?["'`](\.{1,2}\/[^"'`]+\.js)["'`]/g;

/** A script with everything that it imports before it runs. */
async function withImports(entry: string, seen = new Set<string>()): Promise<readonly string[]> {
  if (seen.has(entry)) return [];
  seen.add(entry);
  const code = await readFile(entry, "utf8");
  for (const match of code.matchAll(STATIC_IMPORT)) await withImports(join(entry, "..", match[1]!), seen);
  return [...seen];
}

/** What the build wrote in front of the service worker's script. */
async function builtFiles(dist: string): Promise<BuiltShell> {
  const worker = await readFile(join(dist, "service-worker.js"), "utf8");
  return JSON.parse(/__DUDAK_SHELL__=(\{.*?\});/.exec(worker)![1]!) as BuiltShell;
}

/** Fetched by some browsers or for some jobs only. */
const NOT_ALWAYS =
  /\/(ffmpeg|host-|plugin-|mediabunny|ort\.(webgpu|jspi)|[\w-]+\.(asyncify|jspi)-)|\.(css|jpg|mp3|mjs)$/;

async function main(): Promise<void> {
  const dist = await buildApp();
  const lib = join(PROJECT_ROOT, "lib");
  await buildPackage();
  const { files, later, assets } = await builtFiles(dist);
  const inDist = (names: readonly string[]) => names.map((name) => join(dist, name));
  const shell = files.filter((name) => /\.(js|css|html)$/.test(name));
  const engine = assets.filter((name) => ![...files, ...later].includes(name) && !NOT_ALWAYS.test(name));
  const budgets: Budget[] = [
    { name: "Studio shell", files: inDist(shell), limit: 125_000 },
    { name: "Element entry, without lit", files: await withImports(join(lib, "element.js")), limit: 30_000 },
    { name: "First job, without WebGPU", files: inDist(engine), limit: 15_000_000 },
  ];
  let over = false;
  for (const { name, files: counted, limit } of budgets) {
    const rows = await Promise.all(counted.map(async (file) => ({ file, bytes: await brotliSize(file) })));
    const total = rows.reduce((sum, row) => sum + row.bytes, 0);
    over ||= total > limit;
    const mark = total > limit ? "OVER" : "ok";
    console.log(`\n${name}: ${(total / 1000).toFixed(1)} kB of ${limit / 1000} kB (${mark})`);
    for (const { file, bytes } of rows.sort((a, b) => b.bytes - a.bytes)) {
      console.log(`  ${(bytes / 1000).toFixed(1).padStart(9)} kB  ${basename(file)}`);
    }
  }
  if (over) process.exitCode = 1;
}

await main();
