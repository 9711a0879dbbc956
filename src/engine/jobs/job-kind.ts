import type { Resolution, RgbaImage } from "../../core/image.ts";
import type { Backend, JobReport } from "../../job/job.ts";
import type { Warning } from "../../job/warnings.ts";
import type { SoundData, VoiceData } from "../../worker-rpc/sound-api.ts";
import type { SentScene } from "../../worker-rpc/scene.ts";

/** What every kind of job finds out about its media; kept with the job. */
export interface JobAnalysis {
  /** On which the networks ran. */
  readonly backend: Backend;
  readonly warnings: readonly Warning[];
}

/** What a job's media are analysed from. */
export interface AnalysisInput {
  readonly mask: RgbaImage | null;
  /** In the order of {@link JobKind.voices}; the analysis takes their samples away. */
  readonly voices: readonly VoiceData[];
  readonly backend: Backend;
}

/** What is known before the voices are decoded. */
export interface AheadInput {
  readonly mask: RgbaImage | null;
  /** Resolves when the networks can be used. */
  readonly starting: Promise<{ readonly backend: Backend }>;
  /** Length of the first voice in seconds, as soon as it is known. */
  readonly opened: Promise<number>;
  /** The first voice; the analysis takes its samples away. */
  readonly decoded: Promise<VoiceData>;
}

/** What is rendered and reported of an analysed job. */
export interface PlannedJob {
  readonly source: SentScene["source"];
  readonly sounds: readonly SoundData[];
  readonly durationSeconds: number;
  readonly warnings: readonly Warning[];
  readonly report: Pick<JobReport, "width" | "height" | "fps" | "faces">;
  /** Buffers of `source` that are transferred instead of copied. */
  readonly transferred: readonly ArrayBuffer[];
}

/** What tells the kinds of jobs apart: what is looked at, and what frames come from it. */
export interface JobKind<Analysis extends JobAnalysis> {
  /** In the order of the lip model's voices. */
  readonly voices: readonly Blob[];
  /** Part of the decoding, 0 to 1, that comes before the voices. */
  readonly decodedBefore: number;
  /** Decodes what is to be at hand in any case; comes before the mask and the voices. */
  open(resolution: Resolution): Promise<readonly Warning[]>;
  /** Begins what needs no decoded voice, while these are decoded; how it ends is told by `analyse`. */
  lookAhead?(ahead: AheadInput, resolution: Resolution): void;
  /** Finds and chooses the faces and analyses the voices. */
  analyse(input: AnalysisInput, resolution: Resolution): Promise<Analysis>;
  plan(analysis: Analysis, resolution: Resolution): PlannedJob;
  /** Lets go of what was opened; called however the job ends. */
  close?(): Promise<void>;
}
