import { tellWarning } from "../job/sentences/english.ts";
import { shortReport } from "../job/report/short-report.ts";
import type { JobRow } from "../queue/job-row.ts";
import { outputAddress } from "./links.ts";
import type { JobView } from "./schemas.ts";

/**
 * A job as clients see it: the seven fields of the hosted API, then ours.
 * @param address of its result; with the lasting token when absent.
 */
export function jobView(row: JobRow, address: (row: JobRow) => string = tokenAddress): JobView {
  const status = row.state === "completed" || row.state === "failed" ? row.state : "processing";
  return {
    id: row.id,
    model: row.spec.model,
    status,
    output: row.output ? address(row) : null,
    error: row.error,
    executionTime: row.executionTime ?? null,
    timings: (row.timings as Record<string, number> | undefined) ?? null,
    progress: row.progress,
    stage: row.stage,
    warnings: row.warnings.map((warning) => tellWarning(warning).message),
    warningDetails: row.warnings.map(({ code, values }) => ({ code, values: { ...values } })),
    errorCode: row.errorCode ?? null,
    errorDetails: row.errorDetails ? { ...row.errorDetails } : null,
    seed: row.spec.formState.seed ?? 0,
    createdAt: new Date(row.createdAt).toISOString(),
    report: row.report ? shortReport(row.report) : null,
  };
}

function tokenAddress(row: JobRow): string {
  return outputAddress(row, { now: Date.now });
}
