import { sha256OfStream } from "../core/sha256.ts";
import { reportDocument, type ReportedFile } from "../job/report/report-document.ts";
import { reportPage } from "../job/report/report-page.ts";
import { chooseLanguage } from "../job/sentences/languages.ts";
import type { JobInput, JobRow } from "../queue/job-row.ts";
import type { MediaFile } from "../queue/store/media-store.ts";
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

async function described(file: MediaFile, name: string): Promise<ReportedFile> {
  return { name, bytes: file.size, sha256: await sha256OfStream(file.stream()) };
}

/** What is known of a job's media, by where they lie; read one after the other. */
async function filesOf(row: JobRow, { media }: FullDeps): Promise<Map<JobInput, ReportedFile>> {
  const found = new Map<JobInput, ReportedFile>();
  for (const input of mediaOf(row.spec).values()) {
    const file = "file" in input ? await media.get(input.file) : undefined;
    const name = "url" in input ? nameOf(input.url) : (file?.name ?? input.file);
    found.set(input, file ? await described(file, name) : { name });
  }
  return found;
}

/** The tags of an `Accept-Language` header, the most wanted first (RFC 9110 §12.5.4). */
function acceptedLanguages(header: string | null): string[] {
  const ranges = (header ?? "").split(",").map((range) => {
    const [tag = "", weight = ""] = range.split(";");
    return { tag: tag.trim(), weight: Number(/q=\s*([\d.]+)/.exec(weight)?.[1] ?? 1) };
  });
  return ranges
    .filter(({ weight }) => weight > 0)
    .sort((a, b) => b.weight - a.weight)
    .map(({ tag }) => tag);
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
  const { media, reportWords } = call.deps;
  const files = await filesOf(row, call.deps);
  const video = await media.get(output.file);
  const extension = output.type.includes("webm") ? "webm" : "mp4";
  const name = `${spec.model}-${row.id.slice(0, 8)}.${extension}`;
  const document = reportDocument<JobInput>({
    ...{ spec, report, warnings, timings },
    seed: spec.formState.seed ?? 0,
    output: video ? await described(video, name) : { name, bytes: output.size },
    file: (input) => files.get(input)!,
  });
  if (checked.value.format === "json") return json(document);
  const asked = checked.value.language;
  const words = await reportWords(
    chooseLanguage(
      asked === undefined ? acceptedLanguages(call.request.headers.get("Accept-Language")) : [asked],
    ),
  );
  return new Response(reportPage(document, words), {
    headers: {
      "Content-Language": words.language,
      Vary: "Accept-Language",
      "Content-Type": "text/html; charset=utf-8",
      "Cache-Control": "no-store",
      // Its words come from whoever made the job; nothing of them may run here.
      "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox",
      "X-Content-Type-Options": "nosniff",
    },
  });
}
