import type { EncodedSound } from "../core/encoded-sound.ts";
import type { OutputFormat } from "../job/job.ts";
import type { Warning } from "../job/warnings.ts";
import type { FractionListener } from "./inference-api.ts";

/** A decoded voice, as the speech model wants it. */
export interface VoiceData {
  /** Mono, 16 kHz, [-1, 1]. */
  readonly pcm: Float32Array;
  readonly durationSeconds: number;
  readonly decoder: string;
  readonly warnings: readonly Warning[];
}

/** A voice of the output's sound. */
export interface SoundData {
  readonly file: Blob;
  readonly startSeconds: number;
}

/** The sound of an output, before it is encoded. */
export interface SoundtrackSettings {
  readonly sounds: readonly SoundData[];
  /** Of the output; the sound is cut or padded with silence to it. */
  readonly durationSeconds: number;
  /** Limit of a sound's length in seconds. */
  readonly maxSeconds: number;
  readonly format: OutputFormat;
}

/** An output's sound, encoded as far as it is asked for; served on a port of its own. */
export interface SoundtrackApi {
  /**
   * Encodes up to that instant. Gives the packets that have become ready since the call before, all that are left where
   * it is the end of the output.
   * @throws EngineError `input/audio…`, `codec/…`, `job/cancelled`.
   */
  encodeTo(seconds: number): Promise<EncodedSound>;
}

/** The worker that decodes voices and encodes the output's sound. */
export interface SoundApi {
  /**
   * @param onOpened is told the length in seconds as soon as it is known, the same as that of the result.
   * @throws EngineError `input/audio`, `input/audio-empty`, `input/audio-too-long`, `codec/missing`.
   */
  decodeVoice(
    file: Blob,
    maxSeconds: number,
    signal: AbortSignal,
    onProgress: FractionListener,
    onOpened: ((durationSeconds: number) => void) | null,
  ): Promise<VoiceData>;
  /**
   * The beginning of a file's sound as the speech model wants it; null where the browser by itself reads none.
   * @throws EngineError `job/cancelled`.
   */
  decodeBeginning(file: Blob, seconds: number, signal: AbortSignal): Promise<Float32Array | null>;
  /** Serves an output's sound, a {@link SoundtrackApi}, on a port until its other end or `wanted` ends that. */
  serveSoundtrack(settings: SoundtrackSettings, port: MessagePort, wanted: AbortSignal): Promise<void>;
}
