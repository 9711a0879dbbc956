import { EngineError, throwIfCancelled } from "../../job/errors.ts";
import type { JobResult } from "../../job/job.ts";
import { storageError } from "../../job/storage-error.ts";
import { discardTemporaryOutput } from "../output.ts";
import type { OutputTarget, WrittenResult } from "./lip-sync-types.ts";

/**
 * Opens a target before a job, so that one which cannot be written does not cost a job.
 * @throws EngineError `input/field` when it is neither a stream nor a file handle, or a stream that somebody writes.
 */
export function checkTarget(target: OutputTarget): void {
  const writable = target instanceof WritableStream ? !target.locked : "createWritable" in target;
  if (writable) return;
  throw new EngineError(
    "input/field",
    "writeTo must be a WritableStream that nobody else writes, or a FileSystemFileHandle of a file that can be written.",
    { details: { field: "writeTo" } },
  );
}

/**
 * Pipes a finished video to its target and closes it; the temporary file behind the video is removed. A file gets its
 * new content when all of it is written, and keeps the old one otherwise.
 * @throws EngineError `storage/full`, `storage/failed`, `job/cancelled`.
 */
export async function writeOutput(
  result: JobResult,
  target: OutputTarget,
  signal: AbortSignal,
): Promise<WrittenResult> {
  const { output, ...facts } = result;
  try {
    throwIfCancelled(signal);
    const stream = target instanceof WritableStream ? target : await target.createWritable();
    await output.stream().pipeTo(stream, { signal });
  } catch (error) {
    throwIfCancelled(signal);
    throw storageError(error, "Writing the result");
  } finally {
    await discardTemporaryOutput(output).catch(() => undefined);
  }
  return { ...facts, output: null, type: output.type, bytes: output.size };
}

/** Tells the reader of a stream that a job failed and nothing comes; a file stays as it was. */
export async function abandonTarget(target: OutputTarget, reason: unknown): Promise<void> {
  if (target instanceof WritableStream && !target.locked) await target.abort(reason).catch(() => undefined);
}
