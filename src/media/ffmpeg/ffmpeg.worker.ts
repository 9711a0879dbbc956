import { reportRequests } from "../../core/traffic.ts";
import {
  inputPath,
  STREAM_PATH,
  type FfmpegInput,
  type FfmpegJob,
  type FfmpegReply,
  type FfmpegRequest,
} from "./ffmpeg-wire.ts";

/** The part of Emscripten's file system that is used here. */
interface EmscriptenFs {
  readonly filesystems: { readonly WORKERFS: unknown };
  mkdir(path: string): void;
  rmdir(path: string): void;
  mount(type: unknown, options: { blobs: { name: string; data: Blob }[] }, mountpoint: string): void;
  unmount(mountpoint: string): void;
  writeFile(path: string, data: Uint8Array): void;
  readFile(path: string): Uint8Array<ArrayBuffer>;
  unlink(path: string): void;
  analyzePath(path: string): { readonly exists: boolean };
  makedev(major: number, minor: number): number;
  mkdev(path: string, device: number): void;
  registerDevice(
    device: number,
    operations: {
      open(): void;
      close(): void;
      write(stream: unknown, buffer: Uint8Array, offset: number, length: number): number;
    },
  ): void;
}

/** The part of `@ffmpeg/core` that is used here. */
interface FfmpegCoreModule {
  readonly FS: EmscriptenFs;
  readonly ret: number;
  exec(...args: string[]): number;
  setLogger(logger: (entry: { message: string }) => void): void;
  setTimeout(milliseconds: number): void;
  reset(): void;
}

/** Bytes that may be on their way to the caller before the worker waits for it. */
const MAX_IN_FLIGHT_BYTES = 48 * 1024 * 1024;
/** Small writes are gathered into messages of this size. */
const MESSAGE_BYTES = 1024 * 1024;

reportRequests();
let core: FfmpegCoreModule | undefined;
let inFlight: Int32Array<SharedArrayBuffer> | undefined;
let gathered = new Uint8Array(MESSAGE_BYTES);
let gatheredBytes = 0;

function reply(message: FfmpegReply, transfer: Transferable[] = []): void {
  self.postMessage(message, { transfer });
}

function flush(): void {
  if (gatheredBytes === 0) return;
  const bytes = gatheredBytes === gathered.length ? gathered : gathered.slice(0, gatheredBytes);
  if (bytes === gathered) gathered = new Uint8Array(MESSAGE_BYTES);
  gatheredBytes = 0;
  if (inFlight) Atomics.add(inFlight, 0, bytes.length);
  reply({ kind: "data", bytes }, [bytes.buffer]);
  while (inFlight) {
    const waiting = Atomics.load(inFlight, 0);
    if (waiting <= MAX_IN_FLIGHT_BYTES) break;
    Atomics.wait(inFlight, 0, waiting);
  }
}

function stream(buffer: Uint8Array, offset: number, length: number): number {
  let taken = 0;
  while (taken < length) {
    const part = Math.min(length - taken, gathered.length - gatheredBytes);
    gathered.set(buffer.subarray(offset + taken, offset + taken + part), gatheredBytes);
    gatheredBytes += part;
    taken += part;
    if (gatheredBytes === gathered.length) flush();
  }
  return length;
}

async function load(coreUrl: string, wasmUrl: string): Promise<void> {
  const script = (await import(/* @vite-ignore */ coreUrl)) as {
    default(options: { mainScriptUrlOrBlob: string }): Promise<FfmpegCoreModule>;
  };
  const urls = btoa(JSON.stringify({ wasmURL: wasmUrl, workerURL: "" }));
  const loaded = await script.default({ mainScriptUrlOrBlob: `${coreUrl}#${urls}` });
  loaded.setLogger(({ message }) => reply({ kind: "log", line: message }));
  const device = loaded.FS.makedev(64, 0);
  loaded.FS.registerDevice(device, {
    open: () => undefined,
    close: () => undefined,
    write: (_stream, buffer, offset, length) => stream(buffer, offset, length),
  });
  loaded.FS.mkdev(STREAM_PATH, device);
  core = loaded;
}

function mountInput(fs: EmscriptenFs, input: FfmpegInput): () => void {
  const path = inputPath(input);
  if (input.data instanceof Blob) {
    const folder = path.slice(0, path.lastIndexOf("/"));
    fs.mkdir(folder);
    fs.mount(fs.filesystems.WORKERFS, { blobs: [{ name: input.name, data: input.data }] }, folder);
    return () => {
      fs.unmount(folder);
      fs.rmdir(folder);
    };
  }
  fs.writeFile(path, input.data);
  return () => fs.unlink(path);
}

function run(job: FfmpegJob): void {
  if (!core) throw new Error("ffmpeg was asked to run before it was loaded");
  const { FS } = core;
  const undo = job.inputs.map((input) => mountInput(FS, input));
  core.setTimeout(-1);
  core.exec(...job.args);
  const exitCode = core.ret;
  core.reset();
  flush();
  const files: Record<string, Uint8Array<ArrayBuffer>> = {};
  for (const path of job.outputs ?? []) {
    if (!FS.analyzePath(path).exists) continue;
    files[path] = FS.readFile(path).slice();
    FS.unlink(path);
  }
  for (const step of undo) step();
  reply(
    { kind: "done", exitCode, files },
    Object.values(files).map((bytes) => bytes.buffer),
  );
}

self.onmessage = async (event: MessageEvent<FfmpegRequest>) => {
  const request = event.data;
  try {
    if (request.kind === "load") {
      await load(request.coreUrl, request.wasmUrl);
      reply({ kind: "loaded" });
    } else {
      inFlight = request.inFlight;
      run(request.job);
    }
  } catch (error) {
    reply({ kind: "failed", message: error instanceof Error ? error.message : String(error) });
  }
};
