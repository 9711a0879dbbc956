import {
  openAudio,
  type AudioChunk,
  type AudioChunkOptions,
  type AudioSource,
} from "../../media/audio/open-audio.ts";
import { createOutputSound, soundFacts, type OutputSound } from "../../media/encode/output-sound.ts";
import { connectPort, servePort, transfer } from "../../worker-rpc/rpc.ts";
import type { SoundData, SoundtrackApi, SoundtrackSettings } from "../../worker-rpc/sound-api.ts";

const MIX_RATE_HZ = 48_000;
const BLOCK_FRAMES = 4096;
/** Highest level of a mix, just under full scale, so that the encoder's overshoot does not clip. */
const CEILING = 0.97;

/** Reads a source's chunks in pieces of any size, after `startFrame` frames of silence. */
function createReader(
  source: AudioSource,
  startFrame: number,
  channels: 1 | 2,
  signal: AbortSignal | undefined,
) {
  const iterator = source.chunks({ sampleRateHz: MIX_RATE_HZ, channels, signal })[Symbol.asyncIterator]();
  let chunk: AudioChunk | undefined;
  let used = 0;
  let ended = false;
  let position = 0;
  return {
    /** Adds the next frames to `planes` in place; false when nothing is left. */
    async addTo(planes: readonly Float32Array[]): Promise<boolean> {
      const wanted = planes[0]!.length;
      let at = Math.min(wanted, Math.max(0, startFrame - position));
      position += wanted;
      while (at < wanted && !ended) {
        if (!chunk || used === chunk.planes[0]!.length) {
          const next = await iterator.next();
          if (next.done) {
            ended = true;
            break;
          }
          chunk = next.value;
          used = 0;
        }
        const count = Math.min(wanted - at, chunk.planes[0]!.length - used);
        for (const [channel, plane] of planes.entries()) {
          const from = chunk.planes[channel]!;
          for (let i = 0; i < count; i++) plane[at + i]! += from[used + i]!;
        }
        at += count;
        used += count;
      }
      return !ended;
    },
    close: () => iterator.return?.(),
  };
}

/**
 * Several sounds as one, each from its own start, summed and, where the sum would clip, turned down as a whole.
 * Reads the sounds twice: once for the peak, once to deliver; never holds more than a block.
 */
export async function mixSources(
  parts: readonly { readonly source: AudioSource; readonly startSeconds: number }[],
  signal?: AbortSignal,
): Promise<AudioSource> {
  const durationSeconds = Math.max(...parts.map((part) => part.startSeconds + part.source.durationSeconds));
  const total = Math.round(durationSeconds * MIX_RATE_HZ);
  const ownChannels = parts.some((part) => part.source.channels > 1) ? 2 : 1;

  async function* sum(channels: 1 | 2, stop: AbortSignal | undefined): AsyncGenerator<AudioChunk> {
    const readers = parts.map((part) =>
      createReader(part.source, Math.round(part.startSeconds * MIX_RATE_HZ), channels, stop),
    );
    try {
      for (let startFrame = 0; startFrame < total; startFrame += BLOCK_FRAMES) {
        const length = Math.min(BLOCK_FRAMES, total - startFrame);
        const planes = Array.from({ length: channels }, () => new Float32Array(length));
        for (const reader of readers) await reader.addTo(planes);
        yield { planes, sampleRateHz: MIX_RATE_HZ, startFrame };
      }
    } finally {
      for (const reader of readers) await reader.close();
    }
  }

  let peak = 0;
  for await (const { planes } of sum(ownChannels, signal)) {
    for (const plane of planes) for (const value of plane) peak = Math.max(peak, Math.abs(value));
  }
  const gain = peak > CEILING ? CEILING / peak : 1;

  return {
    durationSeconds,
    sampleRateHz: MIX_RATE_HZ,
    channels: ownChannels,
    decoder: parts.some((part) => part.source.decoder === "ffmpeg") ? "ffmpeg" : "webcodecs",
    warnings: parts.flatMap((part) => part.source.warnings),
    async mono16k() {
      throw new Error("A mix is for the ear: the speech model takes each voice by itself.");
    },
    async *chunks(options: AudioChunkOptions = {}) {
      for await (const chunk of sum(options.channels ?? ownChannels, options.signal)) {
        for (const plane of chunk.planes) for (let i = 0; i < plane.length; i++) plane[i]! *= gain;
        yield chunk;
      }
    },
    dispose() {
      for (const part of parts) part.source.dispose();
    },
  };
}

async function openPart(sound: SoundData, maxSeconds: number, signal: AbortSignal) {
  const source = await openAudio(sound.file, { maxSeconds, signal });
  return { source, startSeconds: sound.startSeconds };
}

/** The sound of an output: its only voice as it is, or its voices mixed. The caller disposes of it. */
async function openSoundtrack(
  { sounds, maxSeconds }: SoundtrackSettings,
  signal: AbortSignal,
): Promise<AudioSource> {
  const parts = await Promise.all(sounds.map((sound) => openPart(sound, maxSeconds, signal)));
  const [first] = parts;
  return parts.length === 1 && first!.startSeconds === 0 ? first!.source : mixSources(parts, signal);
}

/** Serves the sound of an output on a port, as `SoundApi` says. */
export async function serveSoundtrack(
  settings: SoundtrackSettings,
  port: MessagePort,
  wanted: AbortSignal,
): Promise<void> {
  const { format, durationSeconds } = settings;
  const sound = createOutputSound(() => openSoundtrack(settings, wanted), format, durationSeconds, wanted);
  const api: SoundtrackApi = {
    async encodeTo(seconds) {
      const encoded = await sound.encodeTo(seconds);
      return transfer(
        encoded,
        encoded.packets.map(({ data }) => data.buffer),
      );
    },
  };
  const unwanted = new Promise<void>((resolve) => {
    if (wanted.aborted) resolve();
    wanted.addEventListener("abort", () => resolve(), { once: true });
  });
  await Promise.race([servePort(api, port), unwanted]);
  port.close();
  await sound.close();
}

/**
 * An output's sound that another worker serves on a port.
 * @param signal its abort ends what is waited for.
 */
export function connectSoundtrack(
  port: MessagePort,
  { format, durationSeconds }: Pick<SoundtrackSettings, "format" | "durationSeconds">,
  signal: AbortSignal,
): OutputSound {
  const served = connectPort<SoundtrackApi>(port, signal);
  let closed = false;
  return {
    ...soundFacts(format, durationSeconds),
    encodeTo: (seconds) => served.api.encodeTo(seconds),
    async close() {
      if (!closed) served.close();
      closed = true;
    },
  };
}
