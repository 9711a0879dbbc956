import type { Box } from "../core/face.ts";
import type { JobWarning } from "./warnings.ts";

/** The three jobs of the contract. */
export const JOB_MODELS = ["lipsync-image", "lipsync-image-multi", "lipsync-video"] as const;
/** The name of one job. */
export type JobModel = (typeof JOB_MODELS)[number];

/** What a job is doing, in order. */
export const STAGES = [
  "queued",
  "loading models",
  "decoding",
  "finding faces",
  "listening",
  "rendering",
  "encoding",
  "done",
] as const;
/** One stage of a job. */
export type Stage = (typeof STAGES)[number];

/** Where the neural networks run. */
export type Backend = "webgpu" | "wasm";

/** Container and codecs of the result: H.264 + AAC, or VP9 + Opus. */
export type OutputFormat = "mp4" | "webm";

/** Progress of a job; `progress` runs from 0 to 1 and never falls. */
export interface JobProgress {
  readonly stage: Stage;
  readonly progress: number;
  /** Share of the current stage that is done, 0 to 1. */
  readonly stageProgress?: number;
  /** Honest estimate, absent until there is a basis for one. */
  readonly secondsLeft?: number;
}

/** A voice as it moved a mouth, for the job's report. */
export interface VoiceTimeline {
  /** When the voice begins, in seconds of the output. */
  readonly startSeconds: number;
  /** One value a step: loudness relative to the clip's own speech, 0 to 1. */
  readonly loudness: readonly number[];
  /** One value a step: the widest opening of the mouth by the voice, 0 to 1. */
  readonly aperture: readonly number[];
  /** Times `[begin, end]` in seconds of the output at which the lips are shut by a p, b or m. */
  readonly closures: readonly (readonly [number, number])[];
}

/** A job along its time, coarse enough to be kept with it. */
export interface JobTimeline {
  /** Seconds from one value to the next. */
  readonly stepSeconds: number;
  readonly voices: readonly VoiceTimeline[];
  /** One value a step of the output: share of the motion that the least turned animated face takes, 0 where none is. */
  readonly strength: readonly number[];
}

/** A small picture of a frame that was left as it was. */
export interface LeftFrame {
  readonly frame: number;
  readonly seconds: number;
  /** A `data:` URL of a JPEG, 96 px high. */
  readonly picture: string;
}

/** Facts about a finished job that a client can show or log. */
export interface JobReport {
  readonly width: number;
  readonly height: number;
  readonly fps: number;
  readonly frames: number;
  readonly durationSeconds: number;
  readonly backend: Backend;
  readonly encoder: string;
  /** Boxes of the faces that were found, the animated ones first, in pixels of the output. */
  readonly faces: readonly (Box & { animated: boolean })[];
  /** Frame ranges `[first, last]` without a usable face, passed through untouched. */
  readonly facelessRanges: readonly (readonly [number, number])[];
  /** What some of those frames look like, at most eight; absent where there are none. */
  readonly leftFrames?: readonly LeftFrame[];
  /** Voices and faces along the time; absent in reports of older versions. */
  readonly timeline?: JobTimeline;
  /** Width of the mouth in output pixels. */
  readonly mouthWidthPx: number;
  /** Whether the file's metadata say that it is AI-made; absent in reports of older versions. */
  readonly aiMark?: boolean;
  /** Id of the lip-sync model that the user brought; absent with the engine's own lips. */
  readonly lipModel?: string;
  /** SHA-256 (hex) over the rendered frames before encoding, when asked for. */
  readonly framesSha256?: string;
}

/** The end of a job that succeeded. */
export interface JobResult {
  readonly output: Blob;
  readonly seed: number;
  /** What was done otherwise than asked: code, values, and the English sentence. */
  readonly warnings: readonly JobWarning[];
  readonly report: JobReport;
  /** Milliseconds spent in each stage. */
  readonly timings: Readonly<Partial<Record<Stage, number>>>;
}
