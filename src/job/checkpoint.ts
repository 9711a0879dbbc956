/**
 * Finished pieces of an unfinished job. They survive a crash, in the order in which they were saved,
 * and are deleted when the job ends.
 */
export interface Checkpoint {
  /** What an earlier run saved. */
  load(): Promise<readonly Blob[]>;
  /**
   * Saves a piece, whole or not at all.
   * @param index its place: at most the number of pieces there are; later pieces are dropped. The end when absent.
   * @throws EngineError `storage/full`, `storage/failed`.
   */
  save(piece: Blob, index?: number): Promise<void>;
}
