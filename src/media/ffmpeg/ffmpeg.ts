// A separate work under the GPL, fetched only when a file needs it; another build with its interface can lie there.
import coreUrl from "@ffmpeg/core?url";
import wasmUrl from "@ffmpeg/core/wasm?url";
import { EngineError, throwIfCancelled } from "../../job/errors.ts";
import { relayRequests } from "../../core/traffic.ts";
import type { FfmpegJob, FfmpegReply, FfmpegRequest } from "./ffmpeg-wire.ts";

export { inputPath, STREAM_PATH, type FfmpegInput, type FfmpegJob } from "./ffmpeg-wire.ts";

/** How a run reports while it works. */
export interface FfmpegRunOptions {
  /** Every line that ffmpeg logs. */
  readonly onLog?: (line: string) => void;
  /** Bytes written to `STREAM_PATH`; ffmpeg waits for {@link FfmpegCore.release} where memory can be shared. */
  readonly onData?: (bytes: Uint8Array<ArrayBuffer>) => void;
  readonly signal?: AbortSignal;
}

/** The end of a run. */
export interface FfmpegResult {
  readonly exitCode: number;
  readonly files: Readonly<Record<string, Uint8Array<ArrayBuffer>>>;
  /** The last lines of the log. */
  readonly log: readonly string[];
}

const LOG_LINES = 60;
/** Runs that one worker serves; each leaks some of its 64 KB stack, and the 83rd trapped when it was measured. */
const RUNS_PER_WORKER = 40;

function startWorker(): Worker {
  const worker = new Worker(new URL("./ffmpeg.worker.ts", import.meta.url), { type: "module" });
  relayRequests(worker);
  return worker;
}

/**
 * Whether a streaming run can be held back until its data is used. Without shared memory
 * (a page that is not cross-origin isolated) callers must ask for pieces of bounded size.
 */
export function canHoldBack(): boolean {
  return typeof SharedArrayBuffer !== "undefined" && globalThis.crossOriginIsolated;
}

/** One ffmpeg in a worker of its own, which is replaced now and then. Runs are serial. */
export class FfmpegCore {
  #worker = startWorker();
  #runs = 0;
  #rejectRun: ((error: EngineError) => void) | undefined;
  #ended: EngineError | undefined;
  readonly #inFlight = canHoldBack() ? new Int32Array(new SharedArrayBuffer(4)) : undefined;

  /**
   * Loads ffmpeg (32 MB, from the browser's cache after the first time).
   * @throws EngineError `codec/missing` when it cannot be loaded, `job/cancelled`.
   */
  static async start(signal?: AbortSignal): Promise<FfmpegCore> {
    throwIfCancelled(signal);
    const core = new FfmpegCore();
    await core.#load(signal);
    return core;
  }

  async #load(signal: AbortSignal | undefined): Promise<void> {
    const base = globalThis.location.href;
    try {
      await this.#talk(
        { kind: "load", coreUrl: new URL(coreUrl, base).href, wasmUrl: new URL(wasmUrl, base).href },
        { ...(signal ? { signal } : {}) },
        "loaded",
      );
    } catch (error) {
      this.terminate();
      if (error instanceof EngineError && error.code === "job/cancelled") throw error;
      const reason = error instanceof Error ? error.message : String(error);
      throw new EngineError(
        "codec/missing",
        `The built-in decoder (ffmpeg) could not be loaded: ${reason}. Check the connection and try again, or convert the file to MP4 (H.264, AAC) first.`,
        { cause: error },
      );
    }
  }

  /** Replaces the worker; a core that is ended meanwhile ends the new one, too. */
  async #renew(signal: AbortSignal | undefined): Promise<void> {
    if (this.#ended) throw this.#ended;
    this.#worker.terminate();
    this.#worker = startWorker();
    this.#runs = 0;
    await this.#load(signal);
  }

  /**
   * Runs one command line; a non-zero exit code is a result, not an error.
   * @throws EngineError `codec/failed` when ffmpeg itself crashes, `codec/missing`, `device/memory`, `job/cancelled`
   * (the core is then gone).
   */
  async run(job: FfmpegJob, options: FfmpegRunOptions = {}): Promise<FfmpegResult> {
    throwIfCancelled(options.signal);
    if (this.#runs === RUNS_PER_WORKER) await this.#renew(options.signal);
    this.#runs++;
    if (this.#inFlight) Atomics.store(this.#inFlight, 0, 0);
    const log: string[] = [];
    const done = await this.#talk(
      { kind: "run", job, ...(this.#inFlight ? { inFlight: this.#inFlight } : {}) },
      {
        ...options,
        onLog(line) {
          log.push(line);
          if (log.length > LOG_LINES) log.shift();
          options.onLog?.(line);
        },
      },
      "done",
    );
    return { exitCode: done.exitCode, files: done.files, log };
  }

  /** Says that `bytes` of streamed data have been used, so that a waiting run goes on. */
  release(bytes: number): void {
    if (!this.#inFlight) return;
    Atomics.sub(this.#inFlight, 0, bytes);
    Atomics.notify(this.#inFlight, 0);
  }

  /** Ends the worker at once; a run in progress rejects with `job/cancelled`, and so does every later one. */
  terminate(): void {
    this.#end(new EngineError("job/cancelled", "The job was cancelled."));
  }

  #end(error: EngineError): void {
    if (this.#ended) return;
    this.#ended = error;
    this.#worker.terminate();
    this.#rejectRun?.(error);
  }

  #talk<Kind extends FfmpegReply["kind"]>(
    request: FfmpegRequest,
    options: FfmpegRunOptions,
    end: Kind,
  ): Promise<Extract<FfmpegReply, { kind: Kind }>> {
    if (this.#ended) return Promise.reject(this.#ended);
    const worker = this.#worker;
    const onAbort = () => this.terminate();
    options.signal?.addEventListener("abort", onAbort, { once: true });
    return new Promise<Extract<FfmpegReply, { kind: Kind }>>((resolve, reject) => {
      this.#rejectRun = reject;
      worker.onmessage = (event: MessageEvent<FfmpegReply>) => {
        const reply = event.data;
        if (reply.kind === "log") options.onLog?.(reply.line);
        else if (reply.kind === "data") options.onData?.(reply.bytes);
        else if (reply.kind === end) resolve(reply as Extract<FfmpegReply, { kind: Kind }>);
        else if (reply.kind === "failed") this.#end(crash(reply.message));
      };
      worker.onerror = (event) => {
        event.preventDefault();
        this.#end(crash(event.message || "its worker did not start"));
      };
      worker.postMessage(request);
    }).finally(() => options.signal?.removeEventListener("abort", onAbort));
  }
}

function crash(reason: string): EngineError {
  if (/out of memory|allocation failed|cannot enlarge memory|memory access out of bounds/i.test(reason)) {
    return new EngineError(
      "device/memory",
      `The built-in decoder (ffmpeg) ran out of memory (${reason}). Close other tabs, or use a shorter or smaller file.`,
    );
  }
  return new EngineError(
    "codec/failed",
    `The built-in decoder (ffmpeg) stopped: ${reason}. Convert the file to MP4 (H.264, AAC) and try again.`,
  );
}
