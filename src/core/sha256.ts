import { sha256 as nobleSha256 } from "@noble/hashes/sha2.js";
import { bytesToHex } from "@noble/hashes/utils.js";

/** A SHA-256 that takes its bytes piece by piece, which the browser's own cannot. */
export interface Sha256 {
  add(bytes: Uint8Array): void;
  /** Lower-case hexadecimal; nothing can be added afterwards. */
  hex(): string;
}

/** Starts an empty {@link Sha256}. */
export function createSha256(): Sha256 {
  const hash = nobleSha256.create();
  return {
    add: (bytes) => void hash.update(bytes),
    hex: () => bytesToHex(hash.digest()),
  };
}

/** SHA-256 of bytes or of a text's UTF-8: by the browser, or where a page is not secure and it offers none, in JavaScript. */
export async function sha256(data: BufferSource | string): Promise<Uint8Array<ArrayBuffer>> {
  const source = typeof data === "string" ? new TextEncoder().encode(data) : data;
  const subtle = (globalThis.crypto as Crypto | undefined)?.subtle as SubtleCrypto | undefined;
  if (subtle) return new Uint8Array(await subtle.digest("SHA-256", source));
  const bytes = ArrayBuffer.isView(source)
    ? new Uint8Array(source.buffer, source.byteOffset, source.byteLength)
    : new Uint8Array(source);
  return nobleSha256(bytes);
}

/** {@link sha256} in lower-case hexadecimal. */
export async function sha256Hex(data: BufferSource | string): Promise<string> {
  return bytesToHex(await sha256(data));
}

/** Blobs up to this size are hashed at once, larger ones piece by piece to save memory. */
const AT_ONCE = 256 * 1024 ** 2;

/** SHA-256 of a blob in lower-case hexadecimal. */
export async function sha256OfBlob(blob: Blob): Promise<string> {
  if (blob.size <= AT_ONCE) return sha256Hex(await blob.arrayBuffer());
  const hash = createSha256();
  const piece = 4 * 1024 ** 2;
  for (let at = 0; at < blob.size; at += piece) {
    hash.add(new Uint8Array(await blob.slice(at, at + piece).arrayBuffer()));
  }
  return hash.hex();
}

/** SHA-256 of a stream's bytes in lower-case hexadecimal. */
export async function sha256OfStream(stream: ReadableStream<Uint8Array>): Promise<string> {
  const hash = createSha256();
  const reader = stream.getReader();
  for (let part = await reader.read(); !part.done; part = await reader.read()) hash.add(part.value);
  return hash.hex();
}
