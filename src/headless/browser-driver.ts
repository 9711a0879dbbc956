import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import type { Browser, BrowserType } from "playwright-core";
import { browserLaunch } from "./find-browser.mjs";
import { reasonOf, runStep } from "./setup-step.mjs";
import { EngineError } from "../job/errors.ts";

/** The driver, an optional dependency of the package: who uses the library alone can leave it out. */
async function loadDriver(): Promise<BrowserType> {
  try {
    return (await import("playwright-core")).chromium;
  } catch (cause) {
    throw new EngineError(
      "device/backend",
      "The command line drives a browser through the package playwright-core, which is not installed. Run npm install playwright-core and try again.",
      { cause },
    );
  }
}

/** Fetches the Chromium that belongs to the driver, once per machine; says so, for it takes a while. */
async function downloadBrowser(executable: string): Promise<void> {
  const manifest = createRequire(import.meta.url).resolve("playwright-core/package.json");
  const cli = join(dirname(manifest), "cli.js");
  const label = "no Chrome, Chromium or Edge found: downloading Chromium, once";
  const { code, said } = await runStep(label, process.execPath, [cli, "install", "chromium"]);
  if (code === 0 && existsSync(executable)) return;
  throw new EngineError(
    "device/backend",
    `No browser could be found or downloaded (${reasonOf(said)}). Install Chrome, Chromium or Edge, or set DUDAK_BROWSER to its path.`,
  );
}

/**
 * Starts a headless browser: an installed Chrome, Chromium or Edge, else the driver's own, downloaded when missing.
 * @param options.softwareGpu emulates WebGPU on the processor.
 * @param options.ownSignals the caller closes the browser when the process is told to stop. Otherwise the driver does,
 * and ends the process before the caller could tidy up.
 * @throws EngineError `device/backend` when there is no driver or no browser.
 */
export async function launchBrowser(
  options: { softwareGpu?: boolean; ownSignals?: boolean } = {},
): Promise<Browser> {
  const { softwareGpu = false, ownSignals = false } = options;
  const chromium = await loadDriver();
  const launch = browserLaunch({ softwareGpu });
  const own = chromium.executablePath();
  if (!launch.executablePath && !existsSync(own)) await downloadBrowser(own);
  const signals = { handleSIGINT: !ownSignals, handleSIGTERM: !ownSignals, handleSIGHUP: !ownSignals };
  return chromium.launch({ ...launch, ...signals, headless: true });
}
