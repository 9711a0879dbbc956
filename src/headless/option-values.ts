import { readFileSync } from "node:fs";
import { usageError } from "./usage-error.ts";

/** The bytes of a file that an option names. @throws UsageError when it cannot be read. */
export function bytesOf(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    throw usageError("usage/file-unread", { file, code: (error as NodeJS.ErrnoException).code ?? "" });
  }
}

/** A whole number within limits. @throws UsageError. */
export function whole(
  text: string | undefined,
  option: string,
  min: number,
  max: number,
): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < min || value > max) {
    const limits = { least: String(min), most: String(max) };
    throw usageError("usage/whole-range", { option, ...limits, given: text });
  }
  return value;
}

/** The product, where there is a value. */
export function times(value: number | undefined, factor: number): number | undefined {
  return value === undefined ? undefined : value * factor;
}

/** One of the allowed words. @throws UsageError. */
export function oneOf<T extends string>(
  text: string | undefined,
  option: string,
  allowed: readonly T[],
): T | undefined {
  const found = allowed.find((value) => value === text);
  if (text !== undefined && !found)
    throw usageError("usage/one-of", { option, allowed: allowed.join(", "), given: text });
  return found;
}

/** The origin of an address. @throws UsageError. */
export function origin(text: string, option: string): string {
  try {
    return new URL(text).origin;
  } catch {
    throw usageError("usage/origin", { option, given: text });
  }
}
