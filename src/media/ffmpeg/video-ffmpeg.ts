import { EngineError } from "../../job/errors.ts";
import { canHoldBack, FfmpegCore, inputPath, type FfmpegInput } from "./ffmpeg.ts";
import { tellOnce, warning, type Warning } from "../../job/warnings.ts";
import { SAME_ASPECT } from "../planes/letterbox.ts";
import { rgbaOf } from "../planes/picture.ts";
import { frameRateOf } from "../demux/frame-rate.ts";
import { readVideoFacts, type VideoFacts } from "../demux/video-facts.ts";
import {
  ALL_TRACKS,
  joinsClocks,
  rawFrames,
  stretchFrames,
  type RawFrame,
  type RawVideo,
} from "./raw-frames.ts";
import { pictureMaker, rawFormat } from "./raw-pictures.ts";
import { sideBySide } from "./side-by-side.ts";
import { planStretches, readFrameList, type Stretch } from "./stretches.ts";
import type {
  VideoFrameTime,
  VideoPacket,
  VideoPicturesOptions,
  VideoPictureData,
  VideoSource,
} from "../demux/video-source.ts";

/** Codecs whose key frames begin anew; decoding from one gives what decoding everything gives. */
const DIVIDED: ReadonlySet<string> = new Set(["hevc", "prores"]);
/** Less is decoded before a second ffmpeg would have started. */
const DIVIDED_FROM_SECONDS = 4;
/** What is listed beyond the seconds that are wanted: they end between frames. */
const MARGIN_SECONDS = 1;
/** Runs of ffmpeg side by side, each of which takes 100 to 200 MB for 1080p. */
const LANES = 2;
/** Converted pictures that a run may be ahead. */
const AHEAD_BYTES = 128 * 1024 * 1024;

/** Frames as they are made, each with its end. */
async function* timed<Frame extends { readonly seconds: number }>(
  frames: AsyncIterable<Frame>,
  { fps }: VideoFacts,
  fromSeconds: number,
  give: (frame: Frame) => Omit<VideoPictureData, keyof VideoFrameTime>,
): AsyncGenerator<VideoPictureData> {
  const at = (frame: Frame, end: number) => ({
    ...give(frame),
    timestampSeconds: frame.seconds,
    durationSeconds: end - frame.seconds,
  });
  let held: Frame | undefined;
  for await (const frame of frames) {
    // A frame that ends before the wanted instant was only read to find the one that is shown then.
    if (held && frame.seconds > fromSeconds + 1e-6) yield at(held, frame.seconds);
    held = frame;
  }
  if (held) yield at(held, held.seconds + 1 / fps);
}

/** The stretches of a video that are decoded side by side; null where it is to be decoded in one go. */
async function stretchesOf(
  core: FfmpegCore,
  { file, facts }: RawVideo,
  { seconds, most }: { readonly seconds: number; readonly most: number },
  signal: AbortSignal | undefined,
): Promise<Stretch[] | null> {
  const list = readFrameList(await listPackets(core, file, facts, signal));
  const end = facts.startSeconds + seconds + MARGIN_SECONDS;
  return planStretches(
    list.filter((frame) => frame.seconds < end),
    most,
  );
}

/** Whether so much of a video is read that several runs of ffmpeg are worth while, and each can be held back. */
function mayBeDivided(
  { codec, broadcast, planes }: VideoFacts,
  { seconds = 0, fromSeconds, toSeconds }: VideoPicturesOptions,
): boolean {
  const fromStart = fromSeconds === undefined && toSeconds === undefined;
  const worth = seconds >= DIVIDED_FROM_SECONDS && navigator.hardwareConcurrency >= LANES;
  return fromStart && worth && canHoldBack() && !broadcast && planes !== null && DIVIDED.has(codec);
}

async function* readPictures(
  file: Blob,
  facts: VideoFacts,
  options: VideoPicturesOptions,
  warn: (code: "video/transparent" | "video/reshaped") => void,
): AsyncGenerator<VideoPictureData> {
  const { fromSeconds = 0, width, height, second, signal } = options;
  const size = width && height ? { width, height } : { width: facts.width, height: facts.height };
  const make = pictureMaker(facts, size, () => warn("video/transparent"));
  // What ffmpeg itself has scaled is of one size.
  const makeSecond = second && facts.planes ? pictureMaker(facts, second, () => undefined) : null;
  const onAspect = (aspect: number) => {
    if (Math.abs((aspect * facts.height) / facts.width - 1) > SAME_ASPECT) warn("video/reshaped");
  };
  const video: RawVideo = { file, facts, format: rawFormat(facts, size), onAspect };
  const pictures = ({ bytes }: RawFrame) => ({
    ...(makeSecond ? { second: makeSecond(bytes) } : {}),
    picture: make(bytes),
  });
  if (mayBeDivided(facts, options)) {
    const cores = [await FfmpegCore.start(signal)];
    try {
      const bytes = [size, ...(second ? [second] : [])].reduce(
        (sum, one) => sum + one.width * one.height * 4,
        0,
      );
      const ahead = Math.floor(AHEAD_BYTES / bytes);
      const wanted = { seconds: options.seconds ?? 0, most: ahead };
      const stretches = await stretchesOf(cores[0]!, video, wanted, signal);
      if (stretches) {
        while (cores.length < LANES) cores.push(await FfmpegCore.start(signal));
        const division = { parts: stretches.length, lanes: LANES, ahead };
        const made = sideBySide(division, async function* (part, lane) {
          for await (const raw of stretchFrames(cores[lane]!, video, stretches[part]!, signal)) {
            yield { ...pictures(raw), seconds: raw.seconds };
          }
        });
        yield* timed(made, facts, fromSeconds, ({ seconds: _, ...given }) => given);
        return;
      }
    } finally {
      for (const core of cores) core.terminate();
    }
  }
  yield* timed(rawFrames(video, options), facts, fromSeconds, pictures);
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

/** What ffmpeg's `framecrc` format says of a video's packets. */
async function listPackets(
  core: FfmpegCore,
  file: Blob,
  { broadcast }: VideoFacts,
  signal: AbortSignal | undefined,
): Promise<string> {
  const input: FfmpegInput = { name: "video", data: file };
  const output = "/packets.txt";
  const joined = joinsClocks(broadcast);
  const args = ["-hide_banner", ...(joined ? [] : ["-copyts"]), "-i", inputPath(input), "-map", "0:v:0"];
  args.push("-c", "copy", "-f", "framecrc", output, ...(joined ? ALL_TRACKS : []));
  const { files } = await core.run({ args, inputs: [input], outputs: [output] }, signal ? { signal } : {});
  const list = files[output];
  if (!list) throw new EngineError("codec/failed", "ffmpeg could not read the video's frames. Try again.");
  return new TextDecoder().decode(list);
}

async function readPackets(
  file: Blob,
  facts: VideoFacts,
  signal: AbortSignal | undefined,
): Promise<VideoPacket[]> {
  const core = await FfmpegCore.start(signal);
  try {
    const list = await listPackets(core, file, facts, signal);
    const startSeconds = joinsClocks(facts.broadcast) ? 0 : facts.startSeconds;
    return readPacketList(list).map(({ timestampSeconds, ...packet }) => ({
      timestampSeconds: timestampSeconds - startSeconds,
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
