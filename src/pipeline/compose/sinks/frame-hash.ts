import { bytesToHex } from "@noble/hashes/utils.js";
import { sha256 } from "../../../core/sha256.ts";
import type { Picture } from "../../../media/planes/picture.ts";

/** A running SHA-256 over frames, their pixels or planes: `h = SHA-256(h || SHA-256(frame))`, so no two frames are ever held. */
export interface FrameHash {
  add(frame: Picture): Promise<void>;
  /** What a hash of the same frames can go on from. */
  state(): Uint8Array<ArrayBuffer>;
  /** Lower-case hexadecimal. */
  hex(): string;
}

/** Starts a {@link FrameHash}, or goes on from another one's state. */
export function createFrameHash(from?: Uint8Array): FrameHash {
  let state = from ? new Uint8Array(from) : new Uint8Array(32);
  return {
    state: () => state.slice(),
    async add(frame) {
      const digest = await sha256(frame.data);
      const joined = new Uint8Array(64);
      joined.set(state);
      joined.set(digest, 32);
      state = await sha256(joined);
    },
    hex: () => bytesToHex(state),
  };
}
