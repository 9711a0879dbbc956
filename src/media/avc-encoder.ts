import { EncodedPacket, EncodedVideoPacketSource } from "mediabunny";
import { toEngineError, type EngineError } from "../core/errors.ts";
import type { RgbaImage } from "../core/image.ts";
import type { FrameEncoder, FrameEncoderOptions } from "./movie-encoder.ts";
import { BT709, i420Bytes, rgbaToI420 } from "./yuv.ts";

/** Frames that go through the encoder and are thrown away before the movie starts. */
const WARM_UP_FRAMES = 8;
/** Frames that may wait in the encoder. */
const QUEUE = 4;
const QUEUE_CHECK_MS = 200;
/** Rate controls misjudge very small pictures below this. */
const LOWEST_BITRATE = 600_000;
const KEY_FRAME_SECONDS = 2;
const TRIAL_TIMEOUT_MS = 10_000;

/** Level, macroblocks a frame, macroblocks a second. @see ITU-T H.264, table A-1. */
const LEVELS = [
  [0x1e, 1620, 40_500],
  [0x1f, 3600, 108_000],
  [0x20, 5120, 216_000],
  [0x28, 8192, 245_760],
  [0x2a, 8704, 522_240],
  [0x32, 22_080, 589_824],
  [0x33, 36_864, 983_040],
  [0x34, 36_864, 2_073_600],
] as const;
/** High, Main and constrained Baseline. */
const PROFILES = ["6400", "4d00", "42e0"] as const;

function levelFor({ width, height, nominalFps }: FrameEncoderOptions): string {
  const blocks = Math.ceil(width / 16) * Math.ceil(height / 16);
  const fitting = LEVELS.find(([, frame, second]) => blocks <= frame && blocks * nominalFps <= second);
  return (fitting ?? LEVELS.at(-1)!)[0].toString(16);
}

/** Constant quantiser where the encoder has it (hardware), else a bitrate that is ample for the quality. */
function configurations(options: FrameEncoderOptions): VideoEncoderConfig[] {
  const { width, height, nominalFps, quality } = options;
  const ample = Math.round(width * height * Math.max(10, nominalFps) * 0.02 * 16 ** quality);
  const bitrate = Math.max(LOWEST_BITRATE, ample);
  const base = {
    width,
    height,
    framerate: nominalFps,
    latencyMode: "quality",
    avc: { format: "avc" },
  } as const;
  return PROFILES.flatMap((profile): VideoEncoderConfig[] => {
    const codec = `avc1.${profile}${levelFor(options)}`;
    return [
      { ...base, codec, bitrateMode: "quantizer" },
      { ...base, codec, bitrateMode: "variable", bitrate },
    ];
  });
}

async function firstSupported(candidates: VideoEncoderConfig[]): Promise<VideoEncoderConfig | undefined> {
  for (const config of candidates) {
    const supported = await VideoEncoder.isConfigSupported(config).then(
      (answer) => answer.supported === true,
      () => false,
    );
    if (supported) return config;
  }
  return undefined;
}

/** One running encoder; `fail` is told of errors, `take` gets the packets of frames at or after time 0. */
class AvcEncoder {
  readonly #encoder: VideoEncoder;
  readonly #planes: Uint8Array<ArrayBuffer>;
  #meta: EncodedVideoChunkMetadata | undefined;
  #lastKey = Number.NEGATIVE_INFINITY;
  #writing: Promise<void> = Promise.resolve();
  #failure: EngineError | undefined;
  readonly source = new EncodedVideoPacketSource("avc");

  constructor(
    private readonly options: FrameEncoderOptions,
    private readonly config: VideoEncoderConfig,
  ) {
    this.#planes = new Uint8Array(i420Bytes(options.width, options.height)).fill(128);
    this.#encoder = new VideoEncoder({
      output: (chunk, meta) => this.#take(chunk, meta),
      error: (error) => this.#fail(error),
    });
    this.#encoder.configure(config);
  }

  /**
   * Lets the rate control settle on grey frames, so that the movie's first key frame is as good as later ones
   * (42 → 45 dB with Chromium's software encoder), and shows that the encoder really works.
   */
  async warmUp(): Promise<void> {
    for (let i = -WARM_UP_FRAMES; i < 0; i++)
      this.#encode(i / this.options.nominalFps, 1 / this.options.nominalFps);
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error("the encoder does not answer")), TRIAL_TIMEOUT_MS);
    });
    try {
      await Promise.race([this.#encoder.flush(), late]);
    } finally {
      clearTimeout(timer);
    }
    if (this.#failure) throw this.#failure;
    this.#lastKey = Number.NEGATIVE_INFINITY;
  }

  async add(image: RgbaImage, timestamp: number, duration: number): Promise<void> {
    rgbaToI420(image, this.#planes);
    while (this.#encoder.state === "configured" && this.#encoder.encodeQueueSize >= QUEUE) {
      await new Promise<void>((resolve) => {
        // The timer ends the wait when the encoder is closed meanwhile.
        const timer = setTimeout(resolve, QUEUE_CHECK_MS);
        const onDequeue = () => {
          clearTimeout(timer);
          resolve();
        };
        this.#encoder.addEventListener("dequeue", onDequeue, { once: true });
      });
    }
    await this.#writing;
    if (this.#failure) throw this.#failure;
    this.#encode(timestamp, duration);
  }

  async finish(): Promise<void> {
    if (!this.#failure) await this.#encoder.flush();
    await this.#writing;
    this.close();
    if (this.#failure) throw this.#failure;
  }

  close(): void {
    if (this.#encoder.state !== "closed") this.#encoder.close();
  }

  #encode(timestamp: number, duration: number): void {
    const { width, height, quality } = this.options;
    const frame = new VideoFrame(this.#planes, {
      format: "I420",
      codedWidth: width,
      codedHeight: height,
      timestamp: Math.round(timestamp * 1e6),
      duration: Math.round(duration * 1e6),
      colorSpace: BT709,
    });
    const keyFrame = timestamp >= this.#lastKey + KEY_FRAME_SECONDS - 1e-6;
    if (keyFrame) this.#lastKey = timestamp;
    const quantizer = this.config.bitrateMode === "quantizer" ? Math.round(41 - 25 * quality) : undefined;
    const encodeOptions = { keyFrame, ...(quantizer === undefined ? {} : { avc: { quantizer } }) };
    try {
      this.#encoder.encode(frame, encodeOptions);
    } finally {
      frame.close();
    }
  }

  #take(chunk: EncodedVideoChunk, meta: EncodedVideoChunkMetadata | undefined): void {
    if (meta?.decoderConfig) {
      this.#meta = { ...meta, decoderConfig: { ...meta.decoderConfig, colorSpace: BT709 } };
    }
    if (chunk.timestamp < 0) return;
    const packet = EncodedPacket.fromEncodedChunk(chunk);
    const known = this.#meta;
    this.#writing = this.#writing
      .then(() => this.source.add(packet, known))
      .catch((error: unknown) => this.#fail(error));
  }

  #fail(error: unknown): void {
    this.#failure ??= toEngineError(error, "codec/failed", "The browser's H.264 encoder stopped");
  }
}

/** The browser's own H.264 encoder, tried on a few frames; undefined when it has none that works for this size. */
export async function avcEncoder(options: FrameEncoderOptions): Promise<FrameEncoder | undefined> {
  if (typeof VideoEncoder === "undefined") return undefined;
  const config = await firstSupported(configurations(options));
  if (!config) return undefined;
  const encoder = new AvcEncoder(options, config);
  try {
    await encoder.warmUp();
  } catch {
    encoder.close();
    return undefined;
  }
  return {
    source: encoder.source,
    name: "H.264 (WebCodecs)",
    add: (image, timestamp, duration) => encoder.add(image, timestamp, duration),
    finish: () => encoder.finish(),
    close: () => encoder.close(),
  };
}
