import type { JobReport } from "../job.ts";

/** A job's report without its pictures. */
export function withoutPictures({ leftFrames: _, ...report }: JobReport): Omit<JobReport, "leftFrames"> {
  return report;
}

/** A job's report without its pictures and what is along the time, which would make every answer long. */
export function shortReport({
  leftFrames: _,
  timeline: __,
  ...report
}: JobReport): Omit<JobReport, "leftFrames" | "timeline"> {
  return report;
}
