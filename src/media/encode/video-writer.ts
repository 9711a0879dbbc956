import {
  EncodedAudioPacketSource,
  EncodedPacket,
  EncodedVideoPacketSource,
  Mp4OutputFormat,
  Output,
  WebMOutputFormat,
} from "mediabunny";
import type { EncodedSound } from "../../core/encoded-sound.ts";
import { EngineError, throwIfCancelled, toEngineError } from "../../job/errors.ts";
import type { OutputFormat } from "../../job/job.ts";
import { aiMarkBox, aiMarkTags } from "./ai-mark.ts";
import type { Bitrates } from "./bitrate-steps.ts";
import { chooseEncoder } from "./choose-encoder.ts";
import { clearCreationTimes } from "./creation-times.ts";
import { createInterleaver, type Interleaver } from "./interleaver.ts";
import type { OutputSound } from "./output-sound.ts";
import { packSegment, unpackSegment, type VideoSegment } from "./video-segment.ts";
import { createOutputTarget, type OutputTarget } from "./output-target.ts";
import type { FrameEncoder } from "./frame-encoder.ts";
import { isPlanar, type Picture } from "../planes/picture.ts";
import { BT709, sameColour, type PlaneColour } from "../planes/plane-colour.ts";

export { discardTemporaryOutput } from "./output-target.ts";

/** A video that grows frame by frame. */
export interface VideoWriter {
  /** What encodes, for instance "H.264 (WebCodecs), AAC (built in)"; whole once the video is finished. */
  readonly encoder: string;
  /** Frames of a segment; the last one may have fewer. */
  readonly segmentFrames: number;
  /** All settings that the bytes of a segment depend on, beside its frames. */
  readonly setup: string;
  /**
   * Adds a whole segment that an earlier writer of the same settings gave to `onSegment`, in the place of its frames;
   * only before the first {@link VideoWriter.add}.
   * @throws EngineError as `add`.
   */
  restore(segment: VideoSegment): Promise<void>;
  /**
   * Adds the next frame; the picture may be reused once this resolves, which it does when the encoder has room.
   * @throws EngineError `codec/failed`, `storage/full`, `device/memory`, `job/cancelled`.
   */
  add(frame: Picture): Promise<void>;
  /**
   * Ends the video.
   * @returns the file; in a worker a long one lies on the disk until `discardTemporaryOutput` is called on it.
   */
  finish(): Promise<Blob>;
  /** Stops and removes everything; harmless after {@link VideoWriter.finish}. */
  cancel(): Promise<void>;
}

/** What to write. */
export interface VideoWriterOptions {
  /** In pixels; both even. */
  readonly width: number;
  readonly height: number;
  /** Frames a second, or the instant of every frame in seconds, rising. */
  readonly fps: number | { readonly timestamps: readonly number[] };
  /** How many frames will come at most; from fps and duration when absent. */
  readonly frames?: number;
  /** Of the same format and duration; the writer closes it. */
  readonly sound: OutputSound | null;
  readonly durationSeconds: number;
  readonly format: OutputFormat;
  /** How the pictures are encoded; BT.709, limited range, when absent. Frames with planes must have this one. */
  readonly colour?: PlaneColour;
  /** 0 (small) to 1 (near lossless); 0.8 when absent, which the eye cannot tell from the source at 480p. */
  readonly quality?: number;
  /** In the place of `quality`; ffmpeg's encoder keeps to the quality. */
  readonly bitrates?: Bitrates;
  /** Forces one encoder; the browser's own where it has one when absent. */
  readonly encoder?: "webcodecs" | "ffmpeg";
  /** Whether the file says that it is AI-made; see `core/ai-mark.ts`. */
  readonly aiMark?: boolean;
  /** Length of the segments that are encoded each by itself; 10 when absent. */
  readonly segmentSeconds?: number;
  /** Gets each whole segment when it is encoded. */
  readonly onSegment?: (index: number, segment: VideoSegment) => void;
  readonly signal?: AbortSignal;
}

const DEFAULT_QUALITY = 0.8;
const DEFAULT_SEGMENT_SECONDS = 10;
/** Sound is asked for this far ahead of the pictures, in stretches of a second. */
const SOUND_LEAD_SECONDS = 0.5;
const SOUND_STRETCH_SECONDS = 1;

/** The instant of each frame. */
interface Clock {
  readonly nominalFps: number;
  at(index: number): number;
  duration(index: number): number;
}

function clockOf({ fps, durationSeconds }: VideoWriterOptions): Clock {
  if (typeof fps === "number") {
    return { nominalFps: fps, at: (index) => index / fps, duration: () => 1 / fps };
  }
  const { timestamps } = fps;
  const average = timestamps.length / Math.max(durationSeconds, 1e-3);
  const at = (index: number) => {
    const time = timestamps[index];
    if (time === undefined) {
      throw new EngineError(
        "internal/bug",
        `Frame ${index} was added to a video with ${timestamps.length} timestamps. Please report this.`,
      );
    }
    return time;
  };
  const duration = (index: number) => {
    const end = timestamps[index + 1] ?? Math.max(durationSeconds, at(index));
    return end > at(index) ? end - at(index) : 1 / average;
  };
  return { nominalFps: average, at, duration };
}

/** Passes pictures on, and gathers them into segments where somebody keeps these. */
function createPictureTap(
  interleaver: () => Interleaver,
  segmentFrames: number,
  onSegment: VideoWriterOptions["onSegment"],
) {
  let index = 0;
  let gathered: EncodedPacket[] = [];
  return {
    take(packet: EncodedPacket, config: VideoDecoderConfig) {
      interleaver().picture(packet, config);
      if (!onSegment) return;
      gathered.push(packet);
      if (gathered.length < segmentFrames) return;
      onSegment(index++, packSegment(gathered, config));
      gathered = [];
    },
    skip: () => void index++,
  };
}

/**
 * Starts a video: H.264 and AAC in an MP4 whose index comes first, or VP9 and Opus in WebM; 4:2:0, a key
 * frame every two seconds. It is written while it is encoded: to the disk in a worker, to memory on a page. Pictures
 * are encoded in segments that do not depend on each other, so a broken-off video can go on from the last whole one.
 * @throws EngineError `codec/missing`, `job/cancelled`, `internal/bug` for an odd size.
 */
export async function createVideoWriter(options: VideoWriterOptions): Promise<VideoWriter> {
  const { width, height, format, sound, durationSeconds, signal } = options;
  throwIfCancelled(signal);
  if (width % 2 !== 0 || height % 2 !== 0 || width < 2 || height < 2) {
    throw new EngineError(
      "internal/bug",
      `A video of ${width}×${height} pixels was asked for; sides must be even.`,
    );
  }
  const clock = clockOf(options);
  const maximumPacketCount =
    options.frames ??
    (typeof options.fps === "number"
      ? Math.ceil(durationSeconds * options.fps) + 2
      : options.fps.timestamps.length);
  const { nominalFps } = clock;
  const segmentFrames = Math.max(
    1,
    Math.round((options.segmentSeconds ?? DEFAULT_SEGMENT_SECONDS) * nominalFps),
  );
  const tap = createPictureTap(() => interleaver, segmentFrames, options.onSegment);
  const { colour = BT709, quality = DEFAULT_QUALITY } = options;
  // Both encoders start at once.
  const beginning = sound?.encodeTo(SOUND_LEAD_SECONDS);
  beginning?.catch(() => undefined);
  let frameEncoder: FrameEncoder | undefined;
  let place: OutputTarget;
  try {
    frameEncoder = await chooseEncoder(
      {
        ...{ width, height, nominalFps, colour, quality, take: tap.take },
        ...(options.bitrates ? { bitrates: options.bitrates } : {}),
        ...(signal ? { signal } : {}),
      },
      format,
      options.encoder,
    );
    place = await createOutputTarget(format);
  } catch (error) {
    frameEncoder?.close();
    await sound?.close();
    throwIfCancelled(signal);
    throw toEngineError(error, "codec/failed", "Encoding the video");
  }
  const output = new Output({
    format: format === "mp4" ? new Mp4OutputFormat({ fastStart: "reserve" }) : new WebMOutputFormat(),
    target: place.target,
  });
  const pictures = new EncodedVideoPacketSource(frameEncoder.codec);
  const sounds = sound ? new EncodedAudioPacketSource(sound.codec) : null;
  const interleaver = createInterleaver(pictures, sounds);
  output.addVideoTrack(pictures, {
    maximumPacketCount,
    ...(typeof options.fps === "number" ? { frameRate: options.fps } : {}),
  });
  if (sound && sounds) output.addAudioTrack(sounds, { maximumPacketCount: sound.maximumPacketCount });
  if (options.aiMark) output.setMetadataTags(aiMarkTags(format));
  await output.start();

  let soundEncoder = "";
  const takeSound = ({ packets, encoder }: EncodedSound) => {
    soundEncoder = encoder;
    for (const { data, type, timestamp, duration, meta } of packets)
      interleaver.sound(new EncodedPacket(data, type, timestamp, duration), meta ?? undefined);
  };
  /** The sound that is being encoded while frames are drawn. */
  let sounding = beginning?.then(takeSound);
  sounding?.catch(() => undefined);
  /** The stretches of it before the last one. */
  let earlier: Promise<void> | undefined;
  let soundSeconds = SOUND_LEAD_SECONDS;
  /**
   * Has the sound encoded up to that instant and a stretch more, behind what was asked for before. Frames go on while the
   * last stretch but one is encoded: the first takes as long as a dozen frames.
   */
  const soundTo = async (seconds: number) => {
    if (!sound || seconds <= soundSeconds) return;
    await earlier;
    earlier = sounding;
    const end = (soundSeconds = seconds + SOUND_STRETCH_SECONDS);
    sounding = Promise.resolve(sounding)
      .then(() => sound.encodeTo(end))
      .then(takeSound);
    sounding.catch(() => undefined);
  };
  let index = 0;
  /** Whether the encoder has seen no frame yet. */
  let fresh = true;
  let ended = false;
  const cancel = async () => {
    if (ended) return;
    ended = true;
    frameEncoder.close();
    await sounding?.catch(() => undefined);
    await sound?.close();
    await output.cancel();
    await place.discard();
  };
  const guard = async <Result>(work: () => Promise<Result>): Promise<Result> => {
    throwIfCancelled(signal);
    if (ended) throw new EngineError("job/cancelled", "The video was ended before.");
    try {
      return await work();
    } catch (error) {
      await cancel();
      throwIfCancelled(signal);
      throw toEngineError(error, "codec/failed", "Encoding the video");
    }
  };

  return {
    get encoder() {
      return [frameEncoder.name, ...(soundEncoder ? [soundEncoder] : [])].join(", ");
    },
    segmentFrames,
    setup: JSON.stringify([frameEncoder.name, frameEncoder.setup, segmentFrames]),
    restore: (segment) =>
      guard(async () => {
        const { packets, config } = unpackSegment(segment);
        for (const packet of packets) {
          interleaver.picture(packet, config);
          await soundTo(packet.timestamp + SOUND_LEAD_SECONDS);
        }
        index += packets.length;
        tap.skip();
        await interleaver.settled();
      }),
    add: (frame) =>
      guard(async () => {
        if (frame.width !== width || frame.height !== height) {
          throw new EngineError(
            "internal/bug",
            `Frame ${index} has ${frame.width}×${frame.height} pixels in a video of ${width}×${height}.`,
          );
        }
        if (isPlanar(frame) && !sameColour(frame.colour, colour)) {
          throw new EngineError("internal/bug", `Frame ${index} has another colour space than its video.`);
        }
        if (index > 0 && index % segmentFrames === 0 && !fresh) await frameEncoder.cut();
        fresh = false;
        const timestamp = clock.at(index);
        await frameEncoder.add(frame, timestamp, clock.duration(index));
        index++;
        await soundTo(timestamp + SOUND_LEAD_SECONDS);
        await interleaver.settled();
      }),
    finish: () =>
      guard(async () => {
        await frameEncoder.finish();
        interleaver.end("picture");
        await sounding;
        if (sound) takeSound(await sound.encodeTo(durationSeconds));
        await sound?.close();
        interleaver.end("sound");
        await interleaver.settled();
        await output.finalize();
        if (format === "mp4") {
          clearCreationTimes(place.bytes());
          if (options.aiMark) place.bytes().write(place.bytes().size, aiMarkBox());
        }
        ended = true;
        return place.finish(format === "mp4" ? "video/mp4" : "video/webm");
      }),
    cancel,
  };
}
