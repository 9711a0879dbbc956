/** A file that a run of ffmpeg can read: blobs are read in place, bytes are copied into its memory. */
export interface FfmpegInput {
  /** File name without folders; ffmpeg sees it as {@link inputPath}. */
  readonly name: string;
  readonly data: Blob | Uint8Array<ArrayBuffer>;
}

/** One run of ffmpeg's command line. */
export interface FfmpegJob {
  readonly args: readonly string[];
  readonly inputs: readonly FfmpegInput[];
  /** Paths of files to hand back at the end; a file that was not written is left out. */
  readonly outputs?: readonly string[];
}

/** The device that streams whatever is written to it to the caller. */
export const STREAM_PATH = "/dev/dudak-stream";

/** Where ffmpeg finds the input of that name. */
export function inputPath(input: FfmpegInput): string {
  return input.data instanceof Blob ? `/blob-${input.name}/${input.name}` : `/${input.name}`;
}

/** Messages to the worker. `inFlight`, where memory can be shared, counts bytes sent and not yet used. */
export type FfmpegRequest =
  | { readonly kind: "load"; readonly coreUrl: string; readonly wasmUrl: string }
  | { readonly kind: "run"; readonly job: FfmpegJob; readonly inFlight?: Int32Array<SharedArrayBuffer> };

/** Messages from the worker. */
export type FfmpegReply =
  | { readonly kind: "loaded" }
  | { readonly kind: "log"; readonly line: string }
  | { readonly kind: "data"; readonly bytes: Uint8Array<ArrayBuffer> }
  | {
      readonly kind: "done";
      readonly exitCode: number;
      readonly files: Readonly<Record<string, Uint8Array<ArrayBuffer>>>;
    }
  | { readonly kind: "failed"; readonly message: string };
