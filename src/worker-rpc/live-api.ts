import type { FaceLandmarks } from "../core/face.ts";
import type { RgbaImage } from "../core/image.ts";
import type { MouthTrack } from "../core/mouth.ts";
import type { PerformanceStyle } from "../job/style.ts";
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
  readonly warnings: readonly string[];
}

/** An utterance's mouth as far as it was heard; a later one replaces it. */
export interface LiveMouth {
  readonly track: MouthTrack;
  /** Seconds of the voice that `track` was heard from. */
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
  readonly warnings: readonly string[];
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
