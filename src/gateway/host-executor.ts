import { createReadStream, createWriteStream } from "node:fs";
import { rm } from "node:fs/promises";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { ReadableStream as NodeReadableStream } from "node:stream/web";
import { EngineError } from "../job/errors.ts";
import { mapMediaAsync } from "../job/job-spec.ts";
import type { JobProgress } from "../job/job.ts";
import { resolveInputs } from "../queue/inputs.ts";
import type { JobTable } from "../queue/store/job-store.ts";
import { chunksOf, type MediaFile, type MediaStore } from "../queue/store/media-store.ts";
import type { ExecuteJob, JobOutcome } from "../queue/job-attempt.ts";
import type { EngineHost } from "../headless/engine-host.ts";
import type { FetchMedia } from "../job/fetch-media.ts";

/** What the gateway needs of a headless browser with the engine in it. */
export type GatewayHost = Pick<EngineHost, "run" | "healthy" | "close">;

/** Hosts that are started when they are needed, at most one job in each. */
export interface HostPool {
  /** Runs `work` with a host that nobody else uses. */
  use<T>(work: (host: GatewayHost, giveUp: () => Promise<void>) => Promise<T>): Promise<T>;
  /** How many hosts there are. */
  size(): number;
  /** Whether every host that was started answers. */
  healthy(): Promise<boolean>;
  close(): Promise<void>;
}

/** A pool whose hosts come from `start`; one that was given up is started anew for the next job. */
export function createHostPool(start: () => Promise<GatewayHost>): HostPool {
  const idle: GatewayHost[] = [];
  const all = new Set<GatewayHost>();
  const drop = async (host: GatewayHost) => {
    all.delete(host);
    await host.close().catch(() => undefined);
  };
  return {
    async use(work) {
      const host = idle.pop() ?? (await start());
      all.add(host);
      try {
        return await work(host, () => drop(host));
      } finally {
        if (all.has(host)) idle.push(host);
      }
    },
    size: () => all.size,
    async healthy() {
      const answers = await Promise.all([...all].map((host) => host.healthy()));
      return answers.every(Boolean);
    },
    async close() {
      await Promise.all([...all].map(drop));
    },
  };
}

/** Where a job's files lie, and where this process may put its own. */
export interface Workplace {
  readonly store: JobTable;
  readonly media: MediaStore;
  /** A path for a file that is in use while the job runs. */
  scratch(name: string): string;
}

/** Options of {@link createHostExecutor}. */
export interface HostExecutorOptions {
  readonly data: Workplace;
  readonly pool: HostPool;
  readonly fetchMedia: FetchMedia;
  readonly maxBytes: number;
  /** Milliseconds without progress after which a browser that does not answer is restarted. */
  readonly stallMs?: number;
}

/** The way from a row of the queue to the engine in a headless browser. */
export function createHostExecutor(options: HostExecutorOptions): ExecuteJob {
  const { data, pool, fetchMedia, maxBytes, stallMs = 60_000 } = options;
  return async (row, { signal, onProgress, checkpoint }) => {
    const files = await resolveInputs(row, { ...data, fetchMedia, maxBytes }, signal);
    const local = createLocalFiles(data, signal);
    const outputPath = data.scratch(row.id);
    const spec = await mapMediaAsync(files, local.path).catch(async (error: unknown) => {
      await local.remove();
      throw error;
    });
    return pool.use(async (host, giveUp) => {
      const watch = watchHost(host, giveUp, signal, stallMs);
      try {
        const request = { ...spec, outputPath };
        const tellProgress = (progress: JobProgress) => {
          watch.alive();
          onProgress(progress);
        };
        const { type, result } = await host.run(request, { signal, onProgress: tellProgress, checkpoint });
        const output = Readable.toWeb(createReadStream(outputPath)) as NodeReadableStream;
        const stored: JobOutcome = { ...result, type, output: output as ReadableStream<Uint8Array> };
        return { ...stored, output: removedAfter(stored.output as ReadableStream<Uint8Array>, outputPath) };
      } catch (error) {
        await rm(outputPath, { force: true });
        if (signal.aborted)
          throw new EngineError("job/cancelled", "The job was cancelled.", { cause: error });
        throw error;
      } finally {
        watch.end();
        await local.remove();
      }
    });
  };
}

/** Files of the store as paths: those that have none here are copied for as long as the job runs. */
function createLocalFiles({ scratch }: Workplace, signal: AbortSignal) {
  const copies: string[] = [];
  return {
    async path(file: MediaFile): Promise<{ path: string }> {
      if (file.path !== undefined) return { path: file.path };
      const path = scratch(file.id);
      copies.push(path);
      await pipeline(chunksOf(file.stream()), createWriteStream(path, { mode: 0o600 }), { signal });
      return { path };
    },
    async remove(): Promise<void> {
      for (const path of copies) await rm(path, { force: true });
    },
  };
}

/** The stream, with its file removed once it has been read or dropped. */
function removedAfter(stream: ReadableStream<Uint8Array>, path: string): ReadableStream<Uint8Array> {
  const reader = stream.getReader();
  const remove = () => rm(path, { force: true });
  return new ReadableStream({
    async pull(controller) {
      const { done, value } = await reader.read();
      if (!done) {
        controller.enqueue(value);
        return;
      }
      await remove();
      controller.close();
    },
    async cancel(reason) {
      await reader.cancel(reason);
      await remove();
    },
  });
}

const ANSWER_MS = 20_000;

/**
 * Gives a host up when nothing was heard for `stallMs` and it does not answer, or when a cancelled job does not end:
 * closing the browser rejects the job that hangs in it.
 */
function watchHost(host: GatewayHost, giveUp: () => Promise<void>, signal: AbortSignal, stallMs: number) {
  let lastSignAt = Date.now();
  const timer = setInterval(() => {
    if (Date.now() - lastSignAt < stallMs) return;
    lastSignAt = Date.now();
    const silence = new Promise<boolean>((resolve) => {
      setTimeout(resolve, ANSWER_MS, false).unref();
    });
    void Promise.race([host.healthy().catch(() => false), silence]).then((answers) => {
      if (!answers) return giveUp();
    });
  }, stallMs / 4);
  let deadline: NodeJS.Timeout | undefined;
  const onAbort = () => {
    deadline = setTimeout(() => void giveUp(), ANSWER_MS);
  };
  signal.addEventListener("abort", onAbort, { once: true });
  return {
    alive() {
      lastSignAt = Date.now();
    },
    end() {
      clearInterval(timer);
      clearTimeout(deadline);
      signal.removeEventListener("abort", onAbort);
    },
  };
}
