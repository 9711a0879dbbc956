import { spawn } from "node:child_process";
import { cp, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { basename, dirname, join, relative } from "node:path";
import { build, type Plugin } from "vite";
import { buildApp, builtOnce, PROJECT_ROOT } from "../../src/headless/app-build.ts";

/** How Vite writes the address of a file for a page whose base is relative. */
const NESTED_URL =
  /new URL\(new URL\([`"']([^`"']+)[`"'],\s*import\.meta\.url\)\.href,\s*[`"']{2}\s*\+\s*import\.meta\.url\)/g;
/** onnxruntime's address of itself, which the library does not use; a bundler would look for the file and complain. */
const OWN_URL = /new URL\(([`"']ort\.[\w.]+\.mjs[`"']),\s*import\.meta\.url\)/g;

/** Writes addresses in the form that bundlers recognise, so that they take workers, wasm and models along. */
async function plainUrls(folder: string): Promise<void> {
  for (const name of await readdir(folder, { recursive: true })) {
    if (!name.endsWith(".js")) continue;
    const path = join(folder, name);
    const code = await readFile(path, "utf8");
    const plain = code
      .replace(NESTED_URL, (_whole, file: string) => `new URL("./${file}", import.meta.url)`)
      .replace(OWN_URL, (_whole, file: string) => `new URL(/* @vite-ignore */ ${file}, import.meta.url)`);
    if (plain !== code) await writeFile(path, plain);
  }
}

/**
 * Writes `standalone.js`, the element for pages without a bundler: the same files as `element.js`, but lit is in it.
 * @throws Error when the build fails.
 */
async function buildStandalone(lib: string): Promise<void> {
  const keepChunks: Plugin = {
    name: "keep-chunks",
    enforce: "pre",
    async resolveId(source, importer) {
      if (!importer || !source.startsWith(".") || !importer.startsWith(lib)) return null;
      const path = join(dirname(importer), source);
      if (/from\s*["']lit["']/.test(await readFile(path, "utf8"))) return path;
      return { id: `./${relative(lib, path)}`, external: true };
    },
  };
  await build({
    root: lib,
    configFile: false,
    publicDir: false,
    logLevel: "error",
    plugins: [keepChunks],
    build: {
      outDir: lib,
      emptyOutDir: false,
      target: "es2023",
      modulePreload: false,
      rollupOptions: {
        input: join(lib, "element.js"),
        preserveEntrySignatures: "strict",
        output: { entryFileNames: "standalone.js" },
      },
    },
  });
}

/** Runs a tool of the project's dependencies. @throws Error with what it printed. */
async function tool(root: string, script: string, ...args: string[]): Promise<void> {
  const child = spawn(process.execPath, [join(root, "node_modules", script), ...args], { cwd: root });
  let said = "";
  child.stdout.on("data", (data: Buffer) => (said += data.toString()));
  child.stderr.on("data", (data: Buffer) => (said += data.toString()));
  const code = await new Promise<number | null>((resolve) => child.once("close", resolve));
  if (code !== 0) throw new Error(`${basename(script)} ${args.join(" ")} failed:\n${said}`);
}

interface PackageJson {
  readonly exports: Readonly<Record<string, string | { readonly types: string }>>;
}

const RELATIVE_IMPORT = /((?:from|import\()\s*["'])(\.[^"']+)\.ts(["'])/g;

/** Writes the types, without those that no entry of the package leads to; imports end in `.js`, as Node's rules ask. */
async function writeTypes(root: string): Promise<void> {
  const lib = join(root, "lib");
  await rm(join(lib, "types"), { recursive: true, force: true });
  await tool(root, "typescript/bin/tsc", "-p", "tsconfig.package.json");
  const { exports } = JSON.parse(await readFile(join(root, "package.json"), "utf8")) as PackageJson;
  const wanted = new Set<string>();
  const visit = async (path: string): Promise<void> => {
    if (wanted.has(path)) return;
    wanted.add(path);
    const code = await readFile(path, "utf8");
    for (const [, , target] of code.matchAll(RELATIVE_IMPORT)) {
      await visit(join(dirname(path), `${target!}.d.ts`));
    }
    await writeFile(path, code.replace(RELATIVE_IMPORT, "$1$2.js$3"));
  };
  for (const entry of Object.values(exports)) {
    if (typeof entry === "object") await visit(join(root, entry.types));
  }
  for (const name of await readdir(join(lib, "types"), { recursive: true })) {
    const path = join(lib, "types", name);
    if (name.endsWith(".d.ts") && !wanted.has(path)) await rm(path);
  }
}

/** The app for the command line, without the files that the library has under the same name and hash. */
async function copyApp(root: string): Promise<void> {
  const dist = await buildApp(root);
  const lib = join(root, "lib");
  const shared = new Set(await readdir(join(lib, "assets")));
  await cp(dist, join(lib, "app"), {
    recursive: true,
    filter: (path) =>
      basename(path) !== ".stamp" &&
      !(dirname(relative(dist, path)) === "assets" && shared.has(basename(path))),
  });
}

async function copySamples(root: string): Promise<void> {
  const samples = join(root, "lib", "node", "samples");
  for (const name of ["portraits/mona-lisa.jpg", "voices/sonnet-en.mp3"]) {
    await cp(join(root, "src", "studio", "samples", name), join(samples, name), { recursive: true });
  }
}

/** Projects to begin with, for `dudak create`. */
async function copyExamples(root: string): Promise<void> {
  for (const name of ["plain-html", "vite", "react", "voice-agent", "media"]) {
    await cp(join(root, "examples", name), join(root, "lib", "node", "examples", name), {
      recursive: true,
      filter: (path) => !/[\\/](node_modules|dist|site)$/.test(path),
    });
  }
}

async function buildNow(root: string): Promise<void> {
  const vite = (config: string) => build({ root, configFile: join(root, config), logLevel: "error" });
  await vite("vite.package.config.ts");
  await plainUrls(join(root, "lib"));
  await buildStandalone(join(root, "lib"));
  await vite("vite.cli.config.ts");
  await copySamples(root);
  await copyExamples(root);
  await copyApp(root);
  await writeTypes(root);
  await tool(root, "@custom-elements-manifest/analyzer/cem.js", "analyze", "--outdir", "lib");
}

/**
 * Builds what the npm package holds into `lib/`, unless the sources are as they were at the last build: the entries
 * with their workers, models and wasm (`assets/`), types, the `dudak` command (`node/`) and the app that it serves (`app/`).
 * @returns the folder.
 */
export function buildPackage(root = PROJECT_ROOT): Promise<string> {
  return builtOnce(root, "lib", () => buildNow(root));
}
