const CAPTURE = [0x4f, 0x67, 0x67, 0x53] as const; // "OggS"
const STEP_BYTES = 1024 * 1024;
const HEADER_BYTES = 27;
const BEGINNING_OF_STREAM = 2;

/** The flags of the pages whose headers lie in some bytes. @see RFC 3533, section 6. */
function* pageFlags(bytes: Uint8Array): Generator<number> {
  for (let at = bytes.indexOf(CAPTURE[0]); at >= 0; at = bytes.indexOf(CAPTURE[0], at + 1)) {
    if (at + HEADER_BYTES > bytes.length) return;
    if (CAPTURE.every((byte, i) => bytes[at + i] === byte) && bytes[at + 4] === 0) yield bytes[at + 5]!;
  }
}

/**
 * Whether an Ogg file is several recordings one after another (a saved web radio, joined files), of which a reader of
 * one logical stream gives the first only. Streams that belong together begin one after another, before any other
 * page; one that begins later, be it under the same number, is another recording. Reads the file, a mebibyte at a time.
 */
export async function isChainedOgg(file: Blob): Promise<boolean> {
  let begun = false;
  for (let from = 0; from < file.size; from += STEP_BYTES - HEADER_BYTES) {
    const bytes = new Uint8Array(await file.slice(from, from + STEP_BYTES).arrayBuffer());
    if (from === 0 && !CAPTURE.every((byte, i) => bytes[i] === byte)) return false;
    for (const flags of pageFlags(bytes)) {
      if (!(flags & BEGINNING_OF_STREAM)) begun = true;
      else if (begun) return true;
    }
  }
  return false;
}
