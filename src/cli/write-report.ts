import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { stat, writeFile } from "node:fs/promises";
import { basename } from "node:path";
import type { createEngineHost, HostRequest } from "../headless/engine-host.ts";
import { mediaOf } from "../job/job-spec.ts";
import type { JobResult } from "../job/job.ts";
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
 * @returns the page's path.
 */
export async function writeReport(
  host: Awaited<ReturnType<typeof createEngineHost>>,
  { outputPath: _, ...spec }: HostRequest,
  { seed, report, warnings, timings }: Omit<JobResult, "output">,
  outputPath: string,
): Promise<string> {
  const paths = [...mediaOf(spec).values()].map(({ path }) => path);
  const files = new Map(
    await Promise.all([...new Set(paths)].map(async (path) => [path, await reported(path)] as const)),
  );
  const video = host.server.offer(outputPath);
  try {
    const page = await host.page();
    const leftFrames = await page.evaluate(([url, facts]) => window.dudakHost.leftFrames(url, facts), [
      video.url,
      report,
    ] as const);
    const document = reportDocument<{ readonly path: string }>({
      ...{ spec, seed, report, warnings, timings, leftFrames },
      output: await reported(outputPath),
      file: ({ path }) => files.get(path)!,
    });
    const stem = outputPath.replace(/\.[^./\\]+$/, "");
    await writeFile(`${stem}.report.json`, `${JSON.stringify(document, null, 1)}\n`);
    await writeFile(`${stem}.report.html`, reportPage(document));
    return `${stem}.report.html`;
  } finally {
    video.close();
  }
}
