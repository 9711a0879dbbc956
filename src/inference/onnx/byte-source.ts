import { EngineError } from "../../job/errors.ts";

/** Bytes that are read piece by piece, so that a large file never lies in memory whole. */
export interface ByteSource {
  readonly size: number;
  /** Bytes `from` to `to` (excluded), fewer at the end; not to be written to. */
  read(from: number, to: number): Promise<Uint8Array>;
}

const PAGE = 1 << 18;

/** Reads a blob in pages of 256 KiB, keeping the last one. */
export function blobSource(blob: Blob): ByteSource {
  let pageStart = 0;
  let page = new Uint8Array(0);
  return {
    size: blob.size,
    async read(from, to) {
      const end = Math.min(to, blob.size);
      if (from < pageStart || end > pageStart + page.length) {
        const length = Math.max(PAGE, end - from);
        page = new Uint8Array(await blob.slice(from, from + length).arrayBuffer());
        pageStart = from;
      }
      return page.subarray(from - pageStart, Math.max(0, end - pageStart));
    },
  };
}

/** A field of a protocol-buffer message: a number, or where its bytes lie. */
export interface ProtoField {
  readonly number: number;
  /** Value of a varint field; 0 for the others. */
  readonly value: number;
  /** Offset of its number, before the content. */
  readonly head: number;
  /** Bounds of its content. */
  readonly start: number;
  readonly end: number;
  /** Whether the content is a message, text or packed list. */
  readonly hasBytes: boolean;
}

const damaged = () =>
  new EngineError("model/integrity", "The model file breaks off or is damaged. Download or export it again.");

function varint(bytes: Uint8Array, at: number): { value: number; next: number } {
  let value = 0;
  let factor = 1;
  for (let i = at; i < bytes.length && i < at + 10; i++) {
    value += (bytes[i]! & 0x7f) * factor;
    factor *= 128;
    if (bytes[i]! < 0x80) return { value, next: i + 1 };
  }
  throw damaged();
}

/**
 * The field whose number lies at the offset `at` of a message that goes to `end`.
 * @param head the message's bytes from there on, at least 20 or all.
 */
function fieldAt(head: Uint8Array, at: number, end: number): ProtoField {
  const key = varint(head, 0);
  const number = Math.floor(key.value / 8);
  const wire = key.value % 8;
  if (number < 1 || number > 1 << 20) throw damaged();
  const start = at + key.next;
  if (wire === 0) {
    const { value, next } = varint(head, key.next);
    return { number, value, head: at, start, end: at + next, hasBytes: false };
  }
  if (wire === 2) {
    const { value: length, next } = varint(head, key.next);
    const from = at + next;
    if (from + length > end) throw damaged();
    return { number, value: 0, head: at, start: from, end: from + length, hasBytes: true };
  }
  if (wire !== 1 && wire !== 5) throw damaged();
  const size = wire === 1 ? 8 : 4;
  if (start + size > end) throw damaged();
  return { number, value: 0, head: at, start, end: start + size, hasBytes: false };
}

/**
 * The fields of the message between two offsets, in order, without reading the bytes of those that have some.
 * @throws EngineError `model/integrity` when the bytes are no message.
 */
export async function* protoFields(
  source: ByteSource,
  start: number,
  end: number,
): AsyncGenerator<ProtoField> {
  for (let at = start; at < end;) {
    const field = fieldAt(await source.read(at, Math.min(at + 20, end)), at, end);
    yield field;
    at = field.end;
  }
}

/** The fields of a message whose bytes are all there, as {@link protoFields} gives them. */
export function* fieldsOf(
  bytes: Uint8Array,
  { start, end }: Pick<ProtoField, "start" | "end">,
): Generator<ProtoField> {
  for (let at = start; at < end;) {
    const field = fieldAt(bytes.subarray(at, Math.min(at + 20, end)), at, end);
    yield field;
    at = field.end;
  }
}

/** The text of a field. */
export async function fieldText(source: ByteSource, field: ProtoField): Promise<string> {
  return new TextDecoder().decode(await source.read(field.start, field.end));
}

/** Integers of a field that is written one by one or packed. */
export async function fieldInts(source: ByteSource, field: ProtoField): Promise<number[]> {
  return intsOf(field, field.hasBytes ? await source.read(field.start, field.end) : new Uint8Array(0));
}

/** Integers of a field. @param bytes its content. */
export function intsOf({ hasBytes, value }: ProtoField, bytes: Uint8Array): number[] {
  if (!hasBytes) return [value];
  const values: number[] = [];
  for (let at = 0; at < bytes.length;) {
    const { value: one, next } = varint(bytes, at);
    values.push(one);
    at = next;
  }
  return values;
}
