import type { RgbaImage } from "../../core/image.ts";
import { tellOnce, warning, type Warning } from "../../job/warnings.ts";
import { fittedSize, letterboxImage } from "../planes/letterbox.ts";
import { sameColour, type PlaneColour } from "../planes/plane-colour.ts";
import type {
  VideoFrameTime,
  VideoFramesOptions,
  VideoPacket,
  VideoPictureData,
  VideoPicturesOptions,
  VideoSource,
} from "./video-source.ts";

const shareColour = (a: PlaneColour | null, b: PlaneColour | null) =>
  a !== null && b !== null && sameColour(a, b);

/** How much wider, compared with its height, a video is than another. */
const stretchOf = (part: VideoSource, like: VideoSource) =>
  (part.width * like.height) / (part.height * like.width);

/**
 * Recordings one after another as one video of the first one's size; frames of another shape stand between black bars.
 * Owns the parts from now on.
 * @param told what is to be said beside what the parts say.
 */
export function joinVideos(
  parts: readonly [VideoSource, ...VideoSource[]],
  told: readonly Warning[] = [],
): VideoSource {
  const [first, ...others] = parts;
  const starts: number[] = [];
  let durationSeconds = 0;
  for (const part of parts) {
    starts.push(durationSeconds);
    durationSeconds += part.durationSeconds;
  }
  const reshaped = others.some((part) => fittedSize(first, stretchOf(part, first)) !== first);
  const alike =
    !reshaped &&
    others.every((part) => shareColour(part.colour, first.colour)) &&
    parts.every(({ width, height }) => width % 2 === 0 && height % 2 === 0);

  /** The parts that hold something of a span, each with the span in its own time. */
  function* within<Options extends VideoFramesOptions>(options: Options) {
    const { fromSeconds = 0, toSeconds = Infinity, ...rest } = options;
    for (const [i, part] of parts.entries()) {
      const start = starts[i]!;
      if (start >= toSeconds && i > 0) return;
      if (start + part.durationSeconds <= fromSeconds && i < parts.length - 1) continue;
      const from = fromSeconds > start ? { fromSeconds: fromSeconds - start } : {};
      const to = toSeconds === Infinity ? {} : { toSeconds: toSeconds - start };
      yield { part, start, options: { ...rest, ...from, ...to } };
    }
  }

  async function* images(
    asked: VideoFramesOptions,
  ): AsyncGenerator<VideoFrameTime & { readonly image: RgbaImage }> {
    const room = { width: asked.width ?? first.width, height: asked.height ?? first.height };
    for (const { part, start, options } of within(asked)) {
      const size = fittedSize(room, stretchOf(part, first));
      for await (const { image, timestampSeconds, durationSeconds: lasts } of part.frames({
        ...options,
        width: size.width,
        height: size.height,
      })) {
        yield {
          image: letterboxImage(image, room),
          timestampSeconds: start + timestampSeconds,
          durationSeconds: lasts,
        };
      }
    }
  }

  async function* pictures(asked: VideoPicturesOptions = {}): AsyncGenerator<VideoPictureData> {
    if (!alike) {
      for await (const { image, ...time } of images(asked)) yield { picture: image, ...time };
      return;
    }
    const room = { width: asked.width ?? first.width, height: asked.height ?? first.height };
    for (const { part, start, options } of within(asked)) {
      for await (const frame of part.pictures({ ...options, ...room })) {
        yield { ...frame, timestampSeconds: start + frame.timestampSeconds };
      }
    }
  }

  const counts = parts.map(({ frameCount }) => frameCount);
  const frameCount = counts.reduce((sum, count) =>
    sum === undefined || count === undefined ? undefined : sum + count,
  );
  const bits = parts.reduce((sum, part) => sum + part.bitrate * part.durationSeconds, 0);
  return {
    width: first.width,
    height: first.height,
    fps: first.fps,
    durationSeconds,
    ...(frameCount === undefined ? {} : { frameCount }),
    hasAudio: parts.some(({ hasAudio }) => hasAudio),
    codec: first.codec,
    decoder: others.every(({ decoder }) => decoder === first.decoder) ? first.decoder : "ffmpeg",
    bitrate: durationSeconds > 0 ? bits / durationSeconds : first.bitrate,
    colour: alike ? first.colour : null,
    get warnings() {
      const all: Warning[] = [];
      for (const { warnings } of parts) for (const each of warnings) tellOnce(all, each);
      if (reshaped) tellOnce(all, warning("video/reshaped"));
      for (const each of told) tellOnce(all, each);
      return all;
    },
    frames: (options = {}) => images(options),
    pictures,
    async packets(signal) {
      const all: VideoPacket[] = [];
      for (const [i, part] of parts.entries()) {
        for (const packet of await part.packets(signal)) {
          all.push({ ...packet, timestampSeconds: starts[i]! + packet.timestampSeconds });
        }
      }
      return all;
    },
    dispose() {
      for (const part of parts) part.dispose();
    },
  };
}
