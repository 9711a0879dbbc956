import { EngineError, throwIfCancelled } from "../core/errors.ts";
import { canHoldBack, FfmpegCore, inputPath, STREAM_PATH, type FfmpegInput } from "./ffmpeg.ts";
import type { VideoFrameData, VideoFramesOptions, VideoPacket, VideoSource } from "./video-source.ts";

/** Frames of one run where ffmpeg cannot be held back. */
const PIECE_BYTES = 96 * 1024 * 1024;

/** Seeking goes this far before the wanted instant, so that the frame shown then is among those read. */
const SEEK_MARGIN_SECONDS = 1;

/** What ffmpeg's log says about a file. */
export interface VideoFacts {
  readonly width: number;
  readonly height: number;
  readonly fps: number;
  readonly variableRate: boolean;
  readonly durationSeconds: number;
  readonly startSeconds: number;
  readonly bitrate: number;
  readonly codec: string;
  readonly hasAudio: boolean;
}

/** Rates that ffmpeg prints rounded. */
const EXACT_RATES = [24_000 / 1001, 30_000 / 1001, 60_000 / 1001, 120_000 / 1001];

function exactRate(printed: number): number {
  return EXACT_RATES.find((rate) => Math.abs(rate - printed) < 0.006) ?? printed;
}

/** Reads the log of `ffmpeg -i`; undefined when it lists no pictures. */
export function readVideoFacts(log: readonly string[]): VideoFacts | undefined {
  const streamAt = log.findIndex(
    (line) => /Stream #\S+.*: Video: /.test(line) && !line.includes("(attached pic)"),
  );
  const stream = log[streamAt];
  if (!stream) return undefined;
  const codec = /Video: (\w+)/.exec(stream)?.[1] ?? "unknown";
  const size = /, (\d{1,6})x(\d{1,6})/.exec(stream);
  if (!size) return undefined;
  const aspect = /SAR (\d+):(\d+)/.exec(stream);
  const sar =
    aspect && Number(aspect[1]) > 0 && Number(aspect[2]) > 0 ? Number(aspect[1]) / Number(aspect[2]) : 1;
  const ownLines: string[] = [];
  for (let i = streamAt + 1; i < log.length && !/Stream #|^At least|^Input/.test(log[i]!); i++)
    ownLines.push(log[i]!);
  const rotation = Math.round(Number(/rotation of (-?[\d.]+) degrees/.exec(ownLines.join("\n"))?.[1] ?? 0));
  const square = { width: Math.round(Number(size[1]) * sar), height: Number(size[2]) };
  const turned = Math.abs(rotation) % 180 === 90;
  const number = (pattern: RegExp) => {
    const match = pattern.exec(stream);
    return match ? Number(match[1]) * (match[2] === "k" ? 1000 : 1) : undefined;
  };
  const tbr = number(/([\d.]+)(k?) tbr/);
  const fps = number(/([\d.]+)(k?) fps/) ?? tbr ?? 25;
  const duration = /Duration: (\d+):(\d+):([\d.]+), start: (-?[\d.]+)/.exec(log.join("\n"));
  const whole = /Duration:.*bitrate: (\d+) kb\/s/.exec(log.join("\n"));
  return {
    width: turned ? square.height : square.width,
    height: turned ? square.width : square.height,
    fps: exactRate(fps),
    variableRate: tbr !== undefined && tbr < 1000 && Math.abs(tbr - fps) > 0.02,
    durationSeconds: duration
      ? Number(duration[1]) * 3600 + Number(duration[2]) * 60 + Number(duration[3])
      : 0,
    startSeconds: duration ? Number(duration[4]) : 0,
    bitrate: (number(/ (\d+)() kb\/s/) ?? Number(whole?.[1] ?? 0)) * 1000,
    codec,
    hasAudio: log.some((line) => /Stream #\S+.*: Audio: /.test(line)),
  };
}

/** Puts streamed bytes together to frames and times, and hands them to one reader. */
class FrameQueue {
  readonly #ready: RawFrame[] = [];
  readonly #times: number[] = [];
  #filling: Uint8ClampedArray<ArrayBuffer> | undefined;
  #filled = 0;
  #waiting: (() => void) | undefined;
  #complete = 0;

  constructor(
    private readonly frameBytes: number,
    private readonly startSeconds: number,
  ) {}

  log(line: string): void {
    const time = /Parsed_showinfo.* n: *\d+ .*pts_time:(-?[\d.]+)/.exec(line)?.[1];
    if (time !== undefined) this.#times.push(Number(time) - this.startSeconds);
  }

  data(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length;) {
      this.#filling ??= new Uint8ClampedArray(this.frameBytes);
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

  get complete(): number {
    return this.#complete;
  }

  wait(): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting = resolve;
    });
  }
}

interface RawFrame {
  readonly bytes: Uint8ClampedArray<ArrayBuffer>;
  readonly seconds: number;
}

async function* rawFrames(
  file: Blob,
  facts: VideoFacts,
  size: { width: number; height: number },
  options: VideoFramesOptions,
): AsyncGenerator<RawFrame> {
  const { signal, toSeconds } = options;
  const frameBytes = size.width * size.height * 4;
  const piece = canHoldBack() ? undefined : Math.max(1, Math.floor(PIECE_BYTES / frameBytes));
  const input: FfmpegInput = { name: "video", data: file };
  let last = Number.NEGATIVE_INFINITY;
  let from = Math.max(0, (options.fromSeconds ?? 0) - SEEK_MARGIN_SECONDS);
  const core = await FfmpegCore.start(signal);
  try {
    for (;;) {
      const queue = new FrameQueue(frameBytes, facts.startSeconds);
      let ended = false;
      let failure: unknown;
      const args = ["-hide_banner", "-copyts"];
      if (from > 0) args.push("-ss", from.toFixed(6));
      args.push("-i", inputPath(input), "-map", "0:v:0", "-an", "-sn", "-dn");
      args.push(
        "-vf",
        `scale=${size.width}:${size.height}:flags=lanczos+accurate_rnd+full_chroma_int:out_range=pc,setsar=1,format=rgba,showinfo=checksum=0`,
      );
      if (piece) args.push("-frames:v", String(piece));
      args.push("-vsync", "passthrough", "-f", "rawvideo", STREAM_PATH);
      const current = core;
      const run = current
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
          current.release(frameBytes);
          if (!(frame.seconds > last + 1e-6)) continue;
          if (toSeconds !== undefined && frame.seconds >= toSeconds - 1e-6) return;
          last = frame.seconds;
          yield frame;
        } else if (ended) break;
        else await queue.wait();
      }
      await run;
      if (failure) throw failure;
      if (!piece || queue.complete < piece) return;
      from = Math.max(0, last - 1 / facts.fps);
    }
  } finally {
    core.terminate();
  }
}

async function* readFrames(
  file: Blob,
  facts: VideoFacts,
  options: VideoFramesOptions,
): AsyncGenerator<VideoFrameData> {
  const { fromSeconds = 0, width, height } = options;
  const size = width && height ? { width, height } : { width: facts.width, height: facts.height };
  let index: number | undefined;
  let held: RawFrame | undefined;
  const frame = (raw: RawFrame, end: number): VideoFrameData => {
    index =
      index === undefined
        ? Math.round(Math.max(0, fromSeconds > 0 ? raw.seconds : 0) * facts.fps)
        : index + 1;
    return {
      image: { ...size, data: raw.bytes },
      index,
      timestampSeconds: raw.seconds,
      durationSeconds: end - raw.seconds,
    };
  };
  for await (const raw of rawFrames(file, facts, size, options)) {
    // A frame that ends before the wanted instant was only read to find the one that is shown then.
    if (held && raw.seconds > fromSeconds + 1e-6) yield frame(held, raw.seconds);
    held = raw;
  }
  if (held) yield frame(held, held.seconds + 1 / facts.fps);
}

/** Reads what ffmpeg's `framecrc` format says of each packet: `stream, dts, pts, duration, size, sum[, F=flags]`. */
export function readPacketList(text: string): VideoPacket[] {
  const base = /^#tb 0: (\d+)\/(\d+)/m.exec(text);
  const unit = base ? Number(base[1]) / Number(base[2]) : Number.NaN;
  return Array.from(
    text.matchAll(/^0, *(-?\d+), *-?\d+, *\d+, *(\d+), 0x\w+(?:, F=0x(\w+))?/gm),
    ([, time, size, flags]) => ({
      timestampSeconds: Number(time) * unit,
      bytes: Number(size),
      // Flags are told where they are not just "key".
      key: flags === undefined || Number.parseInt(flags, 16) % 2 === 1,
    }),
  );
}

async function readPackets(file: Blob, signal: AbortSignal): Promise<VideoPacket[]> {
  const input: FfmpegInput = { name: "video", data: file };
  const output = "/packets.txt";
  const core = await FfmpegCore.start(signal);
  try {
    const args = [
      "-hide_banner",
      "-i",
      inputPath(input),
      "-map",
      "0:v:0",
      "-c",
      "copy",
      "-f",
      "framecrc",
      output,
    ];
    const { files } = await core.run({ args, inputs: [input], outputs: [output] }, { signal });
    const list = files[output];
    if (!list) throw new EngineError("codec/failed", "ffmpeg could not read the video's frames. Try again.");
    return readPacketList(new TextDecoder().decode(list));
  } finally {
    core.terminate();
  }
}

/**
 * Opens a video with ffmpeg.
 * @returns undefined when ffmpeg finds no pictures in it.
 * @throws EngineError `codec/missing` when ffmpeg cannot be loaded, `codec/failed`, `device/memory`, `job/cancelled`.
 */
export async function openWithFfmpeg(
  file: Blob,
  signal: AbortSignal | undefined,
): Promise<VideoSource | undefined> {
  const input: FfmpegInput = { name: "video", data: file };
  const core = await FfmpegCore.start(signal);
  try {
    const log: string[] = [];
    const trial = await core.run(
      {
        args: ["-hide_banner", "-i", inputPath(input), "-map", "0:v:0", "-frames:v", "1", "-f", "null", "-"],
        inputs: [input],
      },
      { onLog: (line) => log.push(line), ...(signal ? { signal } : {}) },
    );
    const facts = readVideoFacts(log);
    if (!facts) return undefined;
    if (trial.exitCode !== 0 || !log.some((line) => /frame= *[1-9]/.test(line))) {
      throw new EngineError(
        "codec/failed",
        `Neither the browser nor ffmpeg could decode the video (codec ${facts.codec}). Convert it to MP4 (H.264) and try again.`,
      );
    }
    const { durationSeconds, bitrate } = facts;
    return {
      width: facts.width,
      height: facts.height,
      fps: facts.fps,
      variableRate: facts.variableRate,
      hasAudio: facts.hasAudio,
      codec: facts.codec,
      durationSeconds: durationSeconds || 1 / facts.fps,
      decoder: "ffmpeg",
      bitrate: bitrate || Math.round((file.size * 8) / Math.max(durationSeconds, 1e-3)),
      colour: null,
      warnings: [],
      frames: (options = {}) => readFrames(file, facts, options),
      async *pictures(options = {}) {
        for await (const { image, ...time } of readFrames(file, facts, options))
          yield { picture: image, ...time };
      },
      packets: (packetSignal) => readPackets(file, packetSignal),
      dispose: () => undefined,
    };
  } finally {
    core.terminate();
  }
}
