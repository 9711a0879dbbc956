import type { FaceLandmarks } from "../core/face.ts";
import type { RgbaImage } from "../core/image.ts";
import type { OutputFormat, Stage } from "../job/job.ts";
import type { MouthTrack } from "../core/mouth.ts";
import type { Warning } from "../job/warnings.ts";
import type { PerformanceStyle } from "../job/style.ts";
import type { LipModelScene, PaintFaces } from "./plugin-api.ts";

/** One person of the picture and the voice that moves the mouth. */
export interface SpeakerData {
  /** In pixels of the scene's picture. */
  readonly landmarks: FaceLandmarks;
  readonly track: MouthTrack;
  /** When the voice starts, in seconds of the output. */
  readonly startSeconds: number;
  readonly voiceSeconds: number;
}

/** A voice of the output's sound. */
export interface SoundData {
  readonly file: Blob;
  readonly startSeconds: number;
}

/** The segments in which a film is made. */
export interface FilmSegments {
  /** Length of a segment in seconds; the encoder's own when null. */
  readonly seconds: number | null;
  /** Those that an earlier run has finished, which need not be drawn again; null when nobody keeps any. */
  readonly kept: {
    /** Of everything that the film depends on. */
    readonly fingerprint: string;
    /** In order, as {@link RenderProgress.finished} gave them. */
    readonly pieces: readonly Blob[];
  } | null;
}

/** Everything that a talking picture is rendered from. */
export interface PortraitScene {
  /** The picture, upright, at its own resolution or as much of it as the output can show. */
  readonly picture: RgbaImage;
  /** Size of the output in pixels, both even. */
  readonly width: number;
  readonly height: number;
  /** White may change, black must stay; any size. */
  readonly mask: RgbaImage | null;
  readonly speakers: readonly SpeakerData[];
  /** Faces that stay as they are, in pixels of the scene's picture. */
  readonly bystanders: readonly FaceLandmarks[];
  readonly sounds: readonly SoundData[];
  readonly durationSeconds: number;
  readonly fps: number;
  readonly seed: number;
  readonly style: PerformanceStyle;
  readonly format: OutputFormat;
  /** Limit of a sound's length in seconds. */
  readonly maxSeconds: number;
  /** Overrides the choice of encoder. */
  readonly encoder: "webcodecs" | "ffmpeg" | null;
  /** Also compute `framesSha256`. */
  readonly hashFrames: boolean;
  /** Whether the file says that it is AI-made. */
  readonly aiMark: boolean;
  readonly segments: FilmSegments;
}

/** What the renderer tells while it works. */
export interface RenderProgress {
  readonly stage: Stage;
  readonly framesDone: number;
  readonly frames: number;
  /** Frames that an earlier run had finished. */
  readonly framesKept: number;
  /** A segment that has just been finished, where somebody keeps them. */
  readonly finished?: { readonly index: number; readonly piece: Blob };
}

/** The end of a rendering. */
export interface RenderedMovie {
  readonly output: Blob;
  readonly frames: number;
  readonly encoder: string;
  readonly mouthWidthPx: number;
  readonly warnings: readonly Warning[];
  readonly framesSha256: string | null;
  /** Milliseconds spent drawing and waiting for the encoder. */
  readonly drawMs: number;
  readonly encodeMs: number;
}

/** The worker that draws and encodes. */
export interface RenderApi {
  render(
    scene: PortraitScene,
    signal: AbortSignal,
    onProgress: (progress: RenderProgress) => void,
    onPreview: ((frame: ImageBitmap) => void) | null,
  ): Promise<RenderedMovie>;
  /** The same with lips that a model paints which the user brought. */
  renderWithModel(
    scene: PortraitScene,
    model: LipModelScene,
    paint: PaintFaces,
    signal: AbortSignal,
    onProgress: (progress: RenderProgress) => void,
    onPreview: ((frame: ImageBitmap) => void) | null,
  ): Promise<RenderedMovie>;
}
