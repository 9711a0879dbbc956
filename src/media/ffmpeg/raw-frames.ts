import { throwIfCancelled } from "../../job/errors.ts";
import type { VideoFacts } from "../demux/video-facts.ts";
import type { VideoFramesOptions } from "../demux/video-source.ts";
import { canHoldBack, FfmpegCore, inputPath, STREAM_PATH, type FfmpegInput } from "./ffmpeg.ts";
import type { RawFormat } from "./raw-pictures.ts";
import type { Stretch } from "./stretches.ts";

/** Frames of one run where ffmpeg cannot be held back. */
const PIECE_BYTES = 96 * 1024 * 1024;

/** Seeking goes this far before the wanted instant, so that the frame shown then is among those read. */
const SEEK_MARGIN_SECONDS = 1;

/** Puts streamed bytes together to frames and times, and hands them to one reader. */
class FrameQueue {
  readonly #ready: RawFrame[] = [];
  readonly #times: number[] = [];
  #filling: Uint8Array<ArrayBuffer> | undefined;
  #filled = 0;
  #waiting: (() => void) | undefined;
  #complete = 0;

  constructor(
    private readonly frameBytes: number,
    private readonly startSeconds: number,
    private readonly onAspect: (aspect: number) => void,
  ) {}

  log(line: string): void {
    const found =
      /Parsed_showinfo.* n: *\d+ .*pts_time:(-?[\d.]+)(?:.* sar:(\d+)\/(\d+) s:(\d+)x(\d+))?/.exec(line);
    if (!found) return;
    this.#times.push(Number(found[1]) - this.startSeconds);
    if (!found[2]) return;
    const [across, down, width, height] = found.slice(2).map(Number) as [number, number, number, number];
    // 0 stands for an aspect that is not known.
    this.onAspect(((across || 1) * width) / ((across ? down : 1) * height));
  }

  data(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length;) {
      this.#filling ??= new Uint8Array(this.frameBytes);
      const part = Math.min(this.frameBytes - this.#filled, bytes.length - at);
      this.#filling.set(bytes.subarray(at, at + part), this.#filled);
      this.#filled += part;
      at += part;
      if (this.#filled < this.frameBytes) continue;
      this.#ready.push({ bytes: this.#filling, seconds: this.#times[this.#complete] ?? Number.NaN });
      this.#complete++;
      this.#filling = undefined;
      this.#filled = 0;
    }
    this.wake();
  }

  wake(): void {
    this.#waiting?.();
    this.#waiting = undefined;
  }

  take() {
    return this.#ready.shift();
  }

  wait(): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting = resolve;
    });
  }
}

/** A frame as ffmpeg gave it. */
export interface RawFrame {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly seconds: number;
}

/** Where a transport stream's clock begins anew, ffmpeg makes one time of both, but not from the middle. */
export const joinsClocks = (broadcast: boolean) => broadcast && canHoldBack();

/** A second output: ffmpeg then counts time from the earliest of the tracks that it is asked for. */
export const ALL_TRACKS = ["-map", "0:v?", "-map", "0:a?", "-c", "copy", "-f", "null", "-"] as const;

/** A video whose frames ffmpeg is to give. */
export interface RawVideo {
  readonly file: Blob;
  readonly facts: VideoFacts;
  readonly format: RawFormat;
  /** Is told the aspect of each frame. */
  readonly onAspect: (aspect: number) => void;
}

/** What of a video one run reads. */
interface RawRun {
  /** Options before the input. */
  readonly before: readonly string[];
  /** Filters before all others. */
  readonly filters: string;
  /** Frames after which it ends. */
  readonly frames: number | undefined;
}

/** The frames that one run of ffmpeg gives. */
async function* framesOfRun(
  core: FfmpegCore,
  { file, facts, format: { filters, frameBytes }, onAspect }: RawVideo,
  run: RawRun,
  signal: AbortSignal | undefined,
): AsyncGenerator<RawFrame> {
  const input: FfmpegInput = { name: "video", data: file };
  const joined = joinsClocks(facts.broadcast);
  const queue = new FrameQueue(frameBytes, joined ? 0 : facts.startSeconds, onAspect);
  let ended = false;
  let failure: unknown;
  const args = ["-hide_banner", ...(joined ? [] : ["-copyts"]), ...run.before];
  if (facts.alphaDecoder) args.push("-c:v", facts.alphaDecoder);
  args.push("-i", inputPath(input), "-map", "0:v:0", "-an", "-sn", "-dn");
  args.push("-vf", `${run.filters}showinfo=checksum=0,${filters}`);
  if (run.frames !== undefined) args.push("-frames:v", String(run.frames));
  args.push("-vsync", "passthrough", "-f", "rawvideo", STREAM_PATH);
  if (joined) args.push(...ALL_TRACKS);
  const running = core
    .run(
      { args, inputs: [input] },
      {
        onLog: (line) => queue.log(line),
        onData: (bytes) => queue.data(bytes),
        ...(signal ? { signal } : {}),
      },
    )
    .catch((error: unknown) => {
      failure = error;
    })
    .finally(() => {
      ended = true;
      queue.wake();
    });
  for (;;) {
    throwIfCancelled(signal);
    const frame = queue.take();
    if (frame) {
      core.release(frameBytes);
      yield frame;
    } else if (ended) break;
    else await queue.wait();
  }
  await running;
  if (failure) throw failure;
}

/** A video's frames in order. */
export async function* rawFrames(video: RawVideo, options: VideoFramesOptions): AsyncGenerator<RawFrame> {
  const { facts, format } = video;
  const { signal, toSeconds } = options;
  const piece = canHoldBack() ? undefined : Math.max(1, Math.floor(PIECE_BYTES / format.frameBytes));
  let last = Number.NEGATIVE_INFINITY;
  const joined = joinsClocks(facts.broadcast);
  let from = joined ? 0 : Math.max(0, (options.fromSeconds ?? 0) - SEEK_MARGIN_SECONDS);
  const core = await FfmpegCore.start(signal);
  try {
    for (;;) {
      const before = from > 0 ? ["-ss", from.toFixed(6)] : [];
      let given = 0;
      for await (const frame of framesOfRun(core, video, { before, filters: "", frames: piece }, signal)) {
        given++;
        if (!(frame.seconds > last + 1e-6)) continue;
        if (toSeconds !== undefined && frame.seconds >= toSeconds - 1e-6) return;
        last = frame.seconds;
        yield frame;
      }
      if (!piece || given < piece) return;
      from = Math.max(0, last - 1 / facts.fps);
    }
  } finally {
    core.terminate();
  }
}

/** The frames of one stretch of a video. */
export function stretchFrames(
  core: FfmpegCore,
  video: RawVideo,
  { from, to, seek, frames }: Stretch,
  signal: AbortSignal | undefined,
): AsyncGenerator<RawFrame> {
  const limits = [from === null ? "" : `start=${from.toFixed(6)}`, to === null ? "" : `end=${to.toFixed(6)}`];
  const run: RawRun = {
    // From the key frame itself: a search for the exact instant would decode from the one before.
    before: seek === null ? [] : ["-noaccurate_seek", "-ss", (seek - video.facts.startSeconds).toFixed(6)],
    filters: `trim=${limits.filter(Boolean).join(":")},`,
    frames,
  };
  return framesOfRun(core, video, run, signal);
}
