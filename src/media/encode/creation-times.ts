import { EngineError } from "../../job/errors.ts";

/** A written file that can still be changed. */
export interface FileBytes {
  readonly size: number;
  read(position: number, length: number): Uint8Array<ArrayBuffer>;
  write(position: number, bytes: Uint8Array<ArrayBuffer>): void;
}

const PARENTS = new Set(["moov", "trak", "mdia"]);
/** Boxes that begin with a version, flags, a creation time and a modification time. */
const DATED = new Set(["mvhd", "tkhd", "mdhd"]);

/**
 * Clears the creation and modification times of an MP4, so that the same video is always the same file and does not
 * tell when it was made.
 * @see ISO/IEC 14496-12, 8.2.2: 0 stands for an unknown time.
 */
export function clearCreationTimes(file: FileBytes): void {
  const walk = (from: number, to: number) => {
    for (let at = from; at + 8 <= to;) {
      const head = file.read(at, 16);
      const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
      const type = String.fromCharCode(...head.subarray(4, 8));
      const small = view.getUint32(0);
      const size = small === 1 ? Number(view.getBigUint64(8)) : small === 0 ? to - at : small;
      if (size < 8) throw new EngineError("internal/bug", `The video has a box ${type} of ${size} bytes.`);
      const body = at + (small === 1 ? 16 : 8);
      if (PARENTS.has(type)) walk(body, at + size);
      else if (DATED.has(type)) {
        const version = file.read(body, 1)[0];
        file.write(body + 4, new Uint8Array(version === 1 ? 16 : 8));
      }
      if (type === "moov" && from === 0) return;
      at += size;
    }
  };
  walk(0, file.size);
}
