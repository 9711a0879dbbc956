const NOTE = "dudak-batch-unsent";

/** Whether the last visit ended before each job of a batch lay in the queue. */
export function batchIsUnsent(): boolean {
  try {
    return localStorage.getItem(NOTE) !== null;
  } catch {
    return false;
  }
}

/** Notes it; read when the studio opens, so that a batch's code is fetched only then. */
export function noteUnsent(unsent: boolean): void {
  try {
    if (unsent) localStorage.setItem(NOTE, "1");
    else localStorage.removeItem(NOTE);
  } catch {
    // The rest is then sent when the batch's sheet is opened.
  }
}
