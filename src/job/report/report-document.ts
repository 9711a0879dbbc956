import { VERSION } from "../../core/version.ts";
import type { JobModel, JobReport, Stage } from "../job.ts";
import { mediaOf, type JobSpec } from "../job-spec.ts";
import { tellWarning } from "../sentences/english.ts";
import type { Warning } from "../warnings.ts";
import { wireField } from "../wire-names.ts";
import { adviceFor } from "./report-advice.ts";

/** A file that a job read or wrote. */
export interface ReportedFile {
  readonly name: string;
  readonly bytes?: number;
  /** SHA-256, hex. */
  readonly sha256?: string;
}

/** A small picture of a frame that was left as it was. */
export interface LeftFrame {
  readonly frame: number;
  readonly seconds: number;
  /** A `data:` URL. */
  readonly picture: string;
}

/** What a job's report says, as JSON. */
export interface ReportDocument {
  readonly version: 1;
  readonly engine: string;
  readonly model: JobModel;
  /** What makes the same frames again, with the same files. */
  readonly settings: Readonly<Record<string, string | number | boolean>>;
  readonly seed: number;
  /** By the field of the request that they came in. */
  readonly inputs: Readonly<Record<string, ReportedFile>>;
  readonly output: ReportedFile;
  readonly result: JobReport;
  readonly warnings: readonly { readonly code: string; readonly message: string; readonly advice?: string }[];
  /** Milliseconds spent in each stage. */
  readonly timings: Readonly<Partial<Record<Stage, number>>>;
  /** Some of the frames that were left as they were, where somebody could look at the video. */
  readonly leftFrames?: readonly LeftFrame[];
}

/** What a report is made of. */
export interface Reported<Media> {
  readonly spec: JobSpec<Media>;
  readonly seed: number;
  readonly report: JobReport;
  readonly warnings: readonly Warning[];
  readonly timings: ReportDocument["timings"];
  readonly output: ReportedFile;
  /** Name, size and hash of a medium, as far as they are known. */
  file(media: Media): ReportedFile;
  readonly leftFrames?: readonly LeftFrame[];
}

/** Settings of a request that are one word or number. */
function settingsOf<Media>({ formState, model: _, ...settings }: JobSpec<Media>): ReportDocument["settings"] {
  const all = { ...formState, ...settings };
  return Object.fromEntries(
    Object.entries(all).filter(
      (entry): entry is [string, string | number | boolean] =>
        ["string", "number", "boolean"].includes(typeof entry[1]) && entry[0] !== "seed",
    ),
  );
}

/** The report of a finished job. */
export function reportDocument<Media extends object>(job: Reported<Media>): ReportDocument {
  const media = [...mediaOf(job.spec)];
  const inputs = media.map(([field, medium]) => [wireField(field), job.file(medium)] as const);
  return {
    version: 1,
    engine: `dudak ${VERSION}`,
    model: job.spec.model,
    settings: settingsOf(job.spec),
    seed: job.seed,
    inputs: Object.fromEntries(inputs),
    output: job.output,
    result: job.report,
    warnings: job.warnings.map((warning) => {
      const advice = adviceFor(warning.code);
      return {
        code: warning.code,
        message: tellWarning(warning).message,
        ...(advice === undefined ? {} : { advice }),
      };
    }),
    timings: job.timings,
    ...(job.leftFrames && job.leftFrames.length > 0 ? { leftFrames: job.leftFrames } : {}),
  };
}
