import { spawn } from "node:child_process";
import { once } from "node:events";
import { chromium, type Browser } from "playwright";
import { browserLaunch } from "../../src/headless/find-browser.mjs";

/** A busy machine is slow, not broken. */
const PATIENCE_MS = 90_000;

/** A browser that can be killed as a power cut does it: all of its processes at once, without a word. */
export interface KillableBrowser {
  readonly browser: Browser;
  /** Does nothing more where it was killed before. */
  kill(): Promise<void>;
}

/** Starts a browser on a profile, as a process group of its own. */
export async function launchKillable(profile: string): Promise<KillableBrowser> {
  const options = browserLaunch();
  const child = spawn(
    options.executablePath ?? chromium.executablePath(),
    [
      ...options.args,
      "--headless=new",
      "--remote-debugging-port=0",
      `--user-data-dir=${profile}`,
      "about:blank",
    ],
    { detached: true, stdio: ["ignore", "ignore", "pipe"] },
  );
  const exited = once(child, "exit");
  const killAll = async () => {
    if (child.exitCode === null && child.signalCode === null) process.kill(-child.pid!, "SIGKILL");
    await exited;
  };
  const endpoint = await new Promise<string>((resolve, reject) => {
    let text = "";
    child.stderr.on("data", (part: Buffer) => {
      text += part.toString();
      const found = /DevTools listening on (ws:\S+)/.exec(text)?.[1];
      if (found) resolve(found);
    });
    child.once("exit", () => {
      reject(new Error(`the browser did not start: ${text.slice(-500)}`));
    });
  });
  const browser = await chromium
    .connectOverCDP(endpoint, { timeout: PATIENCE_MS })
    .catch(async (error: unknown) => {
      await killAll();
      throw error;
    });
  browser.contexts()[0]!.setDefaultTimeout(PATIENCE_MS);
  return {
    browser,
    async kill() {
      await killAll();
      await browser.close().catch(() => undefined);
    },
  };
}
