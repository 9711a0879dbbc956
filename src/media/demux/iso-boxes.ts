/** A box of an MP4 or QuickTime file; places count from where its file or its bytes begin. */
export interface IsoBox {
  readonly name: string;
  readonly begin: number;
  /** Where what it holds begins. */
  readonly content: number;
  /** Where it ends by its own account. */
  readonly end: number;
}

/** Bytes of a box's head where its size takes eight of them. */
export const LONGEST_HEAD = 16;

/** Of a file, so many boxes are looked at: two for each of an hour's fragments of one frame at 25 a second. */
const MOST_BOXES = 200_000;
/** QuickTime's names also hold a copyright sign. */
const NAME = /^[\x20-\x7e\xa9]{4}$/;

/** @param to where the box ends that says 0: up to the end. @returns undefined where there is no box's head. */
function headOf(view: DataView, at: number, begin: number, to: number): IsoBox | undefined {
  if (at + 8 > view.byteLength) return undefined;
  const name = String.fromCharCode(...[4, 5, 6, 7].map((k) => view.getUint8(at + k)));
  const short = view.getUint32(at);
  const long = short === 1;
  if (long && at + LONGEST_HEAD > view.byteLength) return undefined;
  const size = long ? Number(view.getBigUint64(at + 8)) : short === 0 ? to - begin : short;
  const head = long ? LONGEST_HEAD : 8;
  return size < head ? undefined : { name, begin, content: begin + head, end: begin + size };
}

/** The boxes between two places of bytes, as far as they are boxes; the last may end beyond. */
export function* boxesIn(view: DataView, from: number, to: number): Generator<IsoBox> {
  for (let at = from; at + 8 <= to;) {
    const box = headOf(view, at, at, to);
    if (!box) return;
    yield box;
    at = box.end;
  }
}

/**
 * The boxes of a file that lie in no other, as far as they are boxes: of each only its head is read.
 * @see ISO/IEC 14496-12, section 4.2.
 */
export async function* boxesOf(file: Blob): AsyncGenerator<IsoBox> {
  for (let [at, count] = [0, 0]; at + 8 <= file.size && count < MOST_BOXES; count++) {
    const view = new DataView(await file.slice(at, at + LONGEST_HEAD).arrayBuffer());
    const box = headOf(view, 0, at, file.size);
    if (!box || !NAME.test(box.name)) return;
    yield box;
    at = box.end;
  }
}
