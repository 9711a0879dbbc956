import { ALL_FORMATS, BlobSource, Input, type InputAudioTrack } from "mediabunny";
import { EngineError, throwIfCancelled, toEngineError } from "../../job/errors.ts";
import { openWithFfmpeg } from "../ffmpeg/audio-ffmpeg.ts";
import { audioSourceFrom, type AudioSource, type PcmReader } from "./audio-source.ts";
import { openWithWebCodecs } from "./audio-webcodecs.ts";
import { warning } from "../../job/warnings.ts";
import { roundTo } from "../../core/scalar.ts";
import { isChainedOgg } from "../demux/chained-ogg.ts";
import { losesItsPlace, lacksLastBlock } from "../demux/covered-bytes.ts";
import { isJoinedMp3 } from "../demux/joined-mp3.ts";
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
  throwIfCancelled(signal);
  const looks = await lookAt(file);
  const native = await openNatively(file);
  throwIfCancelled(signal);
  let reader = native.reader;
  if (reader && (await readsTooLittle(reader, file))) {
    const joined = await isChainedOgg(file);
    const whole = await openWithFfmpeg(file, { maxSeconds, joined, ...(signal ? { signal } : {}) });
    if (whole && whole.durationSeconds > reader.durationSeconds + MISSED_SECONDS) {
      const found = [...whole.warnings];
      if (await losesItsPlace(file)) {
        found.push(warning("sound/damaged", { seconds: roundTo(reader.durationSeconds, 1) }));
      }
      reader.dispose();
      reader = { ...whole, warnings: found };
    } else whole?.dispose();
  }
  if (!reader) {
    if (await isEncrypted(file)) {
      throw new EngineError(
        "input/encrypted",
        "The sound is encrypted (protected by its publisher) and cannot be read. Use a file without protection.",
      );
    }
    reader = await fallBack(file, looks, native.tried, { maxSeconds, ...(signal ? { signal } : {}) });
  }
  try {
    checkLength(reader, maxSeconds);
  } catch (error) {
    reader.dispose();
    throw error;
  }
  return audioSourceFrom(reader);
}

/**
 * Whether a file holds more than the browser's reader finds in it: a length of 0 that a recorder never filled in, or
 * several recordings one after another, or frames behind damage.
 */
async function readsTooLittle(reader: PcmReader, file: Blob): Promise<boolean> {
  if (reader.durationSeconds < MIN_SECONDS) return file.size > SMALLEST_SOUND_BYTES;
  return (
    (await isChainedOgg(file)) ||
    (await isJoinedMp3(file)) ||
    (await losesItsPlace(file)) ||
    (await lacksLastBlock(file))
  );
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

async function openNatively(file: Blob): Promise<Native> {
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
        const reader = await openWithWebCodecs(input, track, file);
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

async function fallBack(
  file: Blob,
  looks: Looks,
  tried: string,
  options: { maxSeconds: number; signal?: AbortSignal },
): Promise<PcmReader> {
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
