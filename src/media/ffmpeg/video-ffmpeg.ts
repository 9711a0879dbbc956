import { EngineError, throwIfCancelled } from "../../job/errors.ts";
import { canHoldBack, FfmpegCore, inputPath, STREAM_PATH, type FfmpegInput } from "./ffmpeg.ts";
import { yuvToRgba } from "../planes/frame-planes.ts";
import { createFrameScaler } from "../planes/frame-scaler.ts";
import { joinPlanes, rgbaOf, type Picture } from "../planes/picture.ts";
import { yuvMatrixOf } from "../planes/plane-colour.ts";
import { readVideoFacts, type StoredPlanes, type VideoFacts } from "../demux/video-facts.ts";
import type {
  VideoFramesOptions,
  VideoPacket,
  VideoPictureData,
  VideoSource,
} from "../demux/video-source.ts";

interface Size {
  readonly width: number;
  readonly height: number;
}

const isEven = ({ width, height }: Size) => width % 2 === 0 && height % 2 === 0;

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
  ) {}

  log(line: string): void {
    const time = /Parsed_showinfo.* n: *\d+ .*pts_time:(-?[\d.]+)/.exec(line)?.[1];
    if (time !== undefined) this.#times.push(Number(time) - this.startSeconds);
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
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly seconds: number;
}

/** What ffmpeg makes of a decoded frame. */
interface RawFormat {
  readonly filters: string;
  readonly frameBytes: number;
}

/** Planes as they are stored, or rounded to 8 bits and half as much chroma each way; their range stays as it is. */
function planesFormat({ width, height, format, colour }: StoredPlanes): RawFormat {
  const range = colour.fullRange && format === "yuv420p" ? ":in_range=pc:out_range=pc" : "";
  const chroma = Math.ceil(width / 2) * Math.ceil(height / 2);
  return {
    filters: `scale=${width}:${height}:flags=bicubic+accurate_rnd+full_chroma_int${range},format=${format}`,
    frameBytes: width * height + 2 * chroma,
  };
}

function pixelsFormat({ width, height }: Size): RawFormat {
  return {
    filters: `scale=${width}:${height}:flags=lanczos+accurate_rnd+full_chroma_int:out_range=pc,setsar=1,format=rgba`,
    frameBytes: width * height * 4,
  };
}

async function* rawFrames(
  file: Blob,
  facts: VideoFacts,
  { filters, frameBytes }: RawFormat,
  options: VideoFramesOptions,
): AsyncGenerator<RawFrame> {
  const { signal, toSeconds } = options;
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
      args.push("-vf", `${filters},showinfo=checksum=0`);
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

/** Turns what ffmpeg gave of a frame into a picture of the wanted size, which is the caller's. */
function pictureMaker(planes: StoredPlanes | null, size: Size): (bytes: Uint8Array<ArrayBuffer>) => Picture {
  if (!planes) return ({ buffer }) => ({ ...size, data: new Uint8ClampedArray(buffer) });
  const { width, height, colour } = planes;
  const scale = createFrameScaler(size);
  const half = { width: Math.ceil(width / 2), height: Math.ceil(height / 2) };
  const same = width === size.width && height === size.height;
  return (bytes) => {
    if (same && isEven(size)) return { ...size, data: bytes, colour };
    const [luma, chroma] = [width * height, half.width * half.height];
    const scaled = scale([
      { width, height, data: bytes.subarray(0, luma) },
      { ...half, data: bytes.subarray(luma, luma + chroma) },
      { ...half, data: bytes.subarray(luma + chroma) },
    ]);
    if (isEven(size)) return joinPlanes(scaled, colour);
    return yuvToRgba({ planes: scaled, matrix: yuvMatrixOf(colour), fullRange: colour.fullRange });
  };
}

async function* readPictures(
  file: Blob,
  facts: VideoFacts,
  options: VideoFramesOptions,
): AsyncGenerator<VideoPictureData> {
  const { fromSeconds = 0, width, height } = options;
  const size = width && height ? { width, height } : { width: facts.width, height: facts.height };
  const format = facts.planes ? planesFormat(facts.planes) : pixelsFormat(size);
  const make = pictureMaker(facts.planes, size);
  let held: RawFrame | undefined;
  const frame = (raw: RawFrame, end: number): VideoPictureData => ({
    picture: make(raw.bytes),
    timestampSeconds: raw.seconds,
    durationSeconds: end - raw.seconds,
  });
  for await (const raw of rawFrames(file, facts, format, options)) {
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
      hasAudio: facts.hasAudio,
      codec: facts.codec,
      durationSeconds: durationSeconds || 1 / facts.fps,
      decoder: "ffmpeg",
      bitrate: bitrate || Math.round((file.size * 8) / Math.max(durationSeconds, 1e-3)),
      colour: facts.planes?.colour ?? null,
      warnings: [],
      async *frames(options = {}) {
        for await (const { picture, ...time } of readPictures(file, facts, options))
          yield { image: rgbaOf(picture), ...time };
      },
      pictures: (options = {}) => readPictures(file, facts, options),
      packets: (packetSignal) => readPackets(file, packetSignal),
      dispose: () => undefined,
    };
  } finally {
    core.terminate();
  }
}
