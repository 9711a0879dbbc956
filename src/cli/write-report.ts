import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { stat, writeFile } from "node:fs/promises";
import { basename } from "node:path";
import type { HostRequest } from "../headless/engine-host.ts";
import { mediaOf } from "../job/job-spec.ts";
import type { JobResult } from "../job/job.ts";
import type { Language } from "../job/sentences/languages.ts";
import { loadReportWords } from "../job/report/load-words.ts";
import { reportDocument, type ReportedFile } from "../job/report/report-document.ts";
import { reportPage } from "../job/report/report-page.ts";

/** Name, size and hash of a file, read as a stream. */
async function reported(path: string): Promise<ReportedFile> {
  const hash = createHash("sha256");
  for await (const part of createReadStream(path)) hash.update(part as Buffer);
  return { name: basename(path), bytes: (await stat(path)).size, sha256: hash.digest("hex") };
}

/**
 * Writes what a person can read about a finished job beside its video: `NAME.report.html`, and `NAME.report.json`.
 * @param language of the page; the JSON says everything in English, beside the facts.
 * @returns the page's path.
 */
export async function writeReport(
  { outputPath: _, ...spec }: HostRequest,
  { seed, report, warnings, timings }: Omit<JobResult, "output">,
  outputPath: string,
  language: Language,
): Promise<string> {
  const paths = [...mediaOf(spec).values()].map(({ path }) => path);
  const files = new Map(
    await Promise.all([...new Set(paths)].map(async (path) => [path, await reported(path)] as const)),
  );
  const document = reportDocument<{ readonly path: string }>({
    ...{ spec, seed, report, warnings, timings },
    output: await reported(outputPath),
    file: ({ path }) => files.get(path)!,
  });
  const stem = outputPath.replace(/\.[^./\\]+$/, "");
  await writeFile(`${stem}.report.json`, `${JSON.stringify(document, null, 1)}\n`);
  await writeFile(`${stem}.report.html`, reportPage(document, await loadReportWords(language)));
  return `${stem}.report.html`;
}
