import { EngineError } from "./errors.ts";

const FULL = new Set(["QuotaExceededError", "ENOSPC", "EDQUOT", "EFBIG"]);

/**
 * A storage's own error as an {@link EngineError}: no room as `storage/full`, anything else as `storage/failed`.
 * @param tried what was being done, as the start of a sentence ("Storing the job").
 */
export function storageError(error: unknown, tried: string): EngineError {
  if (error instanceof EngineError) return error;
  const { name, code, message } = (error ?? {}) as { name?: string; code?: unknown; message?: string };
  if (FULL.has(String(name)) || FULL.has(String(code))) {
    return new EngineError(
      "storage/full",
      `${tried} failed because there is no storage left. Delete finished jobs or free disk space and try again.`,
      { cause: error },
    );
  }
  return new EngineError("storage/failed", `${tried} failed: ${message ?? String(error)}`, { cause: error });
}

/** Whether a database failed because it holds no blobs, as in WebKit's private windows. */
export function refusesBlobs(error: unknown): boolean {
  return error instanceof DOMException && (error.name === "UnknownError" || error.name === "DataCloneError");
}
