import { readFileSync } from "node:fs";
import { UsageError } from "../../headless/exit-codes.ts";
import { LOG_LEVELS, type LogOptions } from "../observe/log.ts";

/** Options of every command that runs until it is told to stop. */
export const SERVICE_OPTIONS = {
  log: { type: "string" },
  "log-content": { type: "boolean" },
  drain: { type: "string" },
  json: { type: "boolean" },
  verbose: { type: "boolean" },
  help: { type: "boolean", short: "h" },
} as const;

/** What `--help` says of {@link SERVICE_OPTIONS}. */
export const SERVICE_HELP = `  --log LEVEL             debug, info, warn, error or silent; JSON lines on standard error (default: info, on a terminal warn)
  --log-content           also log addresses of media, prompts and error sentences
  --drain SECONDS         on SIGTERM, how long jobs may come to their end (default 25); SIGINT stops at once
  --json                  print what it does as JSON
  --verbose               print what the browser logs`;

/** The log that a command line asks for. */
export function logOptions(values: {
  log?: string | undefined;
  "log-content"?: boolean | undefined;
}): LogOptions {
  const level = oneOf(values.log, "--log", LOG_LEVELS) ?? (process.stderr.isTTY ? "warn" : "info");
  return { level, content: values["log-content"] ?? false };
}

/** The text of a file that holds a secret, without the line's end. @throws UsageError when it cannot be read. */
export function secretFrom(file: string): string {
  try {
    return readFileSync(file, "utf8").trim();
  } catch (error) {
    throw new UsageError(
      `The file ${file} could not be read (${(error as NodeJS.ErrnoException).code ?? ""}).`,
    );
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
    throw new UsageError(
      `${option} must be a whole number from ${String(min)} to ${String(max)}, not "${text}".`,
    );
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
    throw new UsageError(`${option} must be ${allowed.join(" or ")}, not "${text}".`);
  return found;
}

/** The origin of an address. @throws UsageError. */
export function origin(text: string, option: string): string {
  try {
    return new URL(text).origin;
  } catch {
    throw new UsageError(`${option} must be an origin like https://example.com, not "${text}".`);
  }
}
