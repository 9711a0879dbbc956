import { throwIfCancelled } from "../../job/errors.ts";
import type { Warning } from "../../job/warnings.ts";
import { createMonoMix, toStereo } from "./downmix.ts";
import { createResampler, type Resampler } from "./resample.ts";

/** A block of sound, one array a channel, all of the same length. */
export interface AudioChunk {
  readonly planes: readonly Float32Array<ArrayBuffer>[];
  readonly sampleRateHz: number;
  /** Index of the first sample on the source's own timeline, at `sampleRateHz`. */
  readonly startFrame: number;
}

/** What {@link AudioSource.chunks} should deliver. */
export interface AudioChunkOptions {
  /** 48 000 when absent. */
  readonly sampleRateHz?: number;
  /** 1 or 2; the source's own number, at most 2, when absent. */
  readonly channels?: 1 | 2;
  /** Limits samples to [-1, 1]; true when absent. */
  readonly clip?: boolean;
  readonly signal?: AbortSignal;
}

/** How much of a sound {@link AudioSource.mono16k} reads, and who is told. */
export interface Mono16kOptions {
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: number) => void;
  readonly untilSeconds?: number;
}

/** A sound that can be read from its start as often as wanted, without ever being in memory as a whole. */
export interface AudioSource {
  readonly durationSeconds: number;
  readonly sampleRateHz: number;
  readonly channels: number;
  readonly decoder: "webcodecs" | "ffmpeg";
  /** Complete when the sound was read to its end. */
  readonly warnings: readonly Warning[];
  /**
   * The whole sound at 16 kHz in one channel (see {@link createMonoMix}), starting at time 0 of the file; not-a-number becomes 0.
   * `onProgress` gets 0 to 1. What lies behind `untilSeconds` is not read; all is where that is absent.
   * @throws EngineError `job/cancelled`, `codec/failed`.
   */
  mono16k(options?: Mono16kOptions): Promise<Float32Array<ArrayBuffer>>;
  /** Blocks in order and without gaps from time 0. */
  chunks(options?: AudioChunkOptions): AsyncIterable<AudioChunk>;
  dispose(): void;
}

/** Decoded sound as its decoder gives it: blocks in order, without gaps, from time 0. */
export interface PcmReader {
  readonly durationSeconds: number;
  readonly sampleRateHz: number;
  readonly channels: number;
  readonly decoder: "webcodecs" | "ffmpeg";
  /** Grows while the sound is read. */
  readonly warnings: readonly Warning[];
  blocks(signal?: AbortSignal): AsyncIterable<readonly Float32Array<ArrayBuffer>[]>;
  dispose(): void;
}

const SPEECH_RATE_HZ = 16_000;
const MUX_RATE_HZ = 48_000;

/** Not-a-number and infinities become 0, in place. */
function replaceNonFinite(planes: readonly Float32Array[]): void {
  for (const plane of planes) {
    for (let i = 0; i < plane.length; i++) if (!Number.isFinite(plane[i]!)) plane[i] = 0;
  }
}

function clip(plane: Float32Array): void {
  for (let i = 0; i < plane.length; i++) {
    const value = plane[i]!;
    if (value > 1) plane[i] = 1;
    else if (value < -1) plane[i] = -1;
  }
}

/** The first samples of an array, which is the caller's no more and whose memory is given back at once where that can be. */
function cutTo(samples: Float32Array<ArrayBuffer>, length: number): Float32Array<ArrayBuffer> {
  const { buffer } = samples as { buffer: ArrayBuffer & { transfer?(bytes: number): ArrayBuffer } };
  return buffer.transfer ? new Float32Array(buffer.transfer(4 * length)) : samples.slice(0, length);
}

async function readMono16k(
  reader: PcmReader,
  { signal, onProgress, untilSeconds = Infinity }: Mono16kOptions = {},
): Promise<Float32Array<ArrayBuffer>> {
  const resampler = createResampler(reader.sampleRateHz, SPEECH_RATE_HZ);
  const toMono = createMonoMix();
  const wanted = Math.ceil(untilSeconds * SPEECH_RATE_HZ);
  const expected = Math.min(wanted, Math.ceil((reader.durationSeconds + 1) * SPEECH_RATE_HZ));
  let result = new Float32Array(expected);
  let filled = 0;
  const put = (samples: Float32Array) => {
    if (filled + samples.length > result.length) {
      const larger = new Float32Array(Math.ceil((filled + samples.length) * 1.25));
      larger.set(result.subarray(0, filled));
      result = larger;
    }
    result.set(samples, filled);
    filled += samples.length;
  };
  for await (const planes of reader.blocks(signal)) {
    throwIfCancelled(signal);
    replaceNonFinite(planes);
    put(resampler.push(toMono(planes)));
    onProgress?.(Math.min(1, filled / expected));
    if (filled >= wanted) break;
  }
  put(resampler.finish());
  onProgress?.(1);
  return cutTo(result, Math.min(filled, wanted));
}

async function* readChunks(reader: PcmReader, options: AudioChunkOptions = {}): AsyncGenerator<AudioChunk> {
  const sampleRateHz = options.sampleRateHz ?? MUX_RATE_HZ;
  const channels = options.channels ?? (reader.channels === 1 ? 1 : 2);
  const resamplers: Resampler[] = Array.from({ length: channels }, () =>
    createResampler(reader.sampleRateHz, sampleRateHz),
  );
  const toMono = createMonoMix();
  let startFrame = 0;
  const chunk = (planes: Float32Array<ArrayBuffer>[]): AudioChunk => {
    if (options.clip !== false) planes.forEach(clip);
    const made = { planes, sampleRateHz, startFrame };
    startFrame += planes[0]!.length;
    return made;
  };
  for await (const planes of reader.blocks(options.signal)) {
    throwIfCancelled(options.signal);
    replaceNonFinite(planes);
    const mixed = channels === 2 ? toStereo(planes) : [toMono(planes)];
    const made = chunk(mixed.map((plane, i) => resamplers[i]!.push(plane)));
    if (made.planes[0]!.length > 0) yield made;
  }
  const last = chunk(resamplers.map((resampler) => resampler.finish()));
  if (last.planes[0]!.length > 0) yield last;
}

/** The source that reads from `reader`, which it owns from now on. */
export function audioSourceFrom(reader: PcmReader): AudioSource {
  return {
    durationSeconds: reader.durationSeconds,
    sampleRateHz: reader.sampleRateHz,
    channels: reader.channels,
    decoder: reader.decoder,
    get warnings() {
      return reader.warnings;
    },
    mono16k: (options) => readMono16k(reader, options),
    chunks: (options) => readChunks(reader, options),
    dispose: () => reader.dispose(),
  };
}
