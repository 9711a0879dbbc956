import { storedWarnings } from "../job/warnings.ts";
import { fromWireNames } from "../job/wire-names.ts";
import { ROW_FORM, type JobRow } from "./job-row.ts";

/** A row as some release stored it. */
type StoredRow = Readonly<Record<string, unknown>>;

/**
 * Steps from the first form of a row to the newest; step `i` takes a row of form `i + 1` to form `i + 2`.
 * Append only: a released step is never edited.
 */
export const ROW_STEPS: readonly ((row: StoredRow) => StoredRow)[] = [
  // One request in the place of a model, its inputs by the wire's names, its parameters and its seed.
  ({ model, inputs, parameters, seed, ...rest }) => ({
    ...rest,
    spec: { model, formState: fromWireNames({ ...(parameters as object), ...(inputs as object), seed }) },
  }),
  // Warnings as facts in the place of sentences.
  ({ warnings, ...rest }) => ({ ...rest, warnings: storedWarnings((warnings ?? []) as readonly string[]) }),
];

/** A stored row of any earlier release in today's form; rows without one are of the first. */
export function currentRow(stored: object): JobRow {
  const { form = 1 } = stored as { form?: number };
  if (form >= ROW_FORM) return stored as JobRow;
  const row = ROW_STEPS.slice(form - 1).reduce((before, step) => step(before), stored as StoredRow);
  return { ...row, form: ROW_FORM } as unknown as JobRow;
}
