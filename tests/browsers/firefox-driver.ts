import { spawn, type ChildProcess } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { WebSocket } from "ws";
import { PROJECT_ROOT } from "../../src/headless/installation.ts";

/** A page of an installed Firefox with a profile of its own, driven by WebDriver BiDi. */
export interface FirefoxPage {
  /** Errors of the page, of its console and of its policy, as they come. */
  readonly complaints: string[];
  /** Goes to a URL, or loads the present one again when none is given; resolves when it has loaded. */
  open(url?: string): Promise<void>;
  /** Calls `work` in the page, as if the user had just pressed something; arguments and answer pass as JSON. */
  run<Given extends readonly unknown[], Answer>(
    work: (...given: Given) => Answer | Promise<Answer>,
    ...given: Given
  ): Promise<Answer>;
  /**
   * Calls `work` again and again until its answer is neither false, null, undefined, 0 nor empty.
   * @throws Error that names `what` after `WAIT_MS`.
   */
  until<Given extends readonly unknown[], Answer>(
    what: string,
    work: (...given: Given) => Answer | Promise<Answer>,
    ...given: Given
  ): Promise<Answer>;
  /** The path of the next download that ends. */
  nextDownload(): Promise<string>;
  /** Ends the browser and removes its profile. */
  close(): Promise<void>;
}

/** No single step takes this long, on a busy machine either. */
const WAIT_MS = 90_000;
const POLL_MS = 100;
/** A browser that was asked to end has this long. */
const END_MS = 5000;

type Message = { readonly id?: number; readonly method?: string } & Record<string, unknown>;
type Listener = (method: string, params: Record<string, unknown>) => void;

/** A WebDriver BiDi session. @see https://www.w3.org/TR/webdriver-bidi/ */
class Session {
  readonly #socket: WebSocket;
  readonly #waiting = new Map<number, { resolve(answer: unknown): void; reject(error: Error): void }>();
  readonly listeners = new Set<Listener>();
  #last = 0;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.on("message", (data: Buffer) => this.#receive(JSON.parse(data.toString()) as Message));
    socket.on("close", () => {
      for (const { reject } of this.#waiting.values()) reject(new Error("Firefox has gone"));
      this.#waiting.clear();
    });
  }

  static async connect(url: string): Promise<Session> {
    const socket = new WebSocket(url, { perMessageDeflate: false });
    await new Promise((resolve, reject) => socket.once("open", resolve).once("error", reject));
    return new Session(socket);
  }

  /** Sends a command. @throws Error with the browser's words when it refuses. */
  send<Answer>(method: string, params: object = {}): Promise<Answer> {
    const id = ++this.#last;
    return new Promise<Answer>((resolve, reject) => {
      this.#waiting.set(id, { resolve: (answer) => resolve(answer as Answer), reject });
      this.#socket.send(JSON.stringify({ id, method, params }));
    });
  }

  close(): void {
    this.#socket.close();
  }

  #receive(message: Message): void {
    if (message.id === undefined || message.id === null) {
      const params = message["params"] as Record<string, unknown>;
      for (const listener of this.listeners) listener(message.method ?? "", params);
      return;
    }
    const waiting = this.#waiting.get(message.id);
    this.#waiting.delete(message.id);
    if (message["error"]) waiting?.reject(new Error(`${message["error"]}: ${message["message"]}`));
    else waiting?.resolve(message["result"]);
  }
}

/** No traffic of the browser's own, no questions, and the page in English. */
const PREFERENCES: Readonly<Record<string, string | number | boolean>> = {
  "app.normandy.enabled": false,
  "app.update.disabledForTesting": true,
  "browser.aboutwelcome.enabled": false,
  "browser.download.alwaysOpenPanel": false,
  "browser.download.folderList": 2,
  "browser.shell.checkDefaultBrowser": false,
  "browser.startup.page": 0,
  "datareporting.policy.dataSubmissionEnabled": false,
  "extensions.systemAddon.update.enabled": false,
  "intl.accept_languages": "en",
  "media.gmp-manager.updateEnabled": false,
  "network.captive-portal-service.enabled": false,
  "network.connectivity-service.enabled": false,
  "services.settings.server": "data:,#remote-settings-dummy/v1",
  "toolkit.telemetry.reportingpolicy.firstRun": false,
};

/** Starts Firefox and resolves with the address at which it listens. */
async function listen(child: ChildProcess): Promise<string> {
  let said = "";
  return new Promise<string>((resolve, reject) => {
    child.stderr!.on("data", (data: Buffer) => {
      said += data.toString();
      const address = /WebDriver BiDi listening on (ws:\S+)/.exec(said)?.[1];
      if (address) resolve(address);
    });
    child.once("error", reject);
    child.once("exit", () => reject(new Error(`Firefox ended at once: ${said.slice(-500)}`)));
    setTimeout(() => reject(new Error(`Firefox does not listen: ${said.slice(-500)}`)), WAIT_MS).unref();
  });
}

/**
 * Starts an installed Firefox without a window and opens a page in it.
 * @param executable its path.
 * @throws Error when it does not start.
 */
export async function startFirefox(executable: string): Promise<FirefoxPage> {
  // Below the project: a Firefox that is a snap sees another temporary folder.
  const cache = join(PROJECT_ROOT, ".cache");
  await mkdir(cache, { recursive: true });
  const home = await mkdtemp(join(cache, "firefox-"));
  const [downloads, profile] = [join(home, "downloads"), join(home, "profile")];
  await Promise.all([mkdir(downloads), mkdir(profile)]);
  const lines = Object.entries({ ...PREFERENCES, "browser.download.dir": downloads }).map(
    ([name, value]) => `user_pref(${JSON.stringify(name)}, ${JSON.stringify(value)});`,
  );
  await writeFile(join(profile, "user.js"), lines.join("\n"));
  const args = [
    "--headless",
    "--no-remote",
    "--remote-debugging-port=0",
    "--profile",
    profile,
    "about:blank",
  ];
  const child = spawn(executable, args, { stdio: ["ignore", "ignore", "pipe"] });
  const gone = new Promise<void>((resolve) =>
    child.once("error", () => resolve()).once("close", () => resolve()),
  );
  let session: Session | undefined;
  const end = async () => {
    const asked = await session?.send("browser.close").then(
      () => true,
      () => false,
    );
    session?.close();
    const timer = setTimeout(() => child.kill("SIGKILL"), asked ? END_MS : 0);
    await gone;
    clearTimeout(timer);
    await rm(home, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  };
  try {
    session = await Session.connect(`${await listen(child)}/session`);
    await session.send("session.new", { capabilities: {} });
    await session.send("session.subscribe", { events: ["log.entryAdded", "browsingContext.downloadEnd"] });
    return await openPage(session, end);
  } catch (error) {
    await end();
    throw error;
  }
}

interface Evaluated {
  readonly type: "success" | "exception";
  readonly result?: { readonly value?: string };
  readonly exceptionDetails?: { readonly text: string };
}

async function openPage(session: Session, close: () => Promise<void>): Promise<FirefoxPage> {
  const { context } = await session.send<{ context: string }>("browsingContext.create", { type: "tab" });
  await session.send("browsingContext.setViewport", { context, viewport: { width: 1440, height: 900 } });
  const complaints: string[] = [];
  let landed: ((path: string) => void) | undefined;
  const listener: Listener = (method, params) => {
    const source = (params["source"] as { context?: string } | undefined)?.context ?? params["context"];
    if (source !== context) return;
    if (method === "log.entryAdded" && params["level"] === "error") complaints.push(String(params["text"]));
    if (method === "browsingContext.downloadEnd") landed?.(String(params["filepath"]));
  };
  session.listeners.add(listener);

  const page: FirefoxPage = {
    complaints,
    async open(url) {
      if (url === undefined) await session.send("browsingContext.reload", { context, wait: "complete" });
      else await session.send("browsingContext.navigate", { context, url, wait: "complete" });
    },
    async run(work, ...given) {
      const answer = await session.send<Evaluated>("script.callFunction", {
        functionDeclaration: `async (given) => JSON.stringify(await (${work})(...JSON.parse(given)))`,
        arguments: [{ type: "string", value: JSON.stringify(given) }],
        target: { context },
        awaitPromise: true,
        userActivation: true,
      });
      if (answer.type === "exception") throw new Error(answer.exceptionDetails?.text);
      const value = answer.result?.value;
      return value === undefined ? (undefined as never) : JSON.parse(value);
    },
    async until(what, work, ...given) {
      const end = Date.now() + WAIT_MS;
      for (;;) {
        const answer = await page.run(work, ...given);
        if (answer) return answer;
        if (Date.now() > end) throw new Error(`waited in vain for ${what}; ${complaints.join("; ")}`);
        await new Promise((resolve) => setTimeout(resolve, POLL_MS));
      }
    },
    nextDownload: () => new Promise((resolve) => (landed = resolve)),
    close,
  };
  return page;
}
