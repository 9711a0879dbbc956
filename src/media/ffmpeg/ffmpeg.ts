import { FFFSType, FFmpeg } from "@ffmpeg/ffmpeg";
// A separate work under the GPL, fetched only when a file needs it; another build with its interface can lie there.
import coreUrl from "@ffmpeg/core?url";
import wasmUrl from "@ffmpeg/core/wasm?url";
import { relayRequests } from "../../core/browser/traffic.ts";
import { EngineError, throwIfCancelled } from "../../job/errors.ts";
import {
  inputPath,
  STREAM_FILE_SYSTEM,
  type FfmpegInput,
  type FfmpegJob,
  type StreamMessage,
} from "./ffmpeg-wire.ts";
import workerUrl from "./ffmpeg.worker.ts?worker&url";
import { watchedWorker } from "./watched-worker.ts";

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

/**
 * Whether a streaming run can be held back until its data is used. Without shared memory
 * (a page that is not cross-origin isolated) callers must ask for pieces of bounded size.
 */
export function canHoldBack(): boolean {
  return typeof SharedArrayBuffer !== "undefined" && globalThis.crossOriginIsolated;
}

/** One ffmpeg in a worker of its own, which is replaced now and then. Runs are serial. */
export class FfmpegCore {
  #ffmpeg = new FFmpeg();
  #runs = 0;
  #options: FfmpegRunOptions = {};
  #ended: EngineError | undefined;
  readonly #inFlight = canHoldBack() ? new Int32Array(new SharedArrayBuffer(4)) : undefined;

  /**
   * Loads ffmpeg (32 MB, from the browser's cache after the first time).
   * @param script of the worker.
   * @throws EngineError `codec/missing` when it cannot be loaded, `job/cancelled`.
   */
  static async start(signal?: AbortSignal, script: string = workerUrl): Promise<FfmpegCore> {
    throwIfCancelled(signal);
    const core = new FfmpegCore(script);
    await core.#load(signal);
    return core;
  }

  private constructor(private readonly script: string) {}

  async #load(signal: AbortSignal | undefined): Promise<void> {
    const urlOf = (path: string) => new URL(path, globalThis.location.href).href;
    const ffmpeg = this.#ffmpeg;
    ffmpeg.on("log", ({ message }) => this.#options.onLog?.(message));
    const { worker, result: loading } = watchedWorker(() =>
      ffmpeg.load({ classWorkerURL: urlOf(this.script), coreURL: urlOf(coreUrl), wasmURL: urlOf(wasmUrl) }),
    );
    relayRequests(worker);
    worker.addEventListener(
      "message",
      ({ data }: MessageEvent<StreamMessage | { readonly type: string }>) => {
        if ("bytes" in data && data.type === "DUDAK_STREAM") this.#options.onData?.(data.bytes);
      },
    );
    worker.addEventListener("error", (event) => {
      event.preventDefault();
      this.#end(crash(event.message || "its worker did not start"));
    });
    try {
      await this.#guard(async () => {
        await loading;
        if (!this.#inFlight) return;
        await ffmpeg.createDir("/stream");
        await this.#mount(STREAM_FILE_SYSTEM, { inFlight: this.#inFlight }, "/stream");
      }, signal);
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
    this.#ffmpeg.terminate();
    this.#ffmpeg = new FFmpeg();
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
    this.#options = {
      ...options,
      onLog(line) {
        log.push(line);
        if (log.length > LOG_LINES) log.shift();
        options.onLog?.(line);
      },
    };
    const { exitCode, files } = await this.#guard(() => this.#runJob(job), options.signal);
    return { exitCode, files, log };
  }

  async #runJob({ args, inputs, outputs = [] }: FfmpegJob): Promise<Omit<FfmpegResult, "log">> {
    const ffmpeg = this.#ffmpeg;
    for (const input of inputs) await this.#addInput(input);
    const exitCode = await ffmpeg.exec([...args]);
    const files: Record<string, Uint8Array<ArrayBuffer>> = {};
    const written = outputs.length > 0 ? await ffmpeg.listDir("/") : [];
    for (const path of outputs) {
      if (!written.some(({ name }) => `/${name}` === path)) continue;
      files[path] = (await ffmpeg.readFile(path)) as Uint8Array<ArrayBuffer>;
      await ffmpeg.deleteFile(path);
    }
    for (const input of inputs) await this.#removeInput(input);
    return { exitCode, files };
  }

  async #addInput(input: FfmpegInput): Promise<void> {
    const path = inputPath(input);
    if (input.data instanceof Blob) {
      await this.#ffmpeg.createDir(folderOf(path));
      await this.#mount(
        FFFSType.WORKERFS,
        { blobs: [{ name: input.name, data: input.data }] },
        folderOf(path),
      );
    } else {
      // A copy, because the wrapper hands the buffer itself to the worker.
      await this.#ffmpeg.writeFile(path, input.data.slice());
    }
  }

  async #removeInput(input: FfmpegInput): Promise<void> {
    const path = inputPath(input);
    if (input.data instanceof Blob) {
      await this.#ffmpeg.unmount(folderOf(path));
      await this.#ffmpeg.deleteDir(folderOf(path));
    } else {
      await this.#ffmpeg.deleteFile(path);
    }
  }

  async #mount(type: string, options: object, folder: string): Promise<void> {
    const mounted = await this.#ffmpeg.mount(type as FFFSType, options, folder);
    if (!mounted) throw new Error(`this build of ffmpeg has no ${type}`);
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
    this.#ffmpeg.terminate();
  }

  /** Does work with the worker; the first thing that fails in it ends the core, and so does the signal. */
  async #guard<Result>(work: () => Promise<Result>, signal: AbortSignal | undefined): Promise<Result> {
    if (this.#ended) throw this.#ended;
    const onAbort = () => this.terminate();
    signal?.addEventListener("abort", onAbort, { once: true });
    try {
      return await work();
    } catch (error) {
      this.#end(crash(error instanceof Error ? error.message : String(error)));
      throw this.#ended!;
    } finally {
      signal?.removeEventListener("abort", onAbort);
    }
  }
}

const folderOf = (path: string) => path.slice(0, path.lastIndexOf("/"));

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
