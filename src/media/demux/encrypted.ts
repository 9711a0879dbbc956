import { boxesOf } from "./iso-boxes.ts";

/** Sample entries of protected tracks: Common Encryption's and FairPlay's. */
const PROTECTED = ["encv", "enca", "drmi", "drms"];
const MAX_INDEX_BYTES = 64 * 1024 * 1024;

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
  for await (const { name, begin, end } of boxesOf(file)) {
    if (name !== "moov") continue;
    const index = await file.slice(begin, Math.min(end, begin + MAX_INDEX_BYTES)).arrayBuffer();
    return namesProtectedTrack(new Uint8Array(index));
  }
  return false;
}
