import { EncodedPacket } from "mediabunny";
import { toEngineError, type EngineError } from "../../job/errors.ts";
import { avcRecordOf } from "./avc-record.ts";
import { bitrateAt, type Bitrates } from "./bitrate-steps.ts";
import { writePlanes, type FrameEncoder, type FrameEncoderOptions } from "./frame-encoder.ts";
import { i420Bytes, isPlanar, type Picture } from "../planes/picture.ts";
import type { PlaneColour } from "../planes/plane-colour.ts";

/** A WebCodecs encoder for a size, and how it is named in reports. */
export interface BrowserCodec {
  readonly codec: FrameEncoder["codec"];
  /** For instance "H.264 (WebCodecs)". */
  readonly name: string;
  readonly config: VideoEncoderConfig;
  /** For every frame, for instance its quantiser. */
  readonly frameOptions: VideoEncoderEncodeOptions;
  /** The rates to keep to, none above that of `config`, which counts everywhere when null. */
  readonly bitrates: Bitrates | null;
}

/** Frames that go through an encoder and are thrown away before a segment starts. */
const WARM_UP_FRAMES = 8;
/** Frames that may wait in the encoder. */
const QUEUE = 4;
const QUEUE_CHECK_MS = 200;
const KEY_FRAME_SECONDS = 2;
const TRIAL_TIMEOUT_MS = 10_000;
/** Coarse, fine, coarse: rate controls of their own make sizes rise or fall, but not both. Good for every codec here. */
const TRIAL_QUANTIZERS = [48, 12, 48] as const;

/** Waits for all output of an encoder. @throws Error when it does not come. */
async function flushInTime(encoder: VideoEncoder): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error("the encoder does not answer")), TRIAL_TIMEOUT_MS);
  });
  try {
    await Promise.race([encoder.flush(), late]);
  } finally {
    clearTimeout(timer);
  }
}

/** One encoder of one segment; its frames' times count from the segment's start, so that all segments are alike. */
class SegmentEncoder {
  readonly #encoder: VideoEncoder;
  /** Real times by the segment's own, in microseconds. */
  readonly #times = new Map<number, { timestamp: number; duration: number }>();
  readonly #encoding: BrowserCodec;
  readonly #colour: PlaneColour;
  readonly #take: FrameEncoderOptions["take"];
  #config: VideoDecoderConfig | undefined;
  #start: number | undefined;
  #bitrate: number | undefined;
  #lastKey = Number.NEGATIVE_INFINITY;
  failure: EngineError | undefined;

  constructor(encoding: BrowserCodec, { colour, take }: Pick<FrameEncoderOptions, "colour" | "take">) {
    this.#encoding = encoding;
    this.#colour = colour;
    this.#take = take;
    this.#encoder = new VideoEncoder({
      output: (chunk, meta) => this.#receive(chunk, meta),
      error: (error) => this.#fail(error),
    });
    this.#encoder.configure(encoding.config);
    this.#bitrate = encoding.config.bitrate;
  }

  /**
   * Lets the rate control settle on grey frames, so that the segment's first key frame is as good as later ones
   * (42 → 45 dB with Chromium's software encoder), and shows that the encoder really works.
   */
  async warmUp(planes: Uint8Array<ArrayBuffer>, fps: number): Promise<void> {
    planes.fill(128);
    for (let i = -WARM_UP_FRAMES; i < 0; i++) this.#encode(planes, i / fps, 1 / fps);
    await flushInTime(this.#encoder);
    if (this.failure) throw this.failure;
    this.#lastKey = Number.NEGATIVE_INFINITY;
  }

  /** Waits until the encoder takes another frame. */
  async room(): Promise<void> {
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
    if (this.failure) throw this.failure;
  }

  add(planes: Uint8Array<ArrayBuffer>, timestamp: number, duration: number): void {
    this.#start ??= timestamp;
    this.#keepRate(timestamp);
    const own = timestamp - this.#start;
    this.#times.set(Math.round(own * 1e6), { timestamp, duration });
    this.#encode(planes, own, duration);
  }

  /** Ends the segment: its packets have been taken when this resolves. */
  async finish(): Promise<void> {
    if (!this.failure) await this.#encoder.flush();
    this.close();
    if (this.failure) throw this.failure;
  }

  close(): void {
    if (this.#encoder.state !== "closed") this.#encoder.close();
  }

  /** Changes the rate in mid-stream, which needs no key frame. */
  #keepRate(timestamp: number): void {
    const { bitrates, config } = this.#encoding;
    if (!bitrates) return;
    const bitrate = bitrateAt(bitrates, timestamp);
    if (bitrate !== this.#bitrate) this.#encoder.configure({ ...config, bitrate });
    this.#bitrate = bitrate;
  }

  #encode(planes: Uint8Array<ArrayBuffer>, seconds: number, duration: number): void {
    const { config, frameOptions } = this.#encoding;
    const frame = new VideoFrame(planes, {
      format: "I420",
      codedWidth: config.width,
      codedHeight: config.height,
      timestamp: Math.round(seconds * 1e6),
      duration: Math.round(duration * 1e6),
      colorSpace: this.#colour,
    });
    const keyFrame = seconds >= this.#lastKey + KEY_FRAME_SECONDS - 1e-6;
    if (keyFrame) this.#lastKey = seconds;
    try {
      this.#encoder.encode(frame, { ...frameOptions, keyFrame });
    } finally {
      frame.close();
    }
  }

  #receive(chunk: EncodedVideoChunk, meta: EncodedVideoChunkMetadata | undefined): void {
    if (meta?.decoderConfig) this.#config = { ...meta.decoderConfig, colorSpace: this.#colour };
    const time = this.#times.get(chunk.timestamp);
    if (!time) return;
    this.#times.delete(chunk.timestamp);
    if (!this.#config) {
      this.#fail(new Error("it gave no description of its stream"));
      return;
    }
    const data = new Uint8Array(chunk.byteLength);
    chunk.copyTo(data);
    const record = this.#encoding.codec === "avc" && chunk.type === "key" ? avcRecordOf(data) : undefined;
    if (record) this.#config = { ...this.#config, description: record };
    this.#take(new EncodedPacket(data, chunk.type, time.timestamp, time.duration), this.#config);
  }

  #fail(error: unknown): void {
    this.failure ??= toEngineError(error, "codec/failed", `The encoder ${this.#encoding.name} stopped`);
  }
}

/**
 * Whether a finer quantiser really makes larger frames: Firefox says that it takes quantisers, and keeps to a rate of
 * its own, a fifth of what looks good (seen in 153).
 */
async function keepsQuantizer(
  config: VideoEncoderConfig,
  optionsFor: (quantizer: number) => VideoEncoderEncodeOptions,
): Promise<boolean> {
  const { width, height } = config;
  const noise = new Uint8Array(i420Bytes(width, height));
  for (let i = 0, state = 1; i < noise.length; i++) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    noise[i] = 124 + (state >>> 29);
  }
  const sizes: number[] = [];
  const encoder = new VideoEncoder({
    output: (chunk) => sizes.push(chunk.byteLength),
    error: () => undefined,
  });
  try {
    encoder.configure(config);
    TRIAL_QUANTIZERS.forEach((quantizer, i) => {
      const shape = { format: "I420", codedWidth: width, codedHeight: height } as const;
      const frame = new VideoFrame(noise, { ...shape, timestamp: i * 40_000 });
      encoder.encode(frame, { ...optionsFor(quantizer), keyFrame: true });
      frame.close();
    });
    await flushInTime(encoder);
  } catch {
    return false;
  } finally {
    if (encoder.state !== "closed") encoder.close();
  }
  const [first = 0, fine = 0, last = 0] = sizes;
  return fine > 1.5 * Math.max(first, last);
}

/**
 * The first configuration that this browser says it has, and keeps to.
 * @param optionsFor a frame's options that ask for a quantiser.
 */
export async function firstSupported(
  candidates: readonly VideoEncoderConfig[],
  optionsFor: (quantizer: number) => VideoEncoderEncodeOptions,
): Promise<VideoEncoderConfig | undefined> {
  for (const config of candidates) {
    const supported = await VideoEncoder.isConfigSupported(config).then(
      (answer) => answer.supported === true,
      () => false,
    );
    if (!supported) continue;
    if (config.bitrateMode !== "quantizer" || (await keepsQuantizer(config, optionsFor))) return config;
  }
  return undefined;
}

/** An encoder of the browser, tried on a few frames; undefined when it does not work for this size. */
export async function browserEncoder(
  encoding: BrowserCodec,
  { width, height, nominalFps, colour, take }: FrameEncoderOptions,
): Promise<FrameEncoder | undefined> {
  const planes = new Uint8Array(i420Bytes(width, height));
  const grey = new Uint8Array(planes.length);
  const start = async () => {
    const encoder = new SegmentEncoder(encoding, { colour, take });
    try {
      await encoder.warmUp(grey, nominalFps);
      return encoder;
    } catch (error) {
      encoder.close();
      throw error;
    }
  };
  let current: SegmentEncoder;
  try {
    current = await start();
  } catch {
    return undefined;
  }
  return {
    codec: encoding.codec,
    name: encoding.name,
    setup: JSON.stringify([encoding.config, encoding.frameOptions, colour, WARM_UP_FRAMES]),
    async add(picture: Picture, timestamp: number, duration: number) {
      if (!isPlanar(picture)) writePlanes(picture, planes, colour);
      await current.room();
      current.add(isPlanar(picture) ? picture.data : planes, timestamp, duration);
    },
    async cut() {
      // The next encoder warms up while this one works off its queue, but for devices that have only one at a time.
      const next = await start().catch(() => undefined);
      try {
        await current.finish();
      } catch (error) {
        next?.close();
        throw error;
      }
      current = next ?? (await start());
    },
    finish: () => current.finish(),
    close: () => current.close(),
  };
}
