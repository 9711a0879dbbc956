import type { FaceLandmarks } from "../core/face.ts";
import type { RgbaImage } from "../core/image.ts";
import type { MouthPiece, MouthTrack } from "../core/mouth.ts";
import type { Latency } from "../job/latency.ts";
import type { PerformanceStyle } from "../job/style.ts";
import type { Warning } from "../job/warnings.ts";
import type { StillPicture } from "./scene.ts";

/** Everything that a portrait needs that speaks again and again. */
export interface LiveScene extends StillPicture {
  /** White may change, black must stay; any size. */
  readonly mask: RgbaImage | null;
  /** The face that speaks, in pixels of the scene's picture. */
  readonly landmarks: FaceLandmarks;
  readonly style: PerformanceStyle;
}

/** A portrait that is ready to speak. */
export interface LiveFacts {
  /** Names the portrait in the calls that follow. */
  readonly portrait: number;
  readonly mouthWidthPx: number;
  readonly warnings: readonly Warning[];
}

/** An utterance's mouth as far as it was analysed; a later one replaces it. */
export interface LiveMouth {
  readonly track: MouthTrack;
  /** Seconds of the voice that `track` was made from. */
  readonly seconds: number;
}

/** An instant of a live portrait. */
export interface LiveInstant {
  /** Seconds since the portrait was opened; moves the face between utterances. */
  readonly clockSeconds: number;
  /** The output frame of an utterance; null between utterances. */
  readonly speech: { readonly utterance: number; readonly frame: number } | null;
}

/** What the worker that draws does for live portraits. */
export interface LiveRenderApi {
  /** @throws EngineError `input/no-face`, `input/face-too-small`, `model/…`. */
  openLive(scene: LiveScene): Promise<LiveFacts>;
  /** Gives an utterance its mouth, or a longer part of it. Utterances are numbered upward. */
  setLiveMouth(portrait: number, utterance: number, mouth: LiveMouth): Promise<void>;
  /** Gives an utterance that is still being spoken the next part of its mouth. */
  addLiveMouth(portrait: number, utterance: number, piece: MouthPiece): Promise<void>;
  /** Takes an utterance's pieces from a port, straight from the worker that analyses. */
  connectLiveMouth(portrait: number, utterance: number, pieces: MessagePort): Promise<void>;
  /** Draws for a view, straight for the worker that shows; see `DrawRequest`. */
  connectLiveView(portrait: number, requests: MessagePort): Promise<void>;
  /** @throws EngineError `device/lost` when the portrait is not open (any more). */
  drawLive(portrait: number, instant: LiveInstant): Promise<ImageBitmap>;
  closeLive(portrait: number): Promise<void>;
}

/** A voice that is being decoded piece by piece. */
export interface OpenVoice {
  /** Names the voice in the calls that follow. */
  readonly voice: number;
  readonly durationSeconds: number;
  readonly channels: number;
  readonly warnings: readonly Warning[];
}

/** The next part of a voice, one array a channel; empty only at the end. */
export interface VoicePiece {
  readonly planes: readonly Float32Array<ArrayBuffer>[];
  readonly ended: boolean;
}

/** What the worker that decodes does for live voices: the same sound is read for the model and for the ear. */
export interface LiveVoiceApi {
  /** @throws EngineError `input/audio`, `input/audio-empty`, `input/audio-too-long`, `codec/missing`. */
  openVoice(file: Blob, maxSeconds: number, signal: AbortSignal): Promise<OpenVoice>;
  /** The next `seconds` or a little more at 16 kHz, mono. */
  readSpeech(voice: number, seconds: number): Promise<VoicePiece>;
  /** The next `seconds` or a little more, one or two channels, within [-1, 1]; every call with the same rate. */
  readSound(voice: number, seconds: number, sampleRateHz: number): Promise<VoicePiece>;
  closeVoice(voice: number): Promise<void>;
}

/** Raw samples without a header, interleaved where there are several channels, little-endian. */
export interface PcmFormat {
  /** 16-bit integers or 32-bit floats. */
  readonly encoding: "s16" | "f32";
  /** In Hz, from 8000 to 192000. */
  readonly sampleRate: number;
  /** 1 when absent. */
  readonly channels?: number;
}

/** A part of a sound that is still arriving: for the ear, and the same for the model. */
export interface StreamPiece {
  /** One array a channel, one or two, within [-1, 1]. */
  readonly planes: readonly Float32Array<ArrayBuffer>[];
  /** Mono at 16 kHz. */
  readonly speech: Float32Array<ArrayBuffer>;
  readonly ended: boolean;
}

/** What the worker that decodes does for sounds that are still arriving. */
export interface LiveStreamApi {
  /**
   * Begins to decode a sound whose bytes are given by {@link LiveStreamApi.feedStream}.
   * @param format of raw samples; null for MP3, AAC, Ogg, WebM, WAV and the like.
   * @param sampleRateHz of the pieces.
   */
  openStream(format: PcmFormat | null, sampleRateHz: number): Promise<number>;
  /** Gives the next bytes, null at their end; fulfilled when there is room for more. */
  feedStream(stream: number, bytes: Uint8Array<ArrayBuffer> | null): Promise<void>;
  /**
   * What was decoded since the last call, as soon as there is any.
   * @throws EngineError `input/audio`, `input/audio-empty`, `input/encrypted`, `codec/missing`, `codec/failed`.
   */
  readStream(stream: number): Promise<StreamPiece>;
  closeStream(stream: number): Promise<void>;
}

/** What the worker with the networks does for a voice that is still being spoken. */
export interface LiveAnalysisApi {
  openAnalysis(latency: Latency): Promise<number>;
  /**
   * @param speech the next mono 16 kHz samples; transferred.
   * @param soon analyses all that has come, however little, at the price of another run.
   */
  analyseMore(analysis: number, speech: Float32Array, soon?: boolean): Promise<MouthPiece | null>;
  /** The rest of its mouth; the analysis is forgotten. */
  endAnalysis(analysis: number): Promise<MouthPiece | null>;
  closeAnalysis(analysis: number): Promise<void>;
  /**
   * Analyses what comes through a port until that says `null`.
   * @param from number of the first frame.
   * @param blocks takes arrays of planes at `sampleRateHz`, one a channel.
   * @param pieces gets the mouth's {@link MouthPiece}s.
   * @throws what the runtime throws.
   */
  analysePort(
    latency: Latency,
    sampleRateHz: number,
    from: number,
    blocks: MessagePort,
    pieces: MessagePort,
  ): Promise<void>;
}
