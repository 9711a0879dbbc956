import {
  AudioSample,
  AudioSampleSource,
  canEncodeAudio,
  Mp4OutputFormat,
  NullTarget,
  Output,
  Quality,
  type EncodedPacket,
} from "mediabunny";
import type { EncodedSound, SoundPacket } from "../../core/encoded-sound.ts";
import { EngineError } from "../../job/errors.ts";
import type { OutputFormat } from "../../job/job.ts";
import type { AudioChunk, AudioSource } from "../audio/audio-source.ts";

/** The sound of a video while it is written: encoded as far as it is asked for, here or in another thread. */
export interface OutputSound {
  readonly codec: "aac" | "opus";
  /** Upper bound of the packets that will come. */
  readonly maximumPacketCount: number;
  /**
   * Encodes up to that instant; the end of the video encodes all, padded or cut to the video's duration.
   * @returns the packets that have become ready since the call before, all that are left at the end.
   * @throws EngineError `codec/missing`, `codec/failed`, `input/audio…`, `job/cancelled`.
   */
  encodeTo(seconds: number): Promise<EncodedSound>;
  /** Stops; harmless when it was done before. */
  close(): Promise<void>;
}

const RATE_HZ = 48_000;
/** FFmpeg's AAC encoder puts this many samples before the first real one; players skip them by the edit list. */
const AAC_PRIMING_FRAMES = 1024;
const BITRATE_PER_CHANNEL = 96_000;
const SMALLEST_PACKET_FRAMES = 480;

async function prepareEncoder(format: OutputFormat, channels: number, bitrate: number) {
  const options = { numberOfChannels: channels, sampleRate: RATE_HZ, quality: new Quality({ bitrate }) };
  if (format === "webm") {
    if (await canEncodeAudio("opus", options))
      return { codec: "opus", name: "Opus (WebCodecs)", priming: 0 } as const;
    throw new EngineError(
      "codec/missing",
      "This browser cannot encode Opus sound, which WebM needs. Choose MP4 as the format, or use a current Chrome, Edge, Firefox or Safari (26 or newer).",
    );
  }
  try {
    const { registerAacEncoder } = await import("@mediabunny/aac-encoder");
    registerAacEncoder();
    return { codec: "aac", name: "AAC (built in)", priming: AAC_PRIMING_FRAMES } as const;
  } catch (error) {
    if (await canEncodeAudio("aac", options))
      return { codec: "aac", name: "AAC (WebCodecs)", priming: 0 } as const;
    throw new EngineError(
      "codec/missing",
      "The AAC sound encoder could not be loaded, and the browser has none. Check the connection and try again, or choose WebM as the format.",
      { cause: error },
    );
  }
}

/** What is known of an output's sound before it is encoded. */
export function soundFacts(
  format: OutputFormat,
  durationSeconds: number,
): Pick<OutputSound, "codec" | "maximumPacketCount"> {
  const frames = Math.round(durationSeconds * RATE_HZ) + AAC_PRIMING_FRAMES;
  return {
    codec: format === "mp4" ? "aac" : "opus",
    maximumPacketCount: Math.ceil(frames / SMALLEST_PACKET_FRAMES) + 16,
  };
}

/** Encodes a source's blocks one after another. */
async function openEncoder(
  audio: AudioSource,
  format: OutputFormat,
  durationSeconds: number,
  signal: AbortSignal | undefined,
) {
  const channels = audio.channels === 1 ? 1 : 2;
  const bitrate = BITRATE_PER_CHANNEL * channels;
  const { codec, name, priming } = await prepareEncoder(format, channels, bitrate);
  let ready: SoundPacket[] = [];
  const take = (packet: EncodedPacket, meta: EncodedAudioChunkMetadata | undefined) => {
    const { type, timestamp, duration } = packet;
    ready.push({
      data: packet.data.slice(),
      type,
      timestamp,
      duration,
      meta: meta?.decoderConfig ? meta : null,
    });
  };
  const source = new AudioSampleSource({ codec, quality: new Quality({ bitrate }), onEncodedPacket: take });
  // The library encodes only into a file: this one is thrown away, so that the video's own order of packets rules.
  const nowhere = new Output({
    format: new Mp4OutputFormat({ fastStart: "fragmented" }),
    target: new NullTarget(),
  });
  nowhere.addAudioTrack(source);
  await nowhere.start();
  const endFrame = Math.round(durationSeconds * RATE_HZ);
  const blocks = audio.chunks({ sampleRateHz: RATE_HZ, channels, ...(signal ? { signal } : {}) });
  const chunks = blocks[Symbol.asyncIterator]();
  let position = 0;
  let sourceEnded = false;

  const encode = async (planes: readonly Float32Array<ArrayBuffer>[], frames: number) => {
    const data = new Float32Array(frames * channels);
    planes.forEach((plane, channel) => data.set(plane.subarray(0, frames), channel * frames));
    const sample = new AudioSample({
      data,
      format: "f32-planar",
      numberOfChannels: channels,
      sampleRate: RATE_HZ,
      timestamp: (position - priming) / RATE_HZ,
    });
    position += frames;
    try {
      await source.add(sample);
    } finally {
      sample.close();
    }
  };

  const next = async (): Promise<AudioChunk | undefined> => {
    if (sourceEnded) return undefined;
    const step = await chunks.next();
    if (step.done) {
      sourceEnded = true;
      return undefined;
    }
    return step.value;
  };

  return {
    async encodeTo(seconds: number): Promise<EncodedSound> {
      const until = Math.min(endFrame, Math.round(seconds * RATE_HZ));
      while (position < until) {
        const chunk = await next();
        const length = chunk?.planes[0]?.length ?? RATE_HZ / 4;
        const frames = Math.min(length, endFrame - position);
        await encode(chunk?.planes ?? [], frames);
      }
      if (position >= endFrame && nowhere.state === "started") await nowhere.finalize();
      const packets = ready;
      ready = [];
      return { packets, encoder: name };
    },
    async close() {
      await chunks.return?.(undefined);
      if (nowhere.state === "started") await nowhere.cancel();
    },
  };
}

/**
 * Encodes `audio` at 48 kHz: AAC by the bundled encoder, whose delay is known and the same on every machine
 * (browsers' own AAC encoders differ or are missing), or Opus by WebCodecs. Nothing is begun before it is asked for.
 * @param open gives the sound, which is disposed of when this is closed.
 */
export function createOutputSound(
  open: () => Promise<AudioSource>,
  format: OutputFormat,
  durationSeconds: number,
  signal?: AbortSignal,
): OutputSound {
  let source: Promise<AudioSource> | undefined;
  let encoder: ReturnType<typeof openEncoder> | undefined;
  return {
    ...soundFacts(format, durationSeconds),
    async encodeTo(seconds) {
      source ??= open();
      encoder ??= source.then((audio) => openEncoder(audio, format, durationSeconds, signal));
      return (await encoder).encodeTo(seconds);
    },
    async close() {
      const [opened, begun] = [source, encoder];
      source = encoder = undefined;
      await (await begun?.catch(() => undefined))?.close();
      (await opened?.catch(() => undefined))?.dispose();
    },
  };
}
