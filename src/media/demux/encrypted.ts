/** Sample entries of protected tracks: Common Encryption's and FairPlay's. */
const PROTECTED = ["encv", "enca", "drmi", "drms"];
const MAX_INDEX_BYTES = 64 * 1024 * 1024;

async function boxAt(file: Blob, at: number): Promise<{ name: string; size: number } | undefined> {
  const view = new DataView(await file.slice(at, at + 16).arrayBuffer());
  if (view.byteLength < 8) return undefined;
  const name = String.fromCharCode(view.getUint8(4), view.getUint8(5), view.getUint8(6), view.getUint8(7));
  const short = view.getUint32(0);
  if (short === 1) return view.byteLength === 16 ? { name, size: Number(view.getBigUint64(8)) } : undefined;
  return { name, size: short === 0 ? file.size - at : short };
}

/** Whether the bytes of an index, or of a stream's beginning, describe a protected track. */
export function namesProtectedTrack(bytes: Uint8Array): boolean {
  const text = new TextDecoder("latin1").decode(bytes);
  return text.includes("stsd") && PROTECTED.some((entry) => text.includes(entry));
}

/**
 * Whether the index of an MP4 or QuickTime file names a protected track; false for other containers.
 * @see ISO/IEC 23001-7 (Common Encryption), section 4.
 */
export async function isEncrypted(file: Blob): Promise<boolean> {
  for (let at = 0; at < file.size;) {
    const box = await boxAt(file, at);
    if (!box || box.size < 8 || !/^[\w ]{4}$/.test(box.name)) return false;
    if (box.name === "moov") {
      const index = await file.slice(at, at + Math.min(box.size, MAX_INDEX_BYTES)).arrayBuffer();
      return namesProtectedTrack(new Uint8Array(index));
    }
    at += box.size;
  }
  return false;
}
