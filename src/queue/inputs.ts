import { EngineError } from "../job/errors.ts";
import type { JobInput, JobRow } from "./job-row.ts";
import type { JobStore } from "./store/job-store.ts";
import type { MediaFile, MediaStore } from "./store/media-store.ts";

/** A medium fetched from its address. */
export interface FetchedMedia {
  readonly type: string;
  readonly body: ReadableStream<Uint8Array>;
}

/**
 * Fetches a medium, by the policy of the place: the gateway refuses private addresses, a page may reach only itself.
 * @throws EngineError `input/fetch`, `input/too-large`; its message reads on after the name of the field.
 */
export type FetchMedia = (url: string, signal: AbortSignal) => Promise<FetchedMedia>;

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
    const body = fetched.body.pipeThrough(refuseMarkup(input.url));
    const { maxBytes } = deps;
    const file = await deps.media.put(body, { type: fetched.type, owner: row.id, maxBytes, signal });
    const noted = await deps.store.update(row.id, (current) =>
      current.state === "running"
        ? { ...current, inputs: { ...current.inputs, [field]: { file: file.id } } }
        : undefined,
    );
    if (!noted) await deps.media.delete(file.id);
    return file;
  }
}

/** Breaks off when the first bytes are those of a web page instead of a medium. */
function refuseMarkup(url: string): TransformStream<Uint8Array, Uint8Array> {
  let first = true;
  return new TransformStream({
    transform(chunk, controller) {
      if (first) {
        first = false;
        const start = new TextDecoder("latin1").decode(chunk.subarray(0, 256)).trimStart().toLowerCase();
        if (start.startsWith("<!doctype html") || start.startsWith("<html")) {
          throw new EngineError(
            "input/fetch",
            `${url} answered with a web page instead of a media file. Use the address of the file itself.`,
          );
        }
      }
      controller.enqueue(chunk);
    },
  });
}
