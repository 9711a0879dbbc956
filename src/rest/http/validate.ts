import { warning, type Warning } from "../../job/warnings.ts";
import type { z } from "zod";
import type { WrongField } from "./answers.ts";

/** The checked value, or every wrong field. */
export type Checked<T> = { ok: true; value: T } | { ok: false; fields: WrongField[] };

/**
 * Checks a value by a schema.
 * @param root name of the value itself, for when it is wrong as a whole ("body").
 */
export function check<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
  root: string,
): Checked<z.output<Schema>> {
  const result = schema.safeParse(value);
  if (result.success) return { ok: true, value: result.data };
  const fields = result.error.issues.map((issue) => ({
    field: issue.path.length > 0 ? issue.path.map(String).join(".") : root,
    error: issue.message,
  }));
  return { ok: false, fields };
}

/** Warnings for the fields that the contract does not know; at most 20, each name cut at 60 characters. */
export function unknownFields(value: object, known: object, path: string): Warning[] {
  return Object.keys(value)
    .filter((name) => !Object.hasOwn(known, name))
    .slice(0, 20)
    .map((name) => warning("request/unknown-field", { field: path + name.slice(0, 60) }));
}

/** The object without fields that are null or empty: forms send them for "none". */
export function withoutEmpty(value: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(value).filter(([, field]) => field !== null && field !== ""));
}
