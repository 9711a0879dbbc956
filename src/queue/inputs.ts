import { EngineError } from "../job/errors.ts";
import type { FetchMedia } from "../job/fetch-media.ts";
import type { JobInput, JobRow } from "./job-row.ts";
import type { JobStore } from "./store/job-store.ts";
import type { MediaFile, MediaStore } from "./store/media-store.ts";

/**
 * The files of a job's media. Addresses are fetched, stored and noted in the row, so a job that runs again
 * sees the same bytes.
 * @throws EngineError `input/fetch` or `input/missing`, naming the field.
 */
export async function resolveInputs(
  row: JobRow,
  deps: { store: JobStore; media: MediaStore; fetchMedia: FetchMedia; maxBytes: number },
  signal: AbortSignal,
): Promise<Record<string, MediaFile>> {
  const files: Record<string, MediaFile> = {};
  for (const [field, input] of Object.entries(row.inputs)) {
    try {
      files[field] = await resolve(field, input);
    } catch (error) {
      if (!(error instanceof EngineError) || !error.code.startsWith("input/")) throw error;
      throw new EngineError(error.code, `formState.${field}: ${error.message}`, { cause: error });
    }
  }
  return files;

  async function resolve(field: string, input: JobInput): Promise<MediaFile> {
    if ("file" in input) {
      const file = await deps.media.get(input.file);
      if (file) return file;
      throw new EngineError(
        "input/missing",
        "the uploaded file is gone. Upload it again and submit a new job.",
      );
    }
    const fetched = await deps.fetchMedia(input.url, signal);
    const { maxBytes } = deps;
    const file = await deps.media.put(fetched.body, { type: fetched.type, owner: row.id, maxBytes, signal });
    const noted = await deps.store.update(row.id, (current) =>
      current.state === "running"
        ? { ...current, inputs: { ...current.inputs, [field]: { file: file.id } } }
        : undefined,
    );
    if (!noted) await deps.media.delete(file.id);
    return file;
  }
}
