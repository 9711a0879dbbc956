// The worker of `@ffmpeg/ffmpeg`, which answers its messages, and the device that streams out of a running command.
import "@ffmpeg/ffmpeg/worker";
import { reportRequests } from "../../core/browser/traffic.ts";
import { STREAM_FILE_SYSTEM, STREAM_PATH, type StreamMessage, type StreamOptions } from "./ffmpeg-wire.ts";

/** A type of Emscripten's file systems. */
interface FileSystemType {
  mount(mount: { readonly opts: unknown }): unknown;
}

/** The part of Emscripten's file system that is used here. */
interface EmscriptenFs {
  readonly filesystems: Record<string, FileSystemType>;
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
  exec(...args: string[]): number;
}

type CreateCore = (options: unknown) => Promise<FfmpegCoreModule>;

/** Bytes that may be on their way to the caller before the worker waits for it. */
const MAX_IN_FLIGHT_BYTES = 48 * 1024 * 1024;
/** Small writes are gathered into messages of this size. */
const MESSAGE_BYTES = 1024 * 1024;

reportRequests();
let inFlight: Int32Array<SharedArrayBuffer> | undefined;
let gathered = new Uint8Array(MESSAGE_BYTES);
let gatheredBytes = 0;

function flush(): void {
  if (gatheredBytes === 0) return;
  const bytes = gatheredBytes === gathered.length ? gathered : gathered.slice(0, gatheredBytes);
  if (bytes === gathered) gathered = new Uint8Array(MESSAGE_BYTES);
  gatheredBytes = 0;
  if (inFlight) Atomics.add(inFlight, 0, bytes.length);
  const message: StreamMessage = { type: "DUDAK_STREAM", bytes };
  self.postMessage(message, { transfer: [bytes.buffer] });
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

/** Gives a core the device and the file system that sets it up; what a command leaves gathered is sent at its end. */
function addStream(core: FfmpegCoreModule): void {
  const { FS } = core;
  const device = FS.makedev(64, 0);
  FS.registerDevice(device, {
    open: () => undefined,
    close: () => undefined,
    write: (_stream, buffer, offset, length) => stream(buffer, offset, length),
  });
  FS.mkdev(STREAM_PATH, device);
  FS.filesystems[STREAM_FILE_SYSTEM] = {
    mount(mount) {
      ({ inFlight } = mount.opts as StreamOptions);
      return FS.filesystems["MEMFS"]!.mount(mount);
    },
  };
  const exec = core.exec.bind(core);
  core.exec = (...args) => {
    const exitCode = exec(...args);
    flush();
    return exitCode;
  };
}

// The package's worker puts the core's factory here and calls it.
let createCore: CreateCore | undefined;
Object.defineProperty(self, "createFFmpegCore", {
  set: (create: CreateCore | undefined) => {
    createCore =
      create &&
      (async (options) => {
        const core = await create(options);
        addStream(core);
        return core;
      });
  },
  get: () => createCore,
});
