import { createKept } from "./kept.ts";
import type { JobOptions, Mode, StudioResult } from "./studio-state.ts";

/** What survives a reload: the user's own files and choices, and the last result. */
export interface Draft {
  readonly mode: Mode;
  readonly picture: File | null;
  readonly video: File | null;
  readonly chosenFace: number;
  readonly voices: readonly (File | null)[];
  readonly options: JobOptions;
  readonly result: Omit<StudioResult, "url" | "beforeUrl"> | null;
  /** The job in the queue that was under way when this was written. */
  readonly jobId: string | null;
}

/** The draft of the last visit. */
export const draft = createKept<Draft>("dudak-studio");
