import { EngineError } from "../job/errors.ts";
import type { FetchMedia } from "../job/fetch-media.ts";
import { mapMedia, mapMediaAsync, type JobSpec, type MediaField } from "../job/job-spec.ts";
import { wirePath } from "../job/wire-names.ts";
import type { JobInput, JobRow } from "./job-row.ts";
import type { JobTable } from "./store/job-store.ts";
import type { MediaFile, MediaStore } from "./store/media-store.ts";

/**
 * A job's request with its media as files, one after the other. Addresses are fetched, stored and noted in the row, so
 * a job that runs again sees the same bytes.
 * @throws EngineError `input/fetch` or `input/missing`, naming the field.
 */
export async function resolveInputs(
  row: JobRow,
  deps: { store: JobTable; media: MediaStore; fetchMedia: FetchMedia; maxBytes: number },
  signal: AbortSignal,
): Promise<JobSpec<MediaFile>> {
  let turn: Promise<unknown> = Promise.resolve();
  return mapMediaAsync(row.spec, (input, field) => {
    const file = turn.then(() => resolve(field, input));
    turn = file;
    return file;
  });

  async function resolve(field: MediaField, input: JobInput): Promise<MediaFile> {
    try {
      return await open(field, input);
    } catch (error) {
      if (!(error instanceof EngineError) || !error.code.startsWith("input/")) throw error;
      const { code, message, details } = error;
      throw new EngineError(code, `${wirePath(field)}: ${message}`, { cause: error, details });
    }
  }

  async function open(field: MediaField, input: JobInput): Promise<MediaFile> {
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
        ? {
            ...current,
            spec: mapMedia(current.spec, (other, place) => (place === field ? { file: file.id } : other)),
          }
        : undefined,
    );
    if (!noted) await deps.media.delete(file.id);
    return file;
  }
}
