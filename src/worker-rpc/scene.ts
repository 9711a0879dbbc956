import type { FaceLandmarks } from "../core/face.ts";
import type { CachedFrames } from "../core/cached-frames.ts";
import type { RgbaImage } from "../core/image.ts";
import type { PersonMatte } from "../core/person-matte.ts";
import type { MouthTrack } from "../core/mouth.ts";
import type { AnalysedMouth } from "../job/analysed-mouth.ts";
import type { OutputFormat } from "../job/job.ts";
import type { PerformanceStyle } from "../job/style.ts";
import type { LipModelScene } from "./lip-model-api.ts";
import type { TrackedVideo } from "./video-api.ts";

/** A picture at output size and its faces. */
export interface StillPicture {
  /** The picture, upright, at its own resolution or as much of it as the output can show. */
  readonly picture: RgbaImage;
  /** Size of the output in pixels, both even. */
  readonly width: number;
  readonly height: number;
  /** Faces that stay as they are, in pixels of `picture`. */
  readonly bystanders: readonly FaceLandmarks[];
  /** Where it shows people; null where the head does not move. */
  readonly matte: PersonMatte | null;
  readonly fps: number;
  readonly seed: number;
}

/** One person of a picture and the voice that moves the mouth. */
export interface SpeakerData {
  /** In pixels of the scene's picture. */
  readonly landmarks: FaceLandmarks;
  readonly track: MouthTrack;
  /** When the voice starts, in seconds of the output. */
  readonly startSeconds: number;
  readonly voiceSeconds: number;
}

/** A still picture that is to talk. */
export interface PictureScene extends StillPicture {
  readonly kind: "picture";
  /** What `RenderApi.preparePicture` has made of the picture and these speakers, by its number; null where nothing. */
  readonly prepared: number | null;
  readonly speakers: readonly SpeakerData[];
}

/** A video that was looked through. */
export interface LookedVideo {
  readonly file: Blob;
  readonly video: TrackedVideo;
  /** Frames that need not be decoded again. */
  readonly frames: CachedFrames | null;
}

/** What moves the mouths of a video. */
interface VideoVoice {
  /** Moves the mouth of every tracked face. */
  readonly voice: AnalysedMouth;
  /** What the video's own sound says, from its time 0; null where nothing is heard. */
  readonly spoken: AnalysedMouth | null;
}

/** A video that is to get a new mouth. */
export interface VideoScene extends LookedVideo, VideoVoice {
  readonly kind: "video";
}

/** The same of a video that `RenderApi.prepareVideo` was given, by its number. */
interface PreparedVideoScene extends VideoVoice {
  readonly kind: "prepared video";
  readonly number: number;
}

/** What draws the mouths: the engine's own rig, or a lip model that the user brought. */
export type AnimatorChoice = { readonly kind: "own-lips" } | ({ readonly kind: "lip-model" } & LipModelScene);

/** The segments in which a video file is made. */
export interface OutputSegments {
  /** Length of a segment in seconds; the encoder's own when null. */
  readonly seconds: number | null;
  /** Those that an earlier run has finished, which need not be drawn again; null when none are stored. */
  readonly kept: {
    /** Of everything that the output depends on. */
    readonly fingerprint: string;
    /** In order, as `RenderProgress.finished` gave them. */
    readonly pieces: readonly Blob[];
  } | null;
}

/** What file comes out. */
export interface OutputSettings {
  readonly durationSeconds: number;
  readonly format: OutputFormat;
  /** Overrides the choice of encoder. */
  readonly encoder: "webcodecs" | "ffmpeg" | null;
  /** Also compute `framesSha256`. */
  readonly hashFrames: boolean;
  /** Whether the file says that it is AI-made. */
  readonly aiMark: boolean;
  readonly segments: OutputSegments;
}

/** Everything that frames of an output are drawn from. */
export interface DrawnScene {
  readonly source: PictureScene | VideoScene;
  readonly animator: AnimatorChoice;
  /** White may change, black must stay; any size. */
  readonly mask: RgbaImage | null;
  readonly style: PerformanceStyle;
  readonly output: Pick<OutputSettings, "durationSeconds">;
}

/** Everything that an output is rendered from. */
export interface Scene extends DrawnScene {
  readonly output: OutputSettings;
}

/** A scene whose video may have been prepared. */
export interface SentScene extends Omit<Scene, "source"> {
  readonly source: Scene["source"] | PreparedVideoScene;
}
