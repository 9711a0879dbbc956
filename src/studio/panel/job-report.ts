import { sha256OfBlob } from "../../core/sha256.ts";
import { mapMediaAsync } from "../../job/job-spec.ts";
import { loadReportWords } from "../../job/report/load-words.ts";
import { reportDocument, type ReportedFile } from "../../job/report/report-document.ts";
import { shortReport } from "../../job/report/short-report.ts";
import { reportPage } from "../../job/report/report-page.ts";
import { toWireNames } from "../../job/wire-names.ts";
import type { JobInput, JobRow } from "../../queue/job-row.ts";
import { getLocale } from "../localization.ts";
import type { StudioResult } from "../state/studio-state.ts";
import type { Queue } from "../state/queue.ts";

/** Name, size and hash of a job's input; the name alone of one that was deleted since. */
async function reported(queue: Queue, input: JobInput): Promise<ReportedFile> {
  if ("url" in input) return { name: input.url.slice(0, 200) };
  const file = await queue.file(input.file);
  if (!file) return { name: input.file };
  return { name: file.name, bytes: file.blob.size, sha256: await sha256OfBlob(file.blob) };
}

/**
 * What a person can read about a result: of the job as it was submitted, whatever was chosen since.
 * @param row the job that made the result.
 */
export async function jobReport(queue: Queue, result: StudioResult, row: JobRow): Promise<Blob> {
  const { output, report, warnings, seed, name, format } = result;
  const spec = await mapMediaAsync(row.spec, (input) => reported(queue, input));
  const document = reportDocument<ReportedFile>({
    ...{ spec, seed, report, warnings, timings: row.timings ?? {} },
    output: { name: `${name}.${format}`, bytes: output.size, sha256: await sha256OfBlob(output) },
    file: (file) => file,
  });
  return new Blob([reportPage(document, await loadReportWords(getLocale()))], { type: "text/html" });
}

/** The request that makes the result again, as the REST API takes it, with file names for media. */
export async function jobRecipe(queue: Queue, result: StudioResult, row: JobRow): Promise<Blob> {
  const spec = await mapMediaAsync(row.spec, async (input) =>
    "url" in input ? input.url : ((await queue.file(input.file))?.name ?? input.file),
  );
  const { model, formState, ...settings } = spec;
  const { report, warnings } = result;
  const recipe = {
    model,
    formState: toWireNames(formState),
    ...settings,
    report: shortReport(report),
    warnings,
  };
  return new Blob([JSON.stringify(recipe, null, 2)], { type: "application/json" });
}
