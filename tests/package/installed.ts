import { spawn, type ChildProcess } from "node:child_process";
import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { PROJECT_ROOT } from "../../src/headless/app-build.ts";
import { buildPackage } from "../../tools/packaging/package-build.ts";

/** What the examples and tools need beside the package; linked from the project, so that no registry is asked. */
const LINKED = [
  "lit",
  "libsql",
  "playwright-core",
  "react",
  "react-dom",
  "vite",
  "@types/react",
  "@types/react-dom",
];

/** What a process printed, and how it ended. */
export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The examples in a folder outside of the project; the packed package is installed into the Vite one. */
export interface Installed {
  /** Holds a folder for each example, with a voice of a second, and one that is empty. */
  readonly folder: string;
  /** `node_modules/dudak`. */
  readonly packageFolder: string;
  readonly tarballBytes: number;
  /** Runs Node in a folder, with these variables in the environment. */
  node(args: readonly string[], cwd?: string, variables?: NodeJS.ProcessEnv): Promise<Ended>;
  /** Starts Node in a folder. */
  start(args: readonly string[], cwd: string): ChildProcess;
  /** Starts the installed `dudak` command. */
  dudak(args: readonly string[]): ChildProcess;
  remove(): Promise<void>;
}

/** The environment without what npm and the project's own commands leave in it. */
function plainEnvironment(): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(process.env).filter(
      ([name]) => !/^(npm_|INIT_CWD$|DUDAK_CWD$|NODE_ENV$|VITEST)/i.test(name),
    ),
  );
}

/** Collects what a process prints until it ends. */
export function ended(child: ChildProcess): Promise<Ended> {
  let stdout = "";
  let stderr = "";
  child.stdout?.on("data", (data: Buffer) => (stdout += data.toString()));
  child.stderr?.on("data", (data: Buffer) => (stderr += data.toString()));
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => {
      resolve({ code, stdout, stderr });
    });
  });
}

/** What of a running process's output first matches. @throws Error with all that it printed when it ends before. */
export function said(child: ChildProcess, pattern: RegExp): Promise<string> {
  let text = "";
  return new Promise((resolve, reject) => {
    const listen = (data: Buffer) => {
      text += stripVTControlCharacters(data.toString());
      const match = pattern.exec(text)?.[0];
      if (match !== undefined) resolve(match);
    };
    child.stdout?.on("data", listen);
    child.stderr?.on("data", listen);
    child.once("close", () => {
      reject(new Error(`It ended before it said what was waited for:\n${text}`));
    });
  });
}

async function npm(args: readonly string[], cwd: string, cache: string): Promise<void> {
  const quiet = ["--no-audit", "--no-fund", "--no-update-notifier", "--loglevel=error", "--cache", cache];
  const child = spawn("npm", [...args, ...quiet], {
    cwd,
    env: plainEnvironment(),
    shell: process.platform === "win32",
  });
  const { code, stderr } = await ended(child);
  if (code !== 0) throw new Error(`npm ${args.join(" ")} failed:\n${stderr}`);
}

/** Builds the package, packs it as it would be published, and installs the tarball into the copy of the Vite example. */
export async function installPackage(): Promise<Installed> {
  await buildPackage();
  const folder = await mkdtemp(join(tmpdir(), "dudak package "));
  const cache = join(folder, "cache");
  await npm(["pack", "--ignore-scripts", "--pack-destination", folder], PROJECT_ROOT, cache);
  const tarball = (await readdir(folder)).find((name) => name.endsWith(".tgz"))!;
  const dependencies = {
    dudak: `file:../${tarball}`,
    ...Object.fromEntries(LINKED.map((name) => [name, `file:${join(PROJECT_ROOT, "node_modules", name)}`])),
  };
  await cp(join(PROJECT_ROOT, "examples"), folder, {
    recursive: true,
    filter: (path) => !/[\\/](node_modules|dist|site)$/.test(path),
  });
  const voice = join(folder, "media", "hello.mp3");
  await writeFile(voice, (await readFile(voice)).subarray(0, 6000));
  const project = join(folder, "vite");
  await writeFile(
    join(project, "package.json"),
    JSON.stringify({ private: true, type: "module", dependencies }),
  );
  await npm(["install", "--offline", "--ignore-scripts", "--no-package-lock"], project, cache);
  const packageFolder = join(project, "node_modules", "dudak");
  // The starters speak it, too.
  await cp(voice, join(packageFolder, "lib", "node", "examples", "media", "hello.mp3"));
  // The other examples find what was installed there.
  await symlink(join(project, "node_modules"), join(folder, "node_modules"), "junction");
  await mkdir(join(folder, "empty"));

  const env = plainEnvironment();
  const command = join(project, "node_modules", ".bin", "dudak");
  return {
    folder,
    packageFolder,
    tarballBytes: (await readFile(join(folder, tarball))).length,
    node: (args, cwd = folder, variables = {}) =>
      ended(spawn(process.execPath, args, { cwd, env: { ...env, ...variables } })),
    start: (args, cwd) => spawn(process.execPath, args, { cwd, env }),
    dudak: (args) =>
      spawn(command, args, { cwd: join(folder, "empty"), env, shell: process.platform === "win32" }),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}
