const HEADER_BYTES = 10;

/** Bytes of the ID3v2 tag before the first frame, which may hold a cover; 0 without one. @see ID3v2.4, section 3.1. */
export async function tagBytes(file: Blob): Promise<number> {
  const head = new Uint8Array(await file.slice(0, HEADER_BYTES).arrayBuffer());
  if (head.length < HEADER_BYTES || String.fromCharCode(...head.subarray(0, 3)) !== "ID3") return 0;
  return HEADER_BYTES + head.subarray(6, HEADER_BYTES).reduce((size, byte) => size * 128 + (byte & 127), 0);
}
