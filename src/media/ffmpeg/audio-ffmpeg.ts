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
  /** Whether these are left and right and no others. */
  readonly stereo: boolean;
}

/** What it says about the file. */
interface SoundFacts extends StreamFacts {
  /** Whether packets carry times. */
  readonly clocked: boolean;
  /** Whether it is a transport stream. */
  readonly broadcast: boolean;
  /** What an encoder put before 0, in seconds, from where ffmpeg counts. */
  readonly early: number;
}

/** Inputs whose packets carry no times, so that nothing in them can start late or be missing. */
const UNCLOCKED = /^Input #0, (mp3|aac|ac3|eac3|flac|wav|amr|wv|ape|tta|aiff|au),/;

/**
 * Left and right of whatever a stereo sound becomes in the middle, by ITU-R BS.775: ffmpeg itself makes two channels of
 * one 3 dB quieter. Changes nothing of left and right.
 */
const AS_STEREO =
  "pan=stereo|FL<FL+0.7071*FC+0.7071*BL+0.7071*SL+0.5*BC|FR<FR+0.7071*FC+0.7071*BR+0.7071*SR+0.5*BC";

const LAYOUTS: Readonly<Record<string, number>> = { mono: 1, stereo: 2 };

function streamFacts(line: string): StreamFacts | undefined {
  const match = /Stream #\S+.*: Audio: .*?, (\d+) Hz, ([^,]+)/.exec(line);
  if (!match) return undefined;
  const layout = match[2]!.trim();
  return { sampleRateHz: Number(match[1]), channels: LAYOUTS[layout] ?? 2, stereo: layout === "stereo" };
}

/** Silence of so many bytes. */
function silentParts(bytes: number): Blob[] {
  const parts: Blob[] = [];
  for (let left = bytes; left > 0; left -= PART_BYTES)
    parts.push(new Blob([new Uint8Array(Math.min(left, PART_BYTES))]));
  return parts;
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
  readonly signal?: AbortSignal;
}

async function probeSound(core: FfmpegCore, input: FfmpegInput, options: FfmpegSoundOptions) {
  let stream: StreamFacts | undefined;
  let [clocked, broadcast, early] = [true, false, 0];
  const { log } = await core.run(
    { args: ["-hide_banner", "-i", inputPath(input)], inputs: [input] },
    {
      onLog(line) {
        if (UNCLOCKED.test(line)) clocked = false;
        if (/^Input #0, mpegts,/.test(line)) broadcast = true;
        const start = /^ *Duration: .*, start: -([\d.]+)/.exec(line);
        if (start) early = Number(start[1]);
        stream ??= streamFacts(line);
      },
      ...(options.signal ? { signal: options.signal } : {}),
    },
  );
  return { log, facts: stream && ({ ...stream, clocked, broadcast, early } satisfies SoundFacts) };
}

/** In a transport stream time counts from the earliest of the tracks that ffmpeg is asked for. @param limit of their output. */
function besides({ broadcast }: SoundFacts, ...limit: readonly string[]): readonly string[] {
  return broadcast ? ["-map", "0:v?", "-map", "0:a?", "-c", "copy", ...limit, "-f", "null", "-"] : [];
}

/** When the first sound track begins, in seconds of the file; 0 where its packets carry no times. */
async function firstInstant(
  core: FfmpegCore,
  input: FfmpegInput,
  facts: SoundFacts,
  { signal }: FfmpegSoundOptions,
): Promise<number> {
  let start: number | undefined;
  if (!facts.clocked) return 0;
  const first = ["-map", "0:a:0", "-af", "ashowinfo", "-frames:a", "1", "-f", "null", "-"];
  await core.run(
    {
      args: ["-hide_banner", "-i", inputPath(input), ...first, ...besides(facts, "-t", "0.1")],
      inputs: [input],
    },
    {
      onLog(line) {
        const found = /ashowinfo.* n:0 .*pts_time:(-?[\d.]+)/.exec(line);
        if (found) start ??= Math.max(0, Number(found[1]) - facts.early);
      },
      ...(signal ? { signal } : {}),
    },
  );
  return start ?? 0;
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
    const { facts, log } = await probeSound(core, input, options);
    if (!facts) return undefined;
    const sampleRateHz = options.sampleRateHz ?? Math.min(facts.sampleRateHz, MAX_RATE_HZ);
    const channels = options.channels ?? facts.channels;
    const start = await firstInstant(core, input, facts, options);
    const most = options.maxSeconds + 2;
    const filters = [
      // Told to begin at 0, the filter that fills gaps would put the whole time before once more as silence wherever
      // rate or channels change in the middle, for ffmpeg 5.1 makes it anew there.
      ...(facts.clocked ? [`asetpts=PTS-${facts.early}/TB`, "aresample=async=1", "atrim=start=0"] : []),
      ...(facts.stereo && channels === 2 ? [AS_STEREO] : []),
    ];
    const parts = silentParts(2 * channels * Math.round(Math.min(start, most) * sampleRateHz));
    const silent = parts.length;
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
          String(most),
          ...(filters.length > 0 ? ["-af", filters.join(",")] : []),
          "-ar",
          String(sampleRateHz),
          "-ac",
          String(channels),
          "-f",
          "s16le",
          STREAM_PATH,
          ...besides(facts),
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
    if (result.exitCode !== 0 && parts.length === silent) {
      throw new EngineError(
        "codec/failed",
        `Neither the browser nor ffmpeg could decode the sound (${(result.log.at(-1) ?? log.at(-1) ?? "no reason given").trim()}). Convert it to WAV or MP3 and try again.`,
      );
    }
    const pcm = new Blob(parts);
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
