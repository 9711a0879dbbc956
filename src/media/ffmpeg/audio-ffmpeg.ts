import { EngineError, throwIfCancelled } from "../../job/errors.ts";
import type { PcmReader } from "../audio/audio-source.ts";
import { FfmpegCore, inputPath, STREAM_PATH, type FfmpegInput } from "./ffmpeg.ts";

const BLOCK_FRAMES = 32_768;
const MAX_RATE_HZ = 48_000;
/** Parts are handed to the browser's blob store, which moves them to the disk, at this size. */
const PART_BYTES = 8 * 1024 * 1024;

/** What ffmpeg's log says about the first sound track. */
interface StreamFacts {
  readonly sampleRateHz: number;
  readonly channels: number;
}

/**
 * Inputs whose packets carry no times, so that nothing in them can start late. The filter that fills gaps is not for
 * them: where rate or channels change in the middle, ffmpeg 5.1 makes it anew, and it puts the whole time before once
 * more as silence.
 */
const UNCLOCKED = /^Input #0, (mp3|aac|ac3|eac3|flac|wav|amr|wv|ape|tta|aiff|au),/;

const LAYOUTS: Readonly<Record<string, number>> = { mono: 1, stereo: 2 };

function streamFacts(line: string): StreamFacts | undefined {
  const match = /Stream #\S+.*: Audio: .*?, (\d+) Hz, ([^,]+)/.exec(line);
  if (!match) return undefined;
  return { sampleRateHz: Number(match[1]), channels: LAYOUTS[match[2]!.trim()] ?? 2 };
}

async function* readBlob(pcm: Blob, channels: number, signal: AbortSignal | undefined) {
  const step = BLOCK_FRAMES * channels * 2;
  for (let at = 0; at + channels * 2 <= pcm.size; at += step) {
    throwIfCancelled(signal);
    const bytes = await pcm.slice(at, at + step).arrayBuffer();
    const samples = new Int16Array(bytes, 0, Math.floor(bytes.byteLength / 2));
    const frames = Math.floor(samples.length / channels);
    yield Array.from({ length: channels }, (_, channel) => {
      const plane = new Float32Array(frames);
      for (let i = 0; i < frames; i++) plane[i] = samples[i * channels + channel]! / 32_768;
      return plane;
    });
  }
}

/** Limits and shape of {@link openWithFfmpeg}. */
export interface FfmpegSoundOptions {
  readonly maxSeconds: number;
  /** The file's own, at most 48 kHz, when absent. */
  readonly sampleRateHz?: number;
  /** The file's own, at most 2, when absent. */
  readonly channels?: number;
  /** Recordings one after another, whose clocks begin anew: what they hold counts, not their times. */
  readonly joined?: boolean;
  readonly signal?: AbortSignal;
}

/**
 * Decodes the first sound track with ffmpeg into 16-bit samples, kept in the
 * browser's blob store, which is on the disk when it is large. A track that starts late begins with silence.
 * @returns undefined when ffmpeg finds no sound in the file.
 * @throws EngineError `codec/missing` when ffmpeg cannot be loaded, `codec/failed`, `device/memory`, `job/cancelled`.
 */
export async function openWithFfmpeg(
  file: Blob,
  options: FfmpegSoundOptions,
): Promise<PcmReader | undefined> {
  const input: FfmpegInput = { name: "sound", data: file };
  const core = await FfmpegCore.start(options.signal);
  try {
    let facts: StreamFacts | undefined;
    let clocked = options.joined !== true;
    let broadcast = false;
    /** What an encoder put before 0, in seconds, from where ffmpeg counts. */
    let early = 0;
    const probe = await core.run(
      { args: ["-hide_banner", "-i", inputPath(input)], inputs: [input] },
      {
        onLog(line) {
          if (UNCLOCKED.test(line)) clocked = false;
          if (/^Input #0, mpegts,/.test(line)) broadcast = true;
          const start = /^ *Duration: .*, start: -([\d.]+)/.exec(line);
          if (start) early = Number(start[1]);
          facts ??= streamFacts(line);
        },
        ...(options.signal ? { signal: options.signal } : {}),
      },
    );
    if (!facts) return undefined;
    const sampleRateHz = options.sampleRateHz ?? Math.min(facts.sampleRateHz, MAX_RATE_HZ);
    const channels = options.channels ?? facts.channels;
    const parts: Blob[] = [];
    let waiting: Uint8Array<ArrayBuffer>[] = [];
    let waitingBytes = 0;
    const store = () => {
      parts.push(new Blob(waiting));
      waiting = [];
      waitingBytes = 0;
    };
    const result = await core.run(
      {
        args: [
          "-hide_banner",
          "-i",
          inputPath(input),
          "-map",
          "0:a:0",
          "-t",
          String(options.maxSeconds + 2),
          ...(clocked ? ["-af", `asetpts=PTS-${early}/TB,aresample=async=1:first_pts=0`] : []),
          "-ar",
          String(sampleRateHz),
          "-ac",
          String(channels),
          "-f",
          "s16le",
          STREAM_PATH,
          // In a transport stream time counts from the earliest of the tracks that ffmpeg is asked for.
          ...(broadcast ? ["-map", "0:v?", "-map", "0:a?", "-c", "copy", "-f", "null", "-"] : []),
        ],
        inputs: [input],
      },
      {
        ...(options.signal ? { signal: options.signal } : {}),
        onData(bytes) {
          waiting.push(bytes);
          waitingBytes += bytes.length;
          core.release(bytes.length);
          if (waitingBytes >= PART_BYTES) store();
        },
      },
    );
    if (waitingBytes > 0) store();
    const pcm = new Blob(parts);
    if (result.exitCode !== 0 && pcm.size === 0) {
      throw new EngineError(
        "codec/failed",
        `Neither the browser nor ffmpeg could decode the sound (${(result.log.at(-1) ?? probe.log.at(-1) ?? "no reason given").trim()}). Convert it to WAV or MP3 and try again.`,
      );
    }
    return {
      durationSeconds: pcm.size / (2 * channels * sampleRateHz),
      sampleRateHz,
      channels,
      decoder: "ffmpeg",
      warnings: [],
      blocks: (signal) => readBlob(pcm, channels, signal),
      dispose: () => {
        parts.length = 0;
      },
    };
  } finally {
    core.terminate();
  }
}
