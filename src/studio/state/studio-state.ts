import type { BackendReport, FaceOutline } from "../../engine/lip-sync.ts";
import type { ErrorCode, ErrorDetails } from "../../job/errors.ts";
import type { Language } from "../../job/sentences/languages.ts";
import type { Warning } from "../../job/warnings.ts";
import type { ArticulationSpan } from "../../core/articulation-spans.ts";
import type { WaitingUpdate } from "../offline/updates.ts";
import type { JobRow } from "../../queue/job-row.ts";
import type { StorageUse } from "./storage-use.ts";
import type { Backend, JobReport, OutputFormat, Stage } from "../../job/job.ts";

/** What the user starts from. */
export type Mode = "photo" | "dialogue" | "video";

/** A failure as the interface keeps it: `code` chooses the sentence, `message` is the engine's own. */
export interface Problem {
  readonly code: ErrorCode;
  readonly message: string;
  readonly details?: ErrorDetails;
}

/** The chosen picture, or the chosen video with its first frame. */
export interface PictureInput {
  readonly kind: "picture" | "video";
  readonly file: File;
  /** An object URL of `file`. */
  readonly url: string;
  /** The same, or of the engine's own picture where the page cannot show the file. */
  readonly shown: string;
  /** Pixels; 0 until the picture was read. */
  readonly width: number;
  readonly height: number;
  /** Null while the engine looks. */
  readonly faces: readonly FaceOutline[] | null;
  /** Index of the face that speaks; −1 in a video with several, where the engine finds the one that does. */
  readonly chosen: number;
  /** Length of a video in seconds; 0 for a picture. */
  readonly durationSeconds: number;
  /** A video that this browser does not play; the engine may read it all the same. */
  readonly unseen: boolean;
  readonly problem: Problem | null;
}

/** A chosen voice. */
export interface VoiceInput {
  readonly file: File;
  /** An object URL of `file`. */
  readonly url: string;
  /** Null while the voice is read. */
  readonly durationSeconds: number | null;
  /** Peak of every 10 ms. */
  readonly envelope: Float32Array | null;
  /** Mouth opening every 10 ms. */
  readonly aperture: Float32Array | null;
  /** What the mouth does, in order. */
  readonly spans: readonly ArticulationSpan[] | null;
  readonly warnings: readonly Warning[];
  readonly problem: Problem | null;
}

/** What the user set; kept with the inputs. */
export interface JobOptions {
  readonly resolution: "480p" | "720p";
  readonly prompt: string;
  /** As typed; empty means random. */
  readonly seed: string;
  readonly order: "left_right" | "right_left" | "meanwhile";
  /** White may change; a PNG. */
  readonly mask: Blob | null;
}

/** A running job. */
export interface RunningJob {
  readonly stage: Stage;
  readonly progress: number;
  readonly stageProgress: number;
  readonly secondsLeft: number | null;
  /** Seconds that each finished stage took. */
  readonly took: Readonly<Partial<Record<Stage, number>>>;
  readonly durationSeconds: number;
  readonly format: OutputFormat;
  readonly startedAt: number;
  /** In the queue; null for a job outside of it. */
  readonly id: string | null;
  /** It was under way when the page was closed. */
  readonly resumed: boolean;
  /** Another tab does it. */
  readonly elsewhere: boolean;
}

/** A finished job. */
export interface StudioResult {
  readonly output: Blob;
  /** An object URL of `output`. */
  readonly url: string;
  /** What it was made from, to compare with. */
  readonly before: Blob | null;
  /** An object URL of `before`. */
  readonly beforeUrl: string | null;
  /** File name without extension. */
  readonly name: string;
  readonly format: OutputFormat;
  readonly seed: number;
  readonly warnings: readonly Warning[];
  readonly report: JobReport;
  readonly madeSeconds: number;
  /** The job that made it, as it lay in the queue; absent in drafts of older versions. */
  readonly row?: JobRow;
  /** Fingerprint of inputs and options, to tell whether something changed since. */
  readonly madeFrom: string;
}

/** What stands in the main area. */
export type View = "stage" | "settings" | "api";
/** What stands beside the stage instead of the panel. */
export type Sheet = "queue" | "privacy" | "keys" | "models" | "live" | "batch";
/** What the stage is used for, beyond showing the material. */
export type StageTool = "camera" | "mask" | null;

/** Everything the interface shows. */
export interface StudioState {
  readonly mode: Mode;
  readonly view: View;
  readonly sheet: Sheet | null;
  readonly tool: StageTool;
  readonly picture: PictureInput | null;
  /** What video mode starts from. */
  readonly video: PictureInput | null;
  /** One voice, or the left and the right one. */
  readonly voices: readonly [VoiceInput | null, VoiceInput | null];
  readonly options: JobOptions;
  readonly job: RunningJob | null;
  readonly result: StudioResult | null;
  /** Whether the stage shows the result; false while the user changes something for the next one. */
  readonly showResult: boolean;
  /** Why the last job ended without a result; shown where it helps. */
  readonly failure: Problem | null;
  /** The queue and its history, newest first. */
  readonly rows: readonly JobRow[];
  /** Which voice is being recorded. */
  readonly recording: 0 | 1 | null;
  /** A short note with a way back. */
  readonly toast: { readonly text: string; readonly undo: (() => void) | null } | null;
  readonly backend: BackendReport | null;
  /** What this browser keeps; null until it was measured. */
  readonly storage: StorageUse | null;
  /** A newer build of the app that waits. */
  readonly update: WaitingUpdate | null;
  /** Whether the app opens without a network. */
  readonly offline: boolean;
  readonly dragging: boolean;
  /** Whether the user is asked if everything should really be removed. */
  readonly forgetting: boolean;
  /** Whether the stored inputs were read. */
  readonly restored: boolean;
}

/** The choices that outlive everything. */
export interface Preferences {
  readonly theme: "light" | "dark" | "system";
  readonly language: Language;
  /** Undefined: the engine chooses. */
  readonly backend: Backend | undefined;
  readonly singleKeys: boolean;
  /** A model of the user's own for the next jobs; null: the engine's lips. */
  readonly lipModel: { readonly id: string; readonly name: string } | null;
  /** Whether results say in their metadata that they are AI-made. */
  readonly aiMark: boolean;
  /** Days for which finished jobs are kept; null: until they are removed by hand. */
  readonly keepDays: number | null;
  /** Bytes of finished jobs that are kept at most, the oldest go first; null: no limit. */
  readonly keepBytes: number | null;
  /** The models were fetched once, so the note about them is no longer shown. */
  readonly modelsFetched: boolean;
  /** Seconds of work per second of video, by resolution, measured here. */
  readonly pace: Readonly<Partial<Record<string, number>>>;
}

/** The state before anything was chosen. */
export const EMPTY_STATE: StudioState = {
  mode: "photo",
  view: "stage",
  sheet: null,
  tool: null,
  picture: null,
  video: null,
  voices: [null, null],
  options: { resolution: "480p", prompt: "", seed: "", order: "left_right", mask: null },
  job: null,
  result: null,
  showResult: false,
  failure: null,
  rows: [],
  recording: null,
  toast: null,
  backend: null,
  storage: null,
  update: null,
  offline: false,
  dragging: false,
  forgetting: false,
  restored: false,
};
