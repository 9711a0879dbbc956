import { spawn } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { delimiter, join } from "node:path";

/** WebKitGTK's driver, its small browser, and what starts an X server where there is none. */
export interface WebKitPrograms {
  readonly driver: string;
  readonly browser: string;
  /** Undefined where a display is there already. */
  readonly xvfb: string | undefined;
}

const LIBRARIES = ["webkit2gtk-4.1", "webkitgtk-6.0"];

function onPath(name: string): string | undefined {
  const folders = (process.env["PATH"] ?? "").split(delimiter);
  return folders.map((folder) => join(folder, name)).find((path) => existsSync(path));
}

function miniBrowser(): string | undefined {
  const triplets = existsSync("/usr/lib") ? readdirSync("/usr/lib") : [];
  const folders = ["/usr/libexec", ...triplets.map((triplet) => join("/usr/lib", triplet))];
  return folders
    .flatMap((folder) => LIBRARIES.map((library) => join(folder, library, "MiniBrowser")))
    .find((path) => existsSync(path));
}

/** Debian's package `webkit2gtk-driver` brings the programs; undefined where one is missing, or a display. */
export function findWebKit(): WebKitPrograms | undefined {
  const [driver, browser] = [onPath("WebKitWebDriver"), miniBrowser()];
  const seen = process.env["DISPLAY"] ?? process.env["WAYLAND_DISPLAY"];
  const xvfb = seen ? undefined : onPath("xvfb-run");
  return driver && browser && (seen || xvfb) ? { driver, browser, xvfb } : undefined;
}

/** A page in WebKit, in a session that keeps nothing on the disk, as private windows do. */
export interface WebKitPage {
  open(url: string): Promise<void>;
  /** Runs the body of an async function in the page, with `args`; JSON comes back. */
  run(body: string, ...args: unknown[]): Promise<unknown>;
  close(): Promise<void>;
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}

/** A script that the page's policy lets through: nothing is evaluated from text in the page itself. */
const script = (body: string) => `
  const done = arguments[arguments.length - 1];
  (async (...args) => {${body}})(...Array.from(arguments).slice(0, -1)).then(
    (value) => done({ value }),
    (error) => done({ error: String(error) }),
  );
`;

/**
 * Starts WebKit over plain WebDriver.
 * @see W3C, WebDriver, sections 8 (sessions), 10 (navigation) and 13 (scripts).
 */
export async function startWebKit({ driver, browser, xvfb }: WebKitPrograms): Promise<WebKitPage> {
  const port = await freePort();
  const drive = [driver, `--port=${port}`];
  // Its own process group, so that the X server and the browser end with it.
  const child = spawn(xvfb ?? driver, xvfb ? ["-a", ...drive] : drive.slice(1), {
    stdio: "ignore",
    detached: true,
    env: { ...process.env, NO_AT_BRIDGE: "1" },
  });
  const base = `http://127.0.0.1:${port}`;
  const call = async (method: string, path: string, body?: object): Promise<unknown> => {
    const response = await fetch(base + path, { method, ...(body ? { body: JSON.stringify(body) } : {}) });
    const { value } = (await response.json()) as { value: unknown };
    if (!response.ok) throw new Error(`${method} ${path}: ${JSON.stringify(value)}`);
    return value;
  };
  const end = () => {
    if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid);
  };
  try {
    while (!(await fetch(`${base}/status`).catch(() => undefined))?.ok) {
      if (child.exitCode !== null) throw new Error(`${driver} ended with ${child.exitCode}`);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    const options = { binary: browser, args: ["--automation"] };
    const capabilities = { alwaysMatch: { "webkitgtk:browserOptions": options } };
    const { sessionId } = (await call("POST", "/session", { capabilities })) as { sessionId: string };
    const session = `/session/${sessionId}`;
    await call("POST", `${session}/timeouts`, { script: 120_000, pageLoad: 120_000 });
    return {
      open: async (url) => void (await call("POST", `${session}/url`, { url })),
      async run(body, ...args) {
        const answer = await call("POST", `${session}/execute/async`, { script: script(body), args });
        const { value, error } = answer as { value?: unknown; error?: string };
        if (error !== undefined) throw new Error(error);
        return value;
      },
      async close() {
        await call("DELETE", session).catch(() => undefined);
        end();
      },
    };
  } catch (error) {
    end();
    throw error;
  }
}
