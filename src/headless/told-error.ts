import { EngineError, toEngineError, type ErrorCode } from "../job/errors.ts";
import type { FAILURES } from "./words/failures.ts";
import { inEnglish, sentence, type Sentence } from "./words/words.ts";

type FailureId = keyof typeof FAILURES;

/** A failure of this machine, with a sentence that the command line says in the user's language. */
export class ToldError extends EngineError {
  constructor(
    code: ErrorCode,
    readonly told: Sentence,
    options: ErrorOptions = {},
  ) {
    super(code, inEnglish(told), options);
  }
}

/** The error of a failure and what it is about. */
export function toldError<Id extends FailureId>(
  code: ErrorCode,
  cause: unknown,
  ...told: Parameters<typeof sentence<Id>>
): ToldError {
  return new ToldError(code, sentence<Id>(...told), { cause });
}

/**
 * Anything that was thrown as a failure of this machine: what the file system refused is told by its path, anything
 * else is `fallback`.
 */
export function machineError(error: unknown, fallback: ErrorCode = "internal/bug"): EngineError {
  const { code, path, syscall } = (error ?? {}) as NodeJS.ErrnoException;
  if (!(error instanceof EngineError) && code && path && syscall) {
    const full = code === "ENOSPC" || code === "EDQUOT";
    return toldError(full ? "storage/full" : "storage/failed", error, "host/path-unusable", { path, code });
  }
  return toEngineError(error, fallback);
}
