import { ALL_FORMATS, BlobSource, Input, type InputAudioTrack } from "mediabunny";
import { EngineError, throwIfCancelled, toEngineError } from "../../job/errors.ts";
import { openWithFfmpeg } from "../ffmpeg/audio-ffmpeg.ts";
import { audioSourceFrom, type AudioSource, type PcmReader } from "./audio-source.ts";
import { openWithWebCodecs } from "./audio-webcodecs.ts";
import { tellOnce, warning, type Warning } from "../../job/warnings.ts";
import { roundTo } from "../../core/scalar.ts";
import { doubtsAbout } from "../demux/doubts.ts";
import { sampleTablesAgree } from "../demux/sample-tables.ts";
import { recordingsIn } from "../demux/joined-recordings.ts";
import { joinReaders } from "./joined-sound.ts";
import { wholeWav } from "./whole-wav.ts";
import { isEncrypted } from "../demux/encrypted.ts";
import { sniffBlob, type Looks } from "../demux/sniff.ts";

export type { AudioChunk, AudioChunkOptions, AudioSource } from "./audio-source.ts";

/** Limits of {@link openAudio}. */
export interface OpenAudioOptions {
  /** A longer sound is refused; 600 when absent. */
  readonly maxSeconds?: number;
  readonly signal?: AbortSignal;
}

const DEFAULT_MAX_SECONDS = 600;
/** Less than this is no sound: one pitch period of a low voice. */
const MIN_SECONDS = 0.01;
/** Decoders differ by less than this in what they give of one sound. */
const MISSED_SECONDS = 0.02;
/** Headers without sound are smaller than this. */
const SMALLEST_SOUND_BYTES = 512;

/**
 * Opens the sound of an audio or video file: WAV of every sort, MP3, M4A, Ogg Vorbis and Opus, FLAC, WebM, MP4
 * and the like by WebCodecs, anything else that ffmpeg knows by ffmpeg. A silent sound is no error.
 * Works in a worker.
 * @throws EngineError `input/audio` (not a sound, no sound track, damaged), `input/audio-empty`,
 * `input/audio-too-long`, `input/encrypted`, `codec/missing`, `codec/failed`, `device/memory`, `job/cancelled`.
 */
export async function openAudio(file: Blob, options: OpenAudioOptions = {}): Promise<AudioSource> {
  const { signal, maxSeconds = DEFAULT_MAX_SECONDS } = options;
  const limits = { maxSeconds, ...(signal ? { signal } : {}) };
  throwIfCancelled(signal);
  const looks = await lookAt(file);
  const reader = await openRecordings(file, looks, limits);
  try {
    checkLength(reader, maxSeconds);
  } catch (error) {
    reader.dispose();
    throw error;
  }
  return audioSourceFrom(reader);
}

/**
 * Opens the sound of a file where the browser itself reads it: a video's own sound is worth no ffmpeg.
 * @returns undefined where it does not, and where there is no sound.
 */
export async function openNativeAudio(file: Blob): Promise<AudioSource | undefined> {
  if (!(await sampleTablesAgree(file))) return undefined;
  const { reader } = await openNatively(file, []);
  return reader && audioSourceFrom(reader);
}

interface Limits {
  readonly maxSeconds: number;
  readonly signal?: AbortSignal;
}

/** The recordings of a file one after another; most hold one. */
async function openRecordings(file: Blob, looks: Looks, limits: Limits): Promise<PcmReader> {
  const readers: PcmReader[] = [];
  let seconds = 0;
  try {
    for (const recording of await recordingsIn(file)) {
      // What lies behind the longest sound that is taken need not be read to refuse it.
      if (seconds > limits.maxSeconds + 1) break;
      const reader = await openRecording(await wholeWav(recording), looks, limits);
      seconds += reader.durationSeconds;
      readers.push(reader);
    }
  } catch (error) {
    for (const reader of readers) reader.dispose();
    throw error;
  }
  const [first, ...others] = readers;
  return others.length === 0 ? first! : joinReaders([first!, ...others]);
}

async function openRecording(file: Blob, looks: Looks, limits: Limits): Promise<PcmReader> {
  const { signal } = limits;
  const doubts = await doubtsAbout(file);
  const warnings: Warning[] = [];
  const native = doubts.misread
    ? { tried: "its index contradicts itself, or its settings or its clock change in the middle" }
    : await openNatively(file, warnings);
  throwIfCancelled(signal);
  const { reader } = native;
  if (!reader) {
    if (await isEncrypted(file)) {
      throw new EngineError(
        "input/encrypted",
        "The sound is encrypted (protected by its publisher) and cannot be read. Use a file without protection.",
      );
    }
    return fallBack(file, looks, native.tried, limits);
  }
  const empty = reader.durationSeconds < MIN_SECONDS && file.size > SMALLEST_SOUND_BYTES;
  if (!empty && !doubts.more) return reader;
  const whole = await openWithFfmpeg(file, limits);
  const longer = whole && whole.durationSeconds > reader.durationSeconds + MISSED_SECONDS;
  if (doubts.damaged) {
    const readable = longer && empty ? whole.durationSeconds : reader.durationSeconds;
    tellOnce(warnings, warning("sound/damaged", { seconds: roundTo(readable, 1) }));
  }
  if (!longer) {
    whole?.dispose();
    return reader;
  }
  reader.dispose();
  return { ...whole, warnings };
}

async function lookAt(file: Blob): Promise<Looks> {
  let looks: Looks;
  try {
    looks = await sniffBlob(file);
  } catch (error) {
    throw new EngineError(
      "input/audio",
      "The sound could not be read from the disk. If it was moved or changed, choose it again.",
      { cause: error },
    );
  }
  if (looks.kind === "empty") {
    throw new EngineError(
      "input/audio-empty",
      "The sound's file is empty (0 bytes). Choose a WAV, MP3 or M4A file.",
    );
  }
  if (looks.kind === "text" || looks.kind === "document" || looks.kind === "image") {
    throw new EngineError(
      "input/audio",
      `The file is not a sound: it looks like ${looks.words}. Choose a WAV, MP3, M4A, OGG or FLAC file.`,
    );
  }
  return looks;
}

interface Native {
  readonly reader?: PcmReader;
  /** What went wrong, in words. */
  readonly tried: string;
}

async function openNatively(file: Blob, warnings: Warning[]): Promise<Native> {
  const input = new Input({ source: new BlobSource(file), formats: ALL_FORMATS });
  let tried = "its container is unknown to it";
  try {
    if (await input.canRead()) {
      const tracks = await input.getAudioTracks();
      if (tracks.length === 0) {
        input.dispose();
        return { tried: "it finds no sound in it" };
      }
      for (const track of await inOrder(input, tracks)) {
        const reader = await openWithWebCodecs(input, track, file, warnings);
        if (reader) return { reader, tried: "" };
      }
      tried = `its codec (${(await tracks[0]!.getCodec()) ?? "unknown"}) is unknown to it`;
    }
  } catch (error) {
    tried = toEngineError(error, "codec/failed").message;
  }
  input.dispose();
  return { tried };
}

async function inOrder(input: Input, tracks: InputAudioTrack[]): Promise<InputAudioTrack[]> {
  const primary = await input.getPrimaryAudioTrack();
  return primary ? [primary, ...tracks.filter((track) => track !== primary)] : tracks;
}

async function fallBack(file: Blob, looks: Looks, tried: string, options: Limits): Promise<PcmReader> {
  const reader = await openWithFfmpeg(file, options);
  if (reader) return reader;
  if (looks.kind === "video") throw noSound(looks);
  throw new EngineError(
    "input/audio",
    `The file looks like ${looks.words}, but no sound could be read from it: the browser says that ${tried}, and ffmpeg finds no sound either. Choose a WAV, MP3, M4A, OGG or FLAC file.`,
  );
}

function noSound(looks: Looks): EngineError {
  return new EngineError(
    "input/audio",
    `The file looks like ${looks.words}, but it has no sound track. Choose a file with a voice in it.`,
  );
}

function checkLength(reader: PcmReader, maxSeconds: number): void {
  if (!(reader.durationSeconds >= MIN_SECONDS)) {
    throw new EngineError(
      "input/audio-empty",
      `The sound has a header but only ${(reader.durationSeconds * 1000).toFixed(0)} ms of sound. Choose a file with a voice in it.`,
      { details: { value: reader.durationSeconds, limits: { least: MIN_SECONDS }, unit: "seconds" } },
    );
  }
  if (reader.durationSeconds > maxSeconds + 0.5) {
    const minutes = (seconds: number) => `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`;
    throw new EngineError(
      "input/audio-too-long",
      `The sound lasts ${reader.decoder === "ffmpeg" ? "more than " : ""}${minutes(Math.min(reader.durationSeconds, reader.decoder === "ffmpeg" ? maxSeconds : Infinity))}; the limit is ${minutes(maxSeconds)}. Cut it, or raise the limit in the settings.`,
      { details: { value: reader.durationSeconds, limits: { most: maxSeconds }, unit: "seconds" } },
    );
  }
}
