import type { Checkpoint } from "../job/checkpoint.ts";
import { EngineError } from "../job/errors.ts";
import type { MediaStore } from "./store/media-store.ts";

/** A job's checkpoint as its runner holds it. */
export interface JobCheckpoint extends Checkpoint {
  /** Deletes what was saved. */
  clear(): Promise<void>;
  /** Waits for what is being saved; what comes later is refused, for the run is over and nobody would clear it away. */
  close(): Promise<void>;
}

/**
 * Keeps the pieces of one run of a job in the media store.
 * @param onFurther called when a piece has been saved that no earlier run had.
 */
export function createJobCheckpoint(
  media: MediaStore,
  jobId: string,
  onFurther: () => Promise<void>,
): JobCheckpoint {
  const part = (index: number) => `segment-${String(index)}`;
  const id = (index: number) => `${jobId}.${part(index)}`;
  let count: number | undefined;
  let highest = 0;
  let closed = false;
  let saving: Promise<void> = Promise.resolve();
  const load = async () => {
    const pieces: Blob[] = [];
    for (;;) {
      const file = await media.get(id(pieces.length));
      if (!file) break;
      pieces.push(await file.blob());
    }
    count = pieces.length;
    highest = Math.max(highest, count);
    return pieces;
  };
  /** The last first, so that a crash in between leaves no gap. */
  const cut = async (length: number) => {
    const present = count ?? (await load()).length;
    for (let later = present - 1; later >= length; later--) {
      await media.delete(id(later));
      count = later;
    }
  };
  const save = async (piece: Blob, index: number | undefined) => {
    if (closed) throw new EngineError("job/cancelled", "The run of the job is over; nothing more is kept.");
    const place = index ?? count ?? (await load()).length;
    await cut(place);
    await media.put(piece, { part: part(place), type: piece.type, owner: jobId });
    count = place + 1;
    if (count <= highest) return;
    highest = count;
    await onFurther();
  };
  return {
    load,
    save(piece, index) {
      const saved = saving.then(() => save(piece, index));
      saving = saved.catch(() => undefined);
      return saved;
    },
    clear: () => cut(0),
    close() {
      closed = true;
      return saving;
    },
  };
}
