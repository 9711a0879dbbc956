// The entry of every npm script: sets up what is missing, then runs the command.
// Uses nothing but Node, so that it works in a fresh clone.
import { spawn, spawnSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { constants } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { findBrowser } from "../src/headless/find-browser.mjs";
import { reasonOf, runStep } from "../src/headless/setup-step.mjs";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const [command = "", ...args] = process.argv.slice(2);

process.env.DUDAK_CWD ??= process.env.INIT_CWD ?? process.cwd();

/** @param {string} code of the failure, behind its sentence */
function fail(message, code) {
  console.error(`dudak: ${message} [setup/${code}]`);
  // Its last line is read by tools.
  if (command === "test") console.log("\n0 passed, 1 failed, 0 skipped");
  process.exit(1);
}

/** @param stdout where the program's output goes: standard output belongs to the command that was asked for. */
function run(program, programArgs, { stdout = "inherit", allowFailure = false } = {}) {
  const result = spawnSync(program, programArgs, {
    cwd: root,
    stdio: [stdout === "ignore" ? "ignore" : "inherit", stdout, "inherit"],
    shell: process.platform === "win32",
  });
  if (result.error && !allowFailure)
    fail(
      `${program} could not be started (${result.error.message}). Install Node with npm from https://nodejs.org.`,
      "program",
    );
  return result.status ?? 1;
}

function checkNode() {
  const [major, minor] = process.versions.node.split(".").map(Number);
  if (major < 20 || (major === 20 && minor < 19)) {
    const sentence = `Node ${process.versions.node} is too old. Install Node 20.19 or newer from https://nodejs.org.`;
    fail(sentence, "node");
  }
}

/** Whether npm's own record of what is installed has everything that the lock file asks for. */
function dependenciesInstalled() {
  try {
    const read = (path) => JSON.parse(readFileSync(join(root, path), "utf8")).packages;
    const installed = read("node_modules/.package-lock.json");
    return Object.entries(read("package-lock.json")).every(
      ([path, wanted]) => path === "" || wanted.optional || installed[path]?.version === wanted.version,
    );
  } catch {
    return false;
  }
}

/** A step of setting up; its output is kept back unless `DUDAK_VERBOSE` is set. */
const step = (label, program, programArgs, options = {}) =>
  runStep(label, program, programArgs, { cwd: root, ...options });

async function installDependencies() {
  if (dependenciesInstalled()) return;
  const args = ["ci", "--no-audit", "--no-fund", "--loglevel=error"];
  const { code, said } = await step("installing packages", "npm", args);
  if (code === 0) return;
  const reason = reasonOf(said);
  const todo = /EACCES|EPERM|EROFS|ENOSPC/.test(said)
    ? `Check the permissions of ${root} and the space on the disk`
    : "Check the network";
  fail(`The packages could not be installed (${reason}). ${todo}, then run the command again.`, "packages");
}

/** Runs the command itself; it ends when this process is told to, and this process ends with it. */
function launch(script, scriptArgs = []) {
  const child = spawn(process.execPath, ["--import", "tsx", join(root, script), ...scriptArgs], {
    cwd: root,
    stdio: "inherit",
  });
  // Ctrl-C reaches both at once; the child's end is waited for.
  process.on("SIGINT", () => undefined);
  for (const signal of ["SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
  return new Promise((resolve) => {
    child.on("error", (error) => fail(`${script} could not be started (${error.message}).`, "program"));
    child.on("close", (code, signal) => resolve(code ?? 128 + constants.signals[signal]));
  });
}

async function buildModels() {
  const args = ["--import", "tsx", join(root, "models/build/main.ts"), "--quiet"];
  // They are checked at every start, which takes no time worth a line.
  const { code, said } = await step("preparing the face models", process.execPath, args, { silentMs: 3000 });
  if (code === 0) return;
  const reason = reasonOf(said);
  fail(`The face models could not be built (${reason}). Set DUDAK_VERBOSE=1 to see all of it.`, "models");
}

async function ensureBrowser() {
  if (findBrowser()) return;
  const playwright = join(root, "node_modules", "playwright", "cli.js");
  const marker = join(root, "node_modules", ".dudak-browser");
  if (existsSync(marker)) return;
  const label = "no Chrome, Chromium or Edge found: downloading Chromium";
  const download = await step(label, process.execPath, [playwright, "install", "chromium"]);
  if (download.code === 0) {
    writeFileSync(marker, "");
    return;
  }
  if (process.getuid?.() === 0 && existsSync("/usr/bin/apt-get")) {
    const install = "apt-get update -qq && apt-get install -y -qq chromium";
    await step("Chromium could not be downloaded: installing the system's package", "sh", ["-c", install]);
    if (findBrowser()) return;
  }
  fail(
    `No browser could be found or installed (${reasonOf(download.said)}). Install Chrome, Chromium or Edge, or set DUDAK_BROWSER to its path; npm start needs none.`,
    "browser",
  );
}

async function setUp({ browser = true } = {}) {
  checkNode();
  await installDependencies();
  await buildModels();
  if (browser) await ensureBrowser();
}

/** Where the tests lie that need neither a browser nor another process. */
const UNITS = ["src/", "models/", "tools/", "tests/video/", "tests/lip-models/"];
const vitest = join(root, "node_modules", "vitest", "vitest.mjs");

const COMMANDS = {
  setup: async () => (await setUp(), 0),
  models: async () => (await setUp({ browser: false }), 0),
  build: async () => (await setUp({ browser: false }), launch("tools/packaging/build-command.ts", args)),
  dev: async () => (
    await setUp({ browser: false }),
    run(process.execPath, [join(root, "node_modules", "vite", "bin", "vite.js"), ...args])
  ),
  start: async () => (await setUp({ browser: false }), launch("src/cli/cli.ts", ["studio", ...args])),
  demo: async () => (await setUp(), launch("src/cli/cli.ts", ["demo", ...args])),
  test: async () => (await setUp(), launch("tools/test-runner/test-command.ts", args)),
  operators: async () => (await setUp(), launch("tools/operators/main.ts", args)),
  unit: async () => (
    await setUp({ browser: false }),
    launch("tools/test-runner/test-command.ts", ["--project", "node", "--maxWorkers", "2", ...UNITS, ...args])
  ),
  watch: async () => (
    await setUp({ browser: false }),
    run(process.execPath, [vitest, "watch", "--project", "node", ...(args.length > 0 ? args : UNITS)])
  ),
  bench: async () => (await setUp(), launch("tools/bench/main.ts", args)),
  eval: async () => (await setUp(), launch("tools/eval/main.ts", args)),
  picture: async () => (await setUp(), launch("tools/picture/picture-command.ts", args)),
  site: async () => (await setUp({ browser: false }), launch("tools/site/site-command.ts", args)),
  matrix: async () => (await setUp(), launch("tools/matrix/main.ts", args)),
  golden: async () => (await setUp(), launch("tools/golden/main.ts", args)),
  size: async () => (await setUp({ browser: false }), launch("tools/packaging/size-command.ts", args)),
  cli: async () => (await setUp(), launch("src/cli/cli.ts", args)),
};

const action = COMMANDS[command];
if (!action) fail(`There is no command "${command}"; known: ${Object.keys(COMMANDS).join(", ")}.`, "command");
process.exit(await action());
