import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex } from "@noble/hashes/utils.js";

/** A SHA-256 that takes its bytes piece by piece, which the browser's own cannot. */
export interface Sha256 {
  add(bytes: Uint8Array): void;
  /** Lower-case hexadecimal; nothing can be added afterwards. */
  hex(): string;
}

/** Starts an empty {@link Sha256}. */
export function createSha256(): Sha256 {
  const hash = sha256.create();
  return {
    add: (bytes) => void hash.update(bytes),
    hex: () => bytesToHex(hash.digest()),
  };
}
