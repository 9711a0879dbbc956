import { open, rename, rm } from "node:fs/promises";

/**
 * Writes a file whole or not at all: beside it first, flushed, then moved over it.
 * @throws the system's error; nothing is left behind then.
 */
export async function writeAtomically(path: string, text: string): Promise<void> {
  const beside = `${path}.${String(process.pid)}-${crypto.randomUUID().slice(0, 8)}.tmp`;
  try {
    const file = await open(beside, "wx", 0o600);
    try {
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(beside, path);
  } catch (error) {
    await rm(beside, { force: true });
    throw error;
  }
}
