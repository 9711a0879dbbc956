import { randomUUID } from "node:crypto";
import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import type { Browser, Page } from "playwright-core";
import type { HostAnswer, HostJob } from "./page/host-page.ts";
import type { Checkpoint } from "../job/checkpoint.ts";
import { EngineError, fromPlainError } from "../job/errors.ts";
import { mapMediaAsync, type JobSpec } from "../job/job-spec.ts";
import type { Backend, JobProgress, JobResult } from "../job/job.ts";
import { wireField } from "../job/wire-names.ts";
import type { LipModelInspection } from "../engine/lip-sync.ts";
import { serveApp, type AppServer } from "./app-server.ts";
import { launchBrowser } from "./browser-driver.ts";
import { exchangeCheckpoint } from "./checkpoint-exchange.ts";
import { requireFile } from "./input-file.ts";
import { appFolders } from "./installation.ts";
import { toldError } from "./told-error.ts";

/** A job for the headless browser, its media as files, and where its result is written. */
export type HostRequest = JobSpec<{ readonly path: string }> & { readonly outputPath: string };

/** Who follows a job in the headless browser. */
export interface HostListeners {
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: JobProgress) => void;
  /** Where the job keeps its finished parts. */
  readonly checkpoint?: Checkpoint;
}

/** The engine in a headless browser, driven from Node. */
export interface EngineHost {
  /** Runs a job. @throws EngineError; `device/lost` when the browser died in mid-job. */
  run(
    request: HostRequest,
    listeners?: HostListeners,
  ): Promise<{ readonly type: string; readonly result: Omit<JobResult, "output"> }>;
  /** Reads a model file and tries it. @throws EngineError `model/…`, `device/…`. */
  inspectModel(
    path: string,
    manifest: object | string | null,
    backend?: Backend,
  ): Promise<LipModelInspection>;
  /** The page, for tests and measurements. */
  page(): Promise<Page>;
  /** Whether the browser is there and answers. */
  healthy(): Promise<boolean>;
  readonly server: AppServer;
  close(): Promise<void>;
}

/** How to start a host. */
export interface EngineHostOptions {
  /** Emulate WebGPU on the processor: right, but very slow; for tests. */
  readonly softwareGpu?: boolean;
  /** The caller closes the host when the process is told to stop; otherwise the browser's driver ends the process. */
  readonly ownSignals?: boolean;
  readonly compress?: boolean;
  /** Receives what the pages print, for `--verbose`. */
  readonly onLog?: (line: string) => void;
}

/** How long the page may take to open; a busy machine is slow, not broken. */
const OPEN_MS = 120_000;

/**
 * Builds the app when needed, serves it on the loopback address and prepares a headless browser,
 * which starts with the first job and again after it died.
 */
export async function createEngineHost(options: EngineHostOptions = {}): Promise<EngineHost> {
  const server = await serveApp(await appFolders(), { compress: options.compress ?? false });
  const progress = new Map<string, (progress: JobProgress) => void>();
  let browser: Promise<Browser> | undefined;
  let opened: Promise<Page> | undefined;

  async function startBrowser(): Promise<Browser> {
    const running = await browser?.catch(() => undefined);
    if (running?.isConnected()) return running;
    browser = launchBrowser(options);
    return browser;
  }

  async function newPage(): Promise<Page> {
    try {
      return await (await startBrowser()).newPage();
    } catch (error) {
      // It may have died a moment ago, which is not known at once; a browser that cannot start says so again.
      if (error instanceof EngineError) throw error;
      await (await browser?.catch(() => undefined))?.close().catch(() => undefined);
      browser = undefined;
      return (await startBrowser()).newPage();
    }
  }

  async function open(): Promise<Page> {
    const page = await newPage();
    page.setDefaultTimeout(OPEN_MS);
    page.on("console", (message) => options.onLog?.(message.text()));
    page.on("pageerror", (error) => options.onLog?.(String(error)));
    const forget = () => (opened = undefined);
    page.on("crash", forget);
    page.on("close", forget);
    await page.exposeFunction("dudakProgress", (id: string, value: JobProgress) => progress.get(id)?.(value));
    await page.goto(`${server.origin}/host.html`);
    await page.waitForFunction("window.dudakHost !== undefined");
    return page;
  }

  function page(): Promise<Page> {
    if (!opened) {
      opened = open();
      opened.catch(() => (opened = undefined));
    }
    return opened;
  }

  async function closeBrowser(): Promise<void> {
    const closing = browser;
    browser = undefined;
    opened = undefined;
    await (await closing?.catch(() => undefined))?.close().catch(() => undefined);
  }

  return {
    server,
    page,
    async healthy() {
      if (!opened) return true;
      return (await opened.then((current) => current.evaluate("1 + 1")).catch(() => 0)) === 2;
    },
    async inspectModel(path, manifest, backend) {
      const offered = server.offer(path);
      try {
        const model = { url: offered.url, name: basename(path) };
        const answer = await (
          await page()
        ).evaluate(([file, given, where]) => window.dudakHost.inspectModel(file, given, where), [
          model,
          manifest,
          backend,
        ] as const);
        if (answer.ok) return answer.found;
        throw fromPlainError(answer);
      } finally {
        offered.close();
      }
    },
    async run(request, listeners = {}) {
      const id = randomUUID();
      const files: { close(): void }[] = [];
      const { outputPath, ...asked } = request;
      const spec = await mapMediaAsync(asked, async ({ path }, field) => {
        await requireFile(path, wireField(field));
        const offered = server.offer(path);
        files.push(offered);
        return { url: offered.url, name: basename(path) };
      });
      const output = server.accept(outputPath);
      files.push(output);
      const checkpoint = listeners.checkpoint && server.exchange(exchangeCheckpoint(listeners.checkpoint));
      if (checkpoint) files.push(checkpoint);
      if (listeners.onProgress) progress.set(id, listeners.onProgress);
      let cancel: (() => void) | undefined;
      try {
        const current = await page();
        cancel = () =>
          void current.evaluate((job) => window.dudakHost.cancel(job), id).catch(() => undefined);
        if (listeners.signal?.aborted) throw toldError("job/cancelled", undefined, "host/cancelled");
        listeners.signal?.addEventListener("abort", cancel);
        const job: HostJob = {
          id,
          spec,
          ...(checkpoint ? { checkpointUrl: checkpoint.url } : {}),
          outputUrl: output.url,
        };
        const answer: HostAnswer = await current
          .evaluate((value) => window.dudakHost.run(value), job)
          .catch(async (error: unknown) => {
            await closeBrowser();
            throw toldError("device/lost", error, "host/browser-stopped");
          });
        if (!answer.ok) {
          options.onLog?.(answer.stack);
          throw fromPlainError(answer);
        }
        return { type: answer.type, result: answer.result };
      } finally {
        if (cancel) listeners.signal?.removeEventListener("abort", cancel);
        progress.delete(id);
        for (const file of files) file.close();
      }
    },
    async close() {
      await closeBrowser();
      await server.close();
    },
  };
}

/**
 * A manifest that the user named: the JSON of a file, or the id of one that comes with the engine.
 * @throws EngineError `input/missing` when the file cannot be read as JSON.
 */
export async function readManifest(manifest: string): Promise<object | string> {
  if (!manifest.endsWith(".json")) return manifest;
  try {
    return JSON.parse(await readFile(manifest, "utf8")) as object;
  } catch (cause) {
    throw toldError("input/missing", cause, "host/manifest", { path: manifest });
  }
}
