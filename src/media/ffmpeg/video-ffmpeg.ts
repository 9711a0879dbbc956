import { EngineError, throwIfCancelled } from "../../job/errors.ts";
import { canHoldBack, FfmpegCore, inputPath, STREAM_PATH, type FfmpegInput } from "./ffmpeg.ts";
import { tellOnce, warning, type Warning } from "../../job/warnings.ts";
import { SAME_ASPECT } from "../planes/letterbox.ts";
import { rgbaOf } from "../planes/picture.ts";
import { frameRateOf } from "../demux/frame-rate.ts";
import { readVideoFacts, type VideoFacts } from "../demux/video-facts.ts";
import { pictureMaker, rawFormat, type RawFormat } from "./raw-pictures.ts";
import type {
  VideoFramesOptions,
  VideoPacket,
  VideoPicturesOptions,
  VideoPictureData,
  VideoSource,
} from "../demux/video-source.ts";

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

/** Where a transport stream's clock begins anew, ffmpeg makes one time of both, but not from the middle. */
const joinsClocks = (broadcast: boolean) => broadcast && canHoldBack();

/** A second output: ffmpeg then counts time from the earliest of the tracks that it is asked for. */
const ALL_TRACKS = ["-map", "0:v?", "-map", "0:a?", "-c", "copy", "-f", "null", "-"] as const;

async function* rawFrames(
  file: Blob,
  facts: VideoFacts,
  { filters, frameBytes }: RawFormat,
  options: VideoFramesOptions,
  onAspect: (aspect: number) => void,
): AsyncGenerator<RawFrame> {
  const { signal, toSeconds } = options;
  const piece = canHoldBack() ? undefined : Math.max(1, Math.floor(PIECE_BYTES / frameBytes));
  const input: FfmpegInput = { name: "video", data: file };
  let last = Number.NEGATIVE_INFINITY;
  const joined = joinsClocks(facts.broadcast);
  let from = joined ? 0 : Math.max(0, (options.fromSeconds ?? 0) - SEEK_MARGIN_SECONDS);
  const core = await FfmpegCore.start(signal);
  try {
    for (;;) {
      const queue = new FrameQueue(frameBytes, joined ? 0 : facts.startSeconds, onAspect);
      let ended = false;
      let failure: unknown;
      const args = ["-hide_banner", ...(joined ? [] : ["-copyts"])];
      if (from > 0) args.push("-ss", from.toFixed(6));
      if (facts.alphaDecoder) args.push("-c:v", facts.alphaDecoder);
      args.push("-i", inputPath(input), "-map", "0:v:0", "-an", "-sn", "-dn");
      args.push("-vf", `showinfo=checksum=0,${filters}`);
      if (piece) args.push("-frames:v", String(piece));
      args.push("-vsync", "passthrough", "-f", "rawvideo", STREAM_PATH);
      if (joined) args.push(...ALL_TRACKS);
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

async function* readPictures(
  file: Blob,
  facts: VideoFacts,
  options: VideoPicturesOptions,
  warn: (code: "video/transparent" | "video/reshaped") => void,
): AsyncGenerator<VideoPictureData> {
  const { fromSeconds = 0, width, height, second } = options;
  const size = width && height ? { width, height } : { width: facts.width, height: facts.height };
  const format = rawFormat(facts, size);
  const make = pictureMaker(facts, size, () => warn("video/transparent"));
  // What ffmpeg itself has scaled is of one size.
  const makeSecond = second && facts.planes ? pictureMaker(facts, second, () => undefined) : null;
  const onAspect = (aspect: number) => {
    if (Math.abs((aspect * facts.height) / facts.width - 1) > SAME_ASPECT) warn("video/reshaped");
  };
  let held: RawFrame | undefined;
  const frame = (raw: RawFrame, end: number): VideoPictureData => ({
    ...(makeSecond ? { second: makeSecond(raw.bytes) } : {}),
    picture: make(raw.bytes),
    timestampSeconds: raw.seconds,
    durationSeconds: end - raw.seconds,
  });
  for await (const raw of rawFrames(file, facts, format, options, onAspect)) {
    // A frame that ends before the wanted instant was only read to find the one that is shown then.
    if (held && raw.seconds > fromSeconds + 1e-6) yield frame(held, raw.seconds);
    held = raw;
  }
  if (held) yield frame(held, held.seconds + 1 / facts.fps);
}

/** What ffmpeg writes where a packet has no instant of its own, as in AVI. */
const NO_INSTANT = "-9223372036854775808";

/** Reads what ffmpeg's `framecrc` format says of each packet: `stream, dts, pts, duration, size, sum[, F=flags]`. */
export function readPacketList(text: string): VideoPacket[] {
  const base = /^#tb 0: (\d+)\/(\d+)/m.exec(text);
  const unit = base ? Number(base[1]) / Number(base[2]) : Number.NaN;
  return Array.from(
    text.matchAll(/^0, *(-?\d+), *(-?\d+), *\d+, *(\d+), 0x\w+(?:, F=0x(\w+))?/gm),
    ([, decoded, shown, size, flags]) => ({
      timestampSeconds: Number(shown === NO_INSTANT ? decoded : shown) * unit,
      bytes: Number(size),
      // Flags are told where they are not just "key".
      key: flags === undefined || Number.parseInt(flags, 16) % 2 === 1,
    }),
  );
}

async function readPackets(
  file: Blob,
  { startSeconds, broadcast }: VideoFacts,
  signal: AbortSignal | undefined,
): Promise<VideoPacket[]> {
  const input: FfmpegInput = { name: "video", data: file };
  const output = "/packets.txt";
  const joined = joinsClocks(broadcast);
  const core = await FfmpegCore.start(signal);
  try {
    const args = [
      "-hide_banner",
      ...(joined ? [] : ["-copyts"]),
      "-i",
      inputPath(input),
      "-map",
      "0:v:0",
      "-c",
      "copy",
      "-f",
      "framecrc",
      output,
      ...(joined ? ALL_TRACKS : []),
    ];
    const { files } = await core.run({ args, inputs: [input], outputs: [output] }, signal ? { signal } : {});
    const list = files[output];
    if (!list) throw new EngineError("codec/failed", "ffmpeg could not read the video's frames. Try again.");
    return readPacketList(new TextDecoder().decode(list)).map(({ timestampSeconds, ...packet }) => ({
      timestampSeconds: timestampSeconds - (joined ? 0 : startSeconds),
      ...packet,
    }));
  } finally {
    core.terminate();
  }
}

/**
 * The facts by its packets of a file that does not say how long it is, as recorders that stream write them, or whose
 * clock may begin anew.
 */
async function measured(file: Blob, facts: VideoFacts, signal: AbortSignal | undefined): Promise<VideoFacts> {
  const packets = await readPackets(file, facts, signal);
  const starts = packets.map(({ timestampSeconds }) => timestampSeconds).sort((a, b) => a - b);
  const fps = frameRateOf(starts);
  return { ...facts, fps, durationSeconds: Math.max(0, starts.at(-1) ?? 0) + 1 / fps };
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
    const told = readVideoFacts(log);
    if (!told) return undefined;
    if (trial.exitCode !== 0 || !log.some((line) => /frame= *[1-9]/.test(line))) {
      throw new EngineError(
        "codec/failed",
        `Neither the browser nor ffmpeg could decode the video (codec ${told.codec}). Convert it to MP4 (H.264) and try again.`,
      );
    }
    const lengthKnown = told.durationSeconds > 0 && !joinsClocks(told.broadcast);
    const facts = lengthKnown ? told : await measured(file, told, signal);
    const { durationSeconds, bitrate } = facts;
    const warnings: Warning[] = facts.hdr ? [warning("video/hdr")] : [];
    const warn = (code: "video/transparent" | "video/reshaped") => {
      tellOnce(warnings, warning(code));
    };
    return {
      width: facts.width,
      height: facts.height,
      fps: facts.fps,
      hasAudio: facts.hasAudio,
      codec: facts.codec,
      durationSeconds,
      decoder: "ffmpeg",
      bitrate: bitrate || Math.round((file.size * 8) / Math.max(durationSeconds, 1e-3)),
      colour: facts.planes?.colour ?? null,
      warnings,
      async *frames(options = {}) {
        for await (const { picture, ...time } of readPictures(file, facts, options, warn))
          yield { image: rgbaOf(picture), ...time };
      },
      pictures: (options = {}) => readPictures(file, facts, options, warn),
      packets: (packetSignal) => readPackets(file, facts, packetSignal),
      dispose: () => undefined,
    };
  } finally {
    core.terminate();
  }
}
