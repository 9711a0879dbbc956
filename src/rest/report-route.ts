import { reportDocument, type ReportedFile } from "../job/report/report-document.ts";
import { reportPage } from "../job/report/report-page.ts";
import type { JobInput, JobRow } from "../queue/job-row.ts";
import { mediaOf } from "../job/job-spec.ts";
import type { Call, FullDeps } from "./api-deps.ts";
import { json, refuse, refuseFields } from "./http/answers.ts";
import { check } from "./http/validate.ts";
import { findJob } from "./job-routes.ts";
import { ReportQuery } from "./schemas.ts";

/** The last part of an address, without what may be secret in its query. */
function nameOf(url: string): string {
  if (url.startsWith("data:")) return "data";
  try {
    return decodeURIComponent(new URL(url, "http://local").pathname.split("/").at(-1) ?? "") || url;
  } catch {
    return "a file";
  }
}

/** What is known of a job's media, by where they lie. */
async function filesOf(row: JobRow, { media }: FullDeps): Promise<Map<JobInput, ReportedFile>> {
  const describe = async (input: JobInput): Promise<ReportedFile> => {
    if ("url" in input) return { name: nameOf(input.url) };
    const file = await media.get(input.file).catch(() => undefined);
    return { name: file?.name ?? input.file, ...(file ? { bytes: file.size } : {}) };
  };
  const inputs = [...mediaOf(row.spec).values()];
  return new Map(await Promise.all(inputs.map(async (input) => [input, await describe(input)] as const)));
}

/** `GET /jobs/{id}/report`: a page about the result, or its JSON. */
export async function getReport(call: Call): Promise<Response> {
  const checked = check(ReportQuery, Object.fromEntries(call.url.searchParams), "query");
  if (!checked.ok) return refuseFields(checked.fields);
  const row = await findJob(call);
  const { output, report, spec, warnings, timings = {} } = row;
  if (!output || !report) {
    const why = row.state === "failed" ? `failed: ${row.error}` : "is not finished yet; ask again later.";
    return refuse("job/conflict", `Job ${row.id} ${why}`);
  }
  const files = await filesOf(row, call.deps);
  const extension = output.type.includes("webm") ? "webm" : "mp4";
  const document = reportDocument<JobInput>({
    ...{ spec, report, warnings, timings },
    seed: spec.formState.seed ?? 0,
    output: { name: `${spec.model}-${row.id.slice(0, 8)}.${extension}`, bytes: output.size },
    file: (input) => files.get(input)!,
  });
  if (checked.value.format === "json") return json(document);
  return new Response(reportPage(document), {
    headers: {
      "Content-Type": "text/html; charset=utf-8",
      "Cache-Control": "no-store",
      // Its words come from whoever made the job; nothing of them may run here.
      "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox",
      "X-Content-Type-Options": "nosniff",
    },
  });
}
