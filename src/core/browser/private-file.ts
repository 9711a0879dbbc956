/** What Chromium adds to the name of a file for the copy that it writes until the file is closed. */
const SWAP = ".crswap";

/** Whether files of the origin's private file system can be written from every kind of context. */
export function canWritePrivateFiles(): boolean {
  return typeof FileSystemFileHandle !== "undefined" && "createWritable" in FileSystemFileHandle.prototype;
}

/**
 * Opens a file of the origin's private file system for writing; what is written becomes the file when it is closed.
 * What a browser that was killed in mid-write left beside it is removed first.
 * @param folder where the file lies, or is made.
 */
export async function openPrivateFile(
  folder: FileSystemDirectoryHandle,
  name: string,
): Promise<FileSystemWritableFileStream> {
  await removeInterruptedWrite(folder, name);
  const handle = await folder.getFileHandle(name, { create: true });
  return handle.createWritable();
}

/** Removes what a browser that was killed while it wrote the file left beside it; never rejects. */
export async function removeInterruptedWrite(folder: FileSystemDirectoryHandle, name: string): Promise<void> {
  await folder.removeEntry(`${name}${SWAP}`).catch(() => undefined);
}
