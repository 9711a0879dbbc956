/** A box of an ISO media file: its kind, and where its content lies. */
interface Box {
  readonly kind: string;
  readonly from: number;
  readonly end: number;
}

const text = (view: DataView, at: number) =>
  String.fromCharCode(view.getUint8(at), view.getUint8(at + 1), view.getUint8(at + 2), view.getUint8(at + 3));

function boxesIn(view: DataView, from: number, end: number): Box[] {
  const boxes: Box[] = [];
  for (let at = from; at + 8 <= end;) {
    let size = view.getUint32(at);
    let head = 8;
    if (size === 1) [size, head] = [Number(view.getBigUint64(at + 8)), 16];
    if (size === 0) size = end - at;
    if (size < head || at + size > end) break;
    boxes.push({ kind: text(view, at + 4), from: at + head, end: at + size });
    at += size;
  }
  return boxes;
}

const named = (boxes: readonly Box[], kind: string) => boxes.find((box) => box.kind === kind);

/** Places of the properties of an item, from 1 on. @see ISO/IEC 23008-12, `ipma`. */
function propertiesOf(view: DataView, { from }: Box, item: number): number[] {
  const version = view.getUint8(from);
  const wide = (view.getUint8(from + 3) & 1) === 1;
  const entries = view.getUint32(from + 4);
  let at = from + 8;
  for (let i = 0; i < entries; i++) {
    const id = version < 1 ? view.getUint16(at) : view.getUint32(at);
    at += version < 1 ? 2 : 4;
    const count = view.getUint8(at++);
    const places = Array.from({ length: count }, (_, k) =>
      wide ? view.getUint16(at + 2 * k) & 0x7fff : view.getUint8(at + k) & 0x7f,
    );
    if (id === item) return places;
    at += count * (wide ? 2 : 1);
  }
  return [];
}

/** Display P3's red and green, adapted to D50. @see SMPTE EG 432-1. */
const P3_COLORANTS = [
  ["rXYZ", [0.5151, 0.2412, -0.0011]],
  ["gXYZ", [0.292, 0.6922, 0.0419]],
] as const;
const COLORANT_TOLERANCE = 0.01;

/** Whether an ICC profile's primaries are those of Display P3. @see ICC.1:2022, section 7. */
function isP3Profile(view: DataView, from: number): boolean {
  const tags = view.getUint32(from + 128);
  const found = new Map<string, number>();
  for (let i = 0; i < Math.min(tags, 100); i++) {
    const at = from + 132 + 12 * i;
    found.set(text(view, at), view.getUint32(at + 4));
  }
  return P3_COLORANTS.every(([tag, wanted]) => {
    const offset = found.get(tag);
    return (
      offset !== undefined &&
      wanted.every((value, k) => {
        const stored = view.getInt32(from + offset + 8 + 4 * k) / 65_536;
        return Math.abs(stored - value) < COLORANT_TOLERANCE;
      })
    );
  });
}

/** Numbers of P3's primaries in `nclx`. @see ITU-T H.273, table 2. */
const P3_PRIMARIES = [11, 12];

/** Whether the primary picture of a HEIF file is in Display P3, as those of phones are. */
export function hasDisplayP3(bytes: Uint8Array<ArrayBuffer>): boolean {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  try {
    const meta = named(boxesIn(view, 0, bytes.length), "meta");
    if (!meta) return false;
    const parts = boxesIn(view, meta.from + 4, meta.end);
    const [primary, properties] = [named(parts, "pitm"), named(parts, "iprp")];
    if (!primary || !properties) return false;
    const item =
      view.getUint8(primary.from) === 0 ? view.getUint16(primary.from + 4) : view.getUint32(primary.from + 4);
    const inside = boxesIn(view, properties.from, properties.end);
    const container = named(inside, "ipco");
    if (!container) return false;
    const all = boxesIn(view, container.from, container.end);
    const own = inside
      .filter(({ kind }) => kind === "ipma")
      .flatMap((associations) => propertiesOf(view, associations, item))
      .map((place) => all[place - 1]);
    return own.some((box) => {
      if (box?.kind !== "colr") return false;
      const kind = text(view, box.from);
      if (kind === "nclx") return P3_PRIMARIES.includes(view.getUint16(box.from + 4));
      return isP3Profile(view, box.from + 4);
    });
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}
