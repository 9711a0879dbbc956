import type { JobSettings } from "../job/job-spec.ts";
import type { RecordTable } from "../queue/store/record-table.ts";

/** What a request that leaves settings open gets at its submission; media by address. */
export type JobDefaults = JobSettings<string>;

interface DefaultsRow {
  readonly id: string;
  readonly settings: JobDefaults;
}

const ROW = "job-defaults";

/** An origin's defaults, as its pages set them and its service worker reads them. */
export function createJobDefaults(table: RecordTable<DefaultsRow>) {
  return {
    read: async (): Promise<JobDefaults> => (await table.get(ROW))?.settings ?? {},
    write: (settings: JobDefaults): Promise<void> => table.put({ id: ROW, settings }),
  };
}
