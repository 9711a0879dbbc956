import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import type { Browser, BrowserType } from "playwright-core";
import { browserLaunch } from "./find-browser.mjs";
import { reasonOf, runStep } from "./setup-step.mjs";
import { toldError } from "./told-error.ts";
import { wordsHere } from "./words/words.ts";

/** The driver, an optional dependency of the package: who uses the library alone can leave it out. */
async function loadDriver(): Promise<BrowserType> {
  try {
    return (await import("playwright-core")).chromium;
  } catch (cause) {
    throw toldError("device/backend", cause, "host/no-driver");
  }
}

/** Fetches the Chromium that belongs to the driver, once per machine; says so, for it takes a while. */
async function downloadBrowser(executable: string): Promise<void> {
  const manifest = createRequire(import.meta.url).resolve("playwright-core/package.json");
  const cli = join(dirname(manifest), "cli.js");
  const { say } = await wordsHere();
  const { code, said } = await runStep(say("step:browser"), process.execPath, [cli, "install", "chromium"]);
  if (code === 0 && existsSync(executable)) return;
  throw toldError("device/backend", undefined, "host/no-browser", { reason: reasonOf(said) });
}

/**
 * Starts a headless browser: an installed Chrome, Chromium or Edge, else the driver's own, downloaded when missing.
 * @param options.softwareGpu emulates WebGPU on the processor.
 * @param options.ownSignals the caller closes the browser when the process is told to stop. Otherwise the driver does,
 * and ends the process before the caller could tidy up.
 * @throws ToldError `device/backend` when there is no driver or no browser, or when the browser does not start.
 */
export async function launchBrowser(
  options: { softwareGpu?: boolean; ownSignals?: boolean } = {},
): Promise<Browser> {
  const { softwareGpu = false, ownSignals = false } = options;
  const chromium = await loadDriver();
  const launch = browserLaunch({ softwareGpu });
  const own = chromium.executablePath();
  const { executablePath: path = own } = launch;
  if (!existsSync(path)) {
    if (launch.executablePath) throw toldError("device/backend", undefined, "host/browser-path", { path });
    await downloadBrowser(own);
  }
  const signals = { handleSIGINT: !ownSignals, handleSIGTERM: !ownSignals, handleSIGHUP: !ownSignals };
  return chromium.launch({ ...launch, ...signals, headless: true }).catch((cause: unknown) => {
    const reason = reasonOf(String(cause instanceof Error ? cause.message : cause));
    throw toldError("device/backend", cause, "host/browser-start", { path, reason });
  });
}
