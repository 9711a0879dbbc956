import { VERSION } from "../../core/version.ts";
import type { JobModel, JobReport, Stage } from "../job.ts";
import { mediaOf, type JobSpec } from "../job-spec.ts";
import type { Warning } from "../warnings.ts";
import { wireField } from "../wire-names.ts";
import { ENGLISH_WORDS } from "./report-words.ts";

/** A file that a job read or wrote. */
export interface ReportedFile {
  readonly name: string;
  readonly bytes?: number;
  /** SHA-256, hex. */
  readonly sha256?: string;
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
  /** Facts, and beside them what they say in English. */
  readonly warnings: readonly (Warning & { readonly message: string; readonly advice?: string })[];
  /** Milliseconds spent in each stage. */
  readonly timings: Readonly<Partial<Record<Stage, number>>>;
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
    warnings: job.warnings.map(({ code, values }) => {
      const warning = { code, values } as Warning;
      const advice = ENGLISH_WORDS.advice(code);
      const message = ENGLISH_WORDS.warning(warning);
      return { ...warning, message, ...(advice === undefined ? {} : { advice }) };
    }),
    timings: job.timings,
  };
}
