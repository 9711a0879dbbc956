let last: Promise<unknown> = Promise.resolve();

/**
 * Runs `work` when every earlier call has ended, in this thread. onnxruntime-web hangs for good when two of its
 * calls overlap, even on different sessions, so each `create`, `run` and `release` goes through here.
 * A failed call does not fail the next one.
 */
export function exclusively<T>(work: () => Promise<T>): Promise<T> {
  const result = last.then(work);
  last = result.catch(() => undefined);
  return result;
}
