const CAPTURE = [0x4f, 0x67, 0x67, 0x53]; // "OggS"
const TAIL_BYTES = 128 * 1024;
const BEGINNING_OF_STREAM = 2;

/** An Ogg page's header. @see RFC 3533, section 6. */
interface Page {
  readonly flags: number;
  readonly serial: number;
}

function pages(bytes: Uint8Array): Page[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const found: Page[] = [];
  for (let at = 0; at + 27 <= bytes.length; at++) {
    if (!CAPTURE.every((byte, i) => bytes[at + i] === byte) || bytes[at + 4] !== 0) continue;
    found.push({ flags: bytes[at + 5]!, serial: view.getUint32(at + 14, true) });
  }
  return found;
}

/**
 * Whether an Ogg file is several recordings one after another (a saved web radio, joined files), of which a reader of
 * one logical stream gives the first only: its last pages belong to streams that do not begin where the file begins.
 */
export async function isChainedOgg(file: Blob): Promise<boolean> {
  const head = new Uint8Array(await file.slice(0, TAIL_BYTES).arrayBuffer());
  if (!CAPTURE.every((byte, i) => head[i] === byte)) return false;
  const begun = new Set<number>();
  for (const { flags, serial } of pages(head)) {
    // Streams that belong together begin one after another, before any other page.
    if (!(flags & BEGINNING_OF_STREAM)) break;
    begun.add(serial);
  }
  const tail = new Uint8Array(await file.slice(Math.max(0, file.size - TAIL_BYTES)).arrayBuffer());
  return pages(tail).some(({ serial }) => !begun.has(serial));
}
