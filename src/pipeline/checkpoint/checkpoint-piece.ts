import { sha256, sha256Hex } from "../../core/sha256.ts";

type Numbers =
  | Uint8Array
  | Uint8ClampedArray
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | Float32Array
  | Float64Array;

const TYPES = {
  Uint8Array,
  Uint8ClampedArray,
  Int16Array,
  Uint16Array,
  Int32Array,
  Uint32Array,
  Float32Array,
  Float64Array,
} as const;

/** Where an array lies among the bytes after the head. */
interface ArrayPlace {
  readonly type: keyof typeof TYPES;
  readonly length: number;
  readonly sha256: string;
}

/** What stands before the arrays. */
interface Head {
  readonly fingerprint: string;
  /** The value, with `{ "$array": n }` for its n-th array. */
  readonly value: unknown;
  readonly arrays: readonly ArrayPlace[];
}

const MAGIC = "DUDAKCP1";
/** Bytes before the head: magic, length of the head, SHA-256 of the head. */
const PREFIX_BYTES = 8 + 4 + 32;

function isNumbers(value: unknown): value is Numbers & { readonly buffer: ArrayBuffer } {
  return ArrayBuffer.isView(value) && !(value instanceof DataView);
}

/**
 * Plain data with typed arrays as one file, in which damage is found when it is read.
 * @param fingerprint of everything that the data depends on; only a reader with the same one gets the data.
 */
export async function writePiece(fingerprint: string, value: unknown): Promise<Blob> {
  const found: (Numbers & { readonly buffer: ArrayBuffer })[] = [];
  const text = JSON.stringify(value, (_key, part: unknown) =>
    isNumbers(part) ? { $array: found.push(part) - 1 } : part,
  );
  const arrays: ArrayPlace[] = [];
  for (const array of found) {
    const type = array.constructor.name as ArrayPlace["type"];
    arrays.push({ type, length: array.length, sha256: await sha256Hex(array) });
  }
  const head: Head = { fingerprint, value: JSON.parse(text) as unknown, arrays };
  const bytes = new TextEncoder().encode(JSON.stringify(head));
  const prefix = new Uint8Array(PREFIX_BYTES);
  prefix.set(new TextEncoder().encode(MAGIC));
  new DataView(prefix.buffer).setUint32(8, bytes.length);
  prefix.set(await sha256(bytes), 12);
  return new Blob([prefix, bytes, ...found], { type: "application/octet-stream" });
}

/**
 * Reads what {@link writePiece} wrote.
 * @returns undefined when the file is damaged, of another version or of another fingerprint.
 */
export async function readPiece(piece: Blob, fingerprint: string): Promise<unknown> {
  try {
    return await read(piece, fingerprint);
  } catch {
    // The storage has lost the file, or its text is no JSON: to the reader that is damage, too.
    return undefined;
  }
}

async function read(piece: Blob, fingerprint: string): Promise<unknown> {
  const prefix = new Uint8Array(await piece.slice(0, PREFIX_BYTES).arrayBuffer());
  if (prefix.length < PREFIX_BYTES || new TextDecoder().decode(prefix.subarray(0, 8)) !== MAGIC)
    return undefined;
  const length = new DataView(prefix.buffer).getUint32(8);
  const bytes = await piece.slice(PREFIX_BYTES, PREFIX_BYTES + length).arrayBuffer();
  if (bytes.byteLength !== length) return undefined;
  const digest = await sha256(bytes);
  if (digest.some((byte, i) => byte !== prefix[12 + i])) return undefined;
  const head = JSON.parse(new TextDecoder().decode(bytes)) as Head;
  if (head.fingerprint !== fingerprint) return undefined;
  const arrays: Numbers[] = [];
  let at = PREFIX_BYTES + length;
  for (const place of head.arrays) {
    const Type = TYPES[place.type];
    const end = at + place.length * Type.BYTES_PER_ELEMENT;
    const buffer = await piece.slice(at, end).arrayBuffer();
    if (buffer.byteLength !== end - at || (await sha256Hex(buffer)) !== place.sha256) return undefined;
    arrays.push(new Type(buffer));
    at = end;
  }
  return restore(head.value, arrays);
}

function restore(value: unknown, arrays: readonly Numbers[]): unknown {
  if (Array.isArray(value)) return value.map((part) => restore(part, arrays));
  if (typeof value !== "object" || value === null) return value;
  if ("$array" in value) return arrays[value.$array as number];
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, restore(part, arrays)]));
}
