import { EngineError, toEngineError } from "../../job/errors.ts";
import { createConverter } from "../../pipeline/live/convert-sound.ts";
import type { PcmFormat, StreamPiece } from "../../worker-rpc/live-api.ts";
import { transfer } from "../../worker-rpc/rpc.ts";
import type { Workers } from "../workers/workers.ts";

/** Samples with their rate: one array a channel, all of one length. */
export interface PcmPiece {
  readonly planes: readonly Float32Array[];
  /** In Hz, the same in all pieces of a voice. */
  readonly sampleRate: number;
}

/** A part of a voice that is still arriving: bytes of a file or of raw samples, or decoded sound. */
export type VoiceChunk =
  Uint8Array | ArrayBuffer | Int16Array | Float32Array | AudioBuffer | AudioData | PcmPiece;

/** A voice that is still arriving. */
export type StreamedVoice =
  ReadableStream<VoiceChunk> | Response | AsyncIterable<VoiceChunk> | Iterable<VoiceChunk>;

/** Whether a voice is one that arrives, not a file. */
export function isStreamed(voice: unknown): voice is StreamedVoice {
  if (voice instanceof Response || voice instanceof ReadableStream) return true;
  if (
    typeof voice !== "object" ||
    voice === null ||
    voice instanceof ArrayBuffer ||
    ArrayBuffer.isView(voice)
  )
    return false;
  return Symbol.asyncIterator in voice || Symbol.iterator in voice;
}

/** A voice as its pieces come, at the rate of the loudspeakers. */
export interface StreamSource {
  /** The next piece, as soon as there is any. */
  read(): Promise<StreamPiece>;
  close(): void;
}

const LOWEST_RATE = 8000;
const HIGHEST_RATE = 192_000;

/**
 * The chunks of a voice; giving up early lets their sender know.
 * @throws EngineError `input/fetch` where the server refused.
 */
function chunksOf(voice: StreamedVoice): AsyncIterator<VoiceChunk> {
  let source: unknown = voice;
  if (voice instanceof Response) {
    const { ok, status, url, body } = voice;
    if (!ok) {
      throw new EngineError("input/fetch", `The voice could not be fetched: the server answered ${status}.`, {
        details: { field: "voice", url, status },
      });
    }
    if (!body || voice.bodyUsed) {
      throw new EngineError("input/audio-empty", "The response has no body, or it was read already.");
    }
    source = body;
  }
  if (source instanceof ReadableStream) {
    if (source.locked) {
      throw new EngineError(
        "input/field",
        "The stream is read by something else; give one that is not locked.",
      );
    }
    const reader = source.getReader() as ReadableStreamDefaultReader<VoiceChunk>;
    return {
      next: async () => {
        const { value, done } = await reader.read();
        return done ? { value: undefined, done } : { value, done };
      },
      return: async () => {
        await reader.cancel().catch(() => undefined);
        return { value: undefined, done: true };
      },
    };
  }
  const iterable = source as AsyncIterable<VoiceChunk> | Iterable<VoiceChunk>;
  if (Symbol.asyncIterator in iterable) return iterable[Symbol.asyncIterator]();
  const iterator = iterable[Symbol.iterator]();
  return {
    next: () => Promise.resolve(iterator.next()),
    return: () => Promise.resolve(iterator.return?.() ?? { value: undefined, done: true }),
  };
}

const broken = (error: unknown): EngineError =>
  error instanceof EngineError
    ? error
    : error instanceof DOMException && error.name === "AbortError"
      ? toEngineError(error)
      : new EngineError("input/fetch", `The voice's stream broke off: ${String(error)}`, {
          cause: error,
          details: { field: "voice" },
        });

function checkFormat({ sampleRate, channels = 1, encoding }: PcmFormat): void {
  const field = !(sampleRate >= LOWEST_RATE && sampleRate <= HIGHEST_RATE && Number.isInteger(sampleRate))
    ? "format.sampleRate"
    : !(Number.isInteger(channels) && channels >= 1 && channels <= 8)
      ? "format.channels"
      : encoding !== "s16" && encoding !== "f32"
        ? "format.encoding"
        : null;
  if (!field) return;
  throw new EngineError(
    "input/field",
    `${field} does not describe raw samples: encoding is "s16" or "f32", sampleRate a whole number from ${LOWEST_RATE} to ${HIGHEST_RATE} Hz, channels 1 to 8.`,
    { details: { field } },
  );
}

const bytesOf = (chunk: VoiceChunk): Uint8Array | null =>
  chunk instanceof ArrayBuffer ? new Uint8Array(chunk) : chunk instanceof Uint8Array ? chunk : null;

function decoded(chunk: VoiceChunk, format: PcmFormat | null): PcmPiece {
  if (chunk instanceof AudioBuffer) {
    const planes = Array.from({ length: chunk.numberOfChannels }, (_, i) => chunk.getChannelData(i));
    return { planes, sampleRate: chunk.sampleRate };
  }
  if (typeof AudioData !== "undefined" && chunk instanceof AudioData) {
    const planes = Array.from({ length: chunk.numberOfChannels }, (_, planeIndex) => {
      const plane = new Float32Array(chunk.numberOfFrames);
      chunk.copyTo(plane, { planeIndex, format: "f32-planar" });
      return plane;
    });
    const { sampleRate } = chunk;
    chunk.close();
    return { planes, sampleRate };
  }
  if (chunk instanceof Float32Array || chunk instanceof Int16Array) {
    if (!format) {
      throw new EngineError(
        "input/field",
        "Samples need their rate: give format: { encoding, sampleRate }.",
        {
          details: { field: "format" },
        },
      );
    }
    const { channels = 1, sampleRate } = format;
    const scale = chunk instanceof Int16Array ? 1 / 32_768 : 1;
    const frames = Math.floor(chunk.length / channels);
    const planes = Array.from({ length: channels }, (_, channel) =>
      Float32Array.from({ length: frames }, (__, i) => chunk[i * channels + channel]! * scale),
    );
    return { planes, sampleRate };
  }
  if (typeof chunk === "object" && chunk !== null && "planes" in chunk && "sampleRate" in chunk) {
    return chunk;
  }
  throw new EngineError("input/field", "A voice's pieces must be bytes or decoded sound.", {
    details: { field: "voice" },
  });
}

/** A voice whose pieces are decoded sound. */
function pcmSource(
  first: VoiceChunk,
  chunks: AsyncIterator<VoiceChunk>,
  format: PcmFormat | null,
  sampleRateHz: number,
): StreamSource {
  const converter = createConverter(sampleRateHz);
  let waiting: VoiceChunk | null = first;
  let rate = 0;
  let any = false;
  const next = async (): Promise<VoiceChunk | null> => {
    const given = waiting;
    waiting = null;
    if (given) return given;
    const { value, done } = await chunks.next().catch((error: unknown) => {
      throw broken(error);
    });
    return done ? null : (value as VoiceChunk);
  };
  return {
    async read() {
      const chunk = await next();
      if (!chunk) {
        if (!any) throw new EngineError("input/audio-empty", "The stream ended before any sound came.");
        return { ...converter.finish(), ended: true };
      }
      const { planes, sampleRate } = decoded(chunk, format);
      rate ||= sampleRate;
      checkFormat({ sampleRate, channels: planes.length, encoding: "f32" });
      if (sampleRate !== rate) {
        throw new EngineError(
          "input/audio",
          `The voice's sample rate changed from ${rate} to ${sampleRate} Hz in mid-stream; all pieces must have one rate.`,
          { details: { field: "sampleRate", value: sampleRate, allowed: [rate] } },
        );
      }
      if ((planes[0]?.length ?? 0) > 0) any = true;
      else return { planes: [], speech: new Float32Array(0), ended: false };
      const owned = planes.map((plane) => new Float32Array(plane));
      return { ...converter.add({ planes: owned, sampleRateHz: rate }), ended: false };
    },
    close: () => void chunks.return?.()?.catch(() => undefined),
  };
}

/** A voice whose pieces are bytes, decoded in the media worker. */
async function byteSource(
  first: Uint8Array,
  chunks: AsyncIterator<VoiceChunk>,
  format: PcmFormat | null,
  workers: Workers,
  sampleRateHz: number,
): Promise<StreamSource> {
  const media = workers.media();
  const stream = await media.openStream(format, sampleRateHz);
  let failure: EngineError | null = null;
  let closed = false;
  async function pump(): Promise<void> {
    let bytes: Uint8Array | null = first;
    while (bytes && !closed) {
      // The chunk stays its sender's.
      const copy = new Uint8Array(bytes);
      await media.feedStream(stream, transfer(copy, [copy.buffer]));
      const { value, done } = await chunks.next().catch((error: unknown) => {
        failure = broken(error);
        return { value: undefined, done: true as const };
      });
      bytes = done ? null : bytesOf(value as VoiceChunk);
    }
    await media.feedStream(stream, null);
  }
  void pump().catch(() => undefined);
  return {
    async read() {
      try {
        const piece = await media.readStream(stream);
        if (piece.ended && failure && piece.speech.length === 0) throw failure;
        // What came before a break is spoken first.
        return failure && piece.ended ? { ...piece, ended: false } : piece;
      } catch (error) {
        throw failure ?? error;
      }
    },
    close() {
      closed = true;
      void chunks.return?.()?.catch(() => undefined);
      void media.closeStream(stream).catch(() => undefined);
    },
  };
}

/**
 * Opens a voice that is still arriving.
 * @param format of samples without a header; null for the formats that say it themselves.
 * @param sampleRateHz of the pieces.
 * @throws EngineError `input/field`, `input/fetch`, `input/audio-empty`; reading adds `input/audio`, `input/encrypted`,
 * `codec/missing`, `codec/failed`.
 */
export async function openStreamSource(
  voice: StreamedVoice,
  format: PcmFormat | null,
  workers: Workers,
  sampleRateHz: number,
): Promise<StreamSource> {
  if (format) checkFormat(format);
  const chunks = chunksOf(voice);
  const { value, done } = await chunks.next().catch((error: unknown) => {
    throw broken(error);
  });
  if (done) throw new EngineError("input/audio-empty", "The stream ended before any sound came.");
  const first = value as VoiceChunk;
  const bytes = bytesOf(first);
  return bytes
    ? byteSource(bytes, chunks, format, workers, sampleRateHz)
    : pcmSource(first, chunks, format, sampleRateHz);
}
