import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readFile, readdir, rm, stat, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { build } from "vite";
import { PROJECT_ROOT } from "./project-root.ts";
import { wordsHere } from "./words/words.ts";

export { PROJECT_ROOT };

const SOURCES = [
  "index.html",
  "host.html",
  "package.json",
  "package-lock.json",
  "vite.config.ts",
  "vite.package.config.ts",
  "vite.cli.config.ts",
  "tsconfig.package.json",
  "custom-elements-manifest.config.mjs",
  "src",
  "workers",
  "public",
  "models",
  "tools",
];
const SKIPPED = /(^|\/)(node_modules|__pycache__|\.venv|[^/]*\.test\.ts|[^/]*\.py|[^/]*\.md)$/;

async function fingerprint(root: string): Promise<string> {
  const hash = createHash("sha256");
  const visit = async (path: string): Promise<void> => {
    const full = join(root, path);
    if (SKIPPED.test(path) || !existsSync(full)) return;
    const info = await stat(full);
    if (info.isDirectory()) {
      for (const name of (await readdir(full)).sort()) await visit(`${path}/${name}`);
    } else {
      hash.update(`${path}\0${info.size}\0${info.mtimeMs}\n`);
    }
  };
  for (const source of SOURCES) await visit(source);
  return hash.digest("hex");
}

/** A build that gives no sign of life for so long was killed; its lock counts no more. */
const STALE_LOCK_MS = 180_000;
const SIGN_MS = 5_000;

/** Runs `work` while no other process of this project does; a folder is the lock, for making one is atomic. */
async function exclusively<T>(lock: string, work: () => Promise<T>): Promise<T> {
  await mkdir(join(lock, ".."), { recursive: true });
  for (;;) {
    try {
      await mkdir(lock);
      break;
    } catch {
      const age = await stat(lock).then(
        (info) => Date.now() - info.mtimeMs,
        () => 0,
      );
      if (age > STALE_LOCK_MS) await rm(lock, { recursive: true, force: true });
      else await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }
  const signs = setInterval(() => void utimes(lock, new Date(), new Date()).catch(() => undefined), SIGN_MS);
  try {
    return await work();
  } finally {
    clearInterval(signs);
    await rm(lock, { recursive: true, force: true });
  }
}

/**
 * Does `work`, which fills a folder of the project, unless the sources are as they were when it was done last.
 * @returns the folder.
 */
export async function builtOnce(root: string, folder: string, work: () => Promise<void>): Promise<string> {
  const path = join(root, folder);
  await exclusively(join(root, ".cache", `${folder}.lock`), async () => {
    const stampFile = join(path, ".stamp");
    const stamp = await fingerprint(root);
    if ((await readFile(stampFile, "utf8").catch(() => "")) === stamp) return;
    await rm(stampFile, { force: true });
    // Vite builds for development when a test runner has said so; what is served is always the product.
    const { NODE_ENV } = process.env;
    process.env["NODE_ENV"] = "production";
    try {
      await work();
    } finally {
      if (NODE_ENV === undefined) delete process.env["NODE_ENV"];
      else process.env["NODE_ENV"] = NODE_ENV;
    }
    await writeFile(stampFile, stamp);
  });
  return path;
}

/**
 * Builds the app into `dist` unless the sources are as they were at the last build.
 * @returns the folder to serve.
 */
export async function buildApp(root = PROJECT_ROOT): Promise<string> {
  return builtOnce(root, "dist", async () => {
    console.error(`dudak: ${(await wordsHere()).say("step:app")}`);
    await build({ root, configFile: join(root, "vite.config.ts"), logLevel: "error" });
  });
}
