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
  /** Paths in the root of files to hand back at the end; a file that was not written is left out. */
  readonly outputs?: readonly string[];
}

/** The device that streams whatever is written to it to the caller. */
export const STREAM_PATH = "/dev/dudak-stream";

/** The file system whose mounting gives the device its {@link StreamOptions}. */
export const STREAM_FILE_SYSTEM = "DUDAK_STREAM";

/** How the device streams. */
export interface StreamOptions {
  /** Bytes sent and not yet used, in memory that page and worker share: the device waits while they are too many. */
  readonly inFlight: Int32Array<SharedArrayBuffer>;
}

/** What the device sends beside the messages of `@ffmpeg/ffmpeg`, which passes over it. */
export interface StreamMessage {
  readonly type: "DUDAK_STREAM";
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** Where ffmpeg finds the input of that name. */
export function inputPath(input: FfmpegInput): string {
  return input.data instanceof Blob ? `/blob-${input.name}/${input.name}` : `/${input.name}`;
}
