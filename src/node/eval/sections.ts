import type { EvalSection } from "./section.ts";

/** All parts of `npm run eval`, in the order of the report. */
export const SECTIONS: readonly EvalSection[] = [];
