// The entry of every npm script: sets up what is missing, then runs the command.
// Uses nothing but Node, so that it works in a fresh clone.
import { spawn, spawnSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { constants } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { findBrowser } from "../src/headless/find-browser.mjs";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const [command = "", ...args] = process.argv.slice(2);

process.env.DUDAK_CWD ??= process.env.INIT_CWD ?? process.cwd();

function fail(message) {
  console.error(`dudak: ${message}`);
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
  if (result.error && !allowFailure) fail(`${program} could not be started: ${result.error.message}`);
  return result.status ?? 1;
}

function checkNode() {
  const [major, minor] = process.versions.node.split(".").map(Number);
  if (major < 20 || (major === 20 && minor < 19)) {
    fail(`Node ${process.versions.node} is too old; install Node 20.19 or newer from https://nodejs.org.`);
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

function installDependencies() {
  if (dependenciesInstalled()) return;
  console.error("dudak: installing dependencies …");
  if (run("npm", ["ci", "--no-audit", "--no-fund", "--loglevel=error"], { stdout: "ignore" }) !== 0) {
    fail("npm ci failed; check the network and run the command again.");
  }
}

function tsx(script, scriptArgs = [], options = {}) {
  return run(process.execPath, ["--import", "tsx", join(root, script), ...scriptArgs], options);
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
    child.on("error", (error) => fail(`${script} could not be started: ${error.message}`));
    child.on("close", (code, signal) => resolve(code ?? 128 + constants.signals[signal]));
  });
}

function buildModels() {
  // 2 is the standard error.
  if (tsx("models/build/main.ts", ["--quiet"], { stdout: 2 }) !== 0) fail("the models could not be built.");
}

function ensureBrowser() {
  if (findBrowser()) return;
  const playwright = join(root, "node_modules", "playwright", "cli.js");
  const marker = join(root, "node_modules", ".dudak-browser");
  if (existsSync(marker)) return;
  console.error("dudak: no Chrome, Chromium or Edge found; downloading Chromium …");
  if (run(process.execPath, [playwright, "install", "chromium"], { stdout: 2, allowFailure: true }) === 0) {
    writeFileSync(marker, "");
    return;
  }
  if (process.getuid?.() === 0 && existsSync("/usr/bin/apt-get")) {
    console.error("dudak: installing the chromium package …");
    run("apt-get", ["update", "-qq"], { stdout: "ignore" });
    if (run("apt-get", ["install", "-y", "-qq", "chromium"], { stdout: "ignore" }) === 0 && findBrowser())
      return;
  }
  fail(
    "no browser could be found or installed; install Chrome, Chromium or Edge, or set DUDAK_BROWSER to its path.",
  );
}

function setUp({ browser = true } = {}) {
  checkNode();
  installDependencies();
  buildModels();
  if (browser) ensureBrowser();
}

/** Where the tests lie that need neither a browser nor another process. */
const UNITS = ["src/", "models/", "tools/", "tests/video/", "tests/lip-models/"];
const vitest = join(root, "node_modules", "vitest", "vitest.mjs");

const COMMANDS = {
  setup: () => (setUp(), 0),
  models: () => (setUp({ browser: false }), 0),
  build: () => (setUp({ browser: false }), launch("tools/packaging/build-command.ts", args)),
  dev: () => (
    setUp({ browser: false }),
    run(process.execPath, [join(root, "node_modules", "vite", "bin", "vite.js"), ...args])
  ),
  start: () => (setUp({ browser: false }), launch("src/cli/cli.ts", ["studio", ...args])),
  demo: () => (setUp(), launch("src/cli/cli.ts", ["demo", ...args])),
  test: () => (setUp(), launch("tools/test-runner/test-command.ts", args)),
  operators: () => (setUp(), launch("tools/operators/main.ts", args)),
  unit: () => (
    setUp({ browser: false }),
    launch("tools/test-runner/test-command.ts", ["--project", "node", "--maxWorkers", "2", ...UNITS, ...args])
  ),
  watch: () => (
    setUp({ browser: false }),
    run(process.execPath, [vitest, "watch", "--project", "node", ...(args.length > 0 ? args : UNITS)])
  ),
  bench: () => (setUp(), launch("tools/bench/main.ts", args)),
  eval: () => (setUp(), launch("tools/eval/main.ts", args)),
  picture: () => (setUp(), launch("tools/picture/picture-command.ts", args)),
  golden: () => (setUp(), launch("tools/golden/main.ts", args)),
  size: () => (setUp({ browser: false }), launch("tools/packaging/size-command.ts", args)),
  cli: () => (setUp(), launch("src/cli/cli.ts", args)),
};

const action = COMMANDS[command];
if (!action) fail(`there is no command "${command}"; known: ${Object.keys(COMMANDS).join(", ")}.`);
process.exit(await action());
