/** Empties the queue's storage of this origin; what has it open is closed before. */
export async function forgetStorage(): Promise<void> {
  // The rows' second copy would fill the database again.
  const root = await navigator.storage.getDirectory();
  for (const name of ["dudak-media", "dudak-mirror"]) {
    await root.removeEntry(name, { recursive: true }).catch(() => undefined);
  }
  indexedDB.deleteDatabase("dudak");
}
