// Finds an installed Chrome, Chromium or Edge, and says how to start it headless.
import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, join } from "node:path";

const NAMES = [
  "chromium",
  "chromium-browser",
  "google-chrome",
  "google-chrome-stable",
  "chrome",
  "microsoft-edge",
  "msedge",
];
const MAC_APPS = [
  "Google Chrome.app/Contents/MacOS/Google Chrome",
  "Chromium.app/Contents/MacOS/Chromium",
  "Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
];

const WINDOWS_APPS = [
  "Google\\Chrome\\Application\\chrome.exe",
  "Chromium\\Application\\chrome.exe",
  "Microsoft\\Edge\\Application\\msedge.exe",
];

const FIREFOX_NAMES = ["firefox", "firefox-esr"];
const FIREFOX_MAC_APPS = ["Firefox.app/Contents/MacOS/firefox"];
const FIREFOX_WINDOWS_APPS = ["Mozilla Firefox\\firefox.exe"];

/**
 * @param {readonly string[]} names
 * @param {readonly string[]} macApps
 * @param {readonly string[]} windowsApps
 */
function findInstalled(names, macApps, windowsApps) {
  const candidates = (process.env.PATH ?? "")
    .split(delimiter)
    .flatMap((dir) => names.map((name) => join(dir, name)));
  for (const root of ["/Applications", join(homedir(), "Applications")]) {
    candidates.push(...macApps.map((app) => join(root, app)));
  }
  for (const root of ["ProgramFiles", "ProgramFiles(x86)", "LOCALAPPDATA"]) {
    const folder = process.env[root];
    if (folder) candidates.push(...windowsApps.map((app) => join(folder, app)));
  }
  return candidates.find((path) => existsSync(path));
}

/** The path of an installed browser, `DUDAK_BROWSER` first; undefined when there is none. */
export function findBrowser() {
  return process.env.DUDAK_BROWSER || findInstalled(NAMES, MAC_APPS, WINDOWS_APPS);
}

/** The path of an installed Firefox, which only tests use, `DUDAK_FIREFOX` first; undefined when there is none. */
export function findFirefox() {
  return process.env.DUDAK_FIREFOX || findInstalled(FIREFOX_NAMES, FIREFOX_MAC_APPS, FIREFOX_WINDOWS_APPS);
}

/**
 * Launch options for Playwright: the installed browser when there is one (else Playwright's own),
 * WebGPU (in software when asked), no sandbox as root, no traffic of the browser's own.
 * @param {{ softwareGpu?: boolean }} [options]
 */
export function browserLaunch({ softwareGpu = false } = {}) {
  const executablePath = findBrowser();
  const root = process.getuid?.() === 0;
  return {
    ...(executablePath ? { executablePath } : {}),
    args: [
      "--enable-unsafe-webgpu",
      ...(softwareGpu ? ["--use-webgpu-adapter=swiftshader"] : []),
      "--enable-features=SharedArrayBuffer",
      "--use-fake-ui-for-media-stream",
      "--use-fake-device-for-media-stream",
      "--autoplay-policy=no-user-gesture-required",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-quic",
      "--disable-sync",
      "--no-first-run",
      ...(root ? ["--no-sandbox"] : []),
    ],
  };
}
