import { boxesOf } from "./iso-boxes.ts";

const OGG = [0x4f, 0x67, 0x67, 0x53] as const; // "OggS"
const EBML = [0x1a, 0x45, 0xdf, 0xa3] as const;
/** A FLAC's mark and its first block, of 34 bytes, which frames begin with by no chance. */
const FLAC_BLOCK = [0x66, 0x4c, 0x61, 0x43, 0x00, 0x00, 0x00, 0x22] as const;
const RIFF = [0x52, 0x49, 0x46, 0x46] as const;
const WAVE = [0x57, 0x41, 0x56, 0x45] as const;
const FTYP = [0x66, 0x74, 0x79, 0x70] as const;
const STEP_BYTES = 1024 * 1024;
/** A page's header, and as much of Matroska's as names the kind of document. */
const HEADER_BYTES = 64;
const BEGINNING_OF_STREAM = 2;

const standsAt = (bytes: Uint8Array, at: number, mark: readonly number[]) =>
  mark.every((byte, i) => bytes[at + i] === byte);

/** Places of a mark with the bytes from there on. Reads the file, a mebibyte at a time. */
async function* marks(file: Blob, mark: readonly number[]) {
  for (let from = 0; from < file.size; from += STEP_BYTES) {
    const bytes = new Uint8Array(await file.slice(from, from + STEP_BYTES + HEADER_BYTES).arrayBuffer());
    for (let at = bytes.indexOf(mark[0]!); at >= 0 && at < STEP_BYTES; at = bytes.indexOf(mark[0]!, at + 1)) {
      if (standsAt(bytes, at, mark))
        yield { place: from + at, header: bytes.subarray(at, at + HEADER_BYTES) };
    }
  }
}

/**
 * Where recordings begin in an Ogg file. Streams that belong together begin one after another, before any other page;
 * one that begins later, be it under the same number, is another recording. @see RFC 3533, sections 4 and 6.
 */
async function oggStarts(file: Blob): Promise<number[]> {
  const starts: number[] = [];
  let begun = true;
  for await (const { place, header } of marks(file, OGG)) {
    if (header[4] !== 0) continue;
    const begins = (header[5]! & BEGINNING_OF_STREAM) !== 0;
    if (begins && begun) starts.push(place);
    begun = !begins;
  }
  return starts;
}

/** An element of EBML: where its content begins and ends; no end where its writer did not know it. @see RFC 8794. */
function elementAt(header: Uint8Array, place: number, idBytes: number) {
  const lengthBytes = Math.clz32(header[idBytes] ?? 0) - 23;
  if (lengthBytes > 8) return { content: place, end: undefined };
  let size = (header[idBytes] ?? 0) & (0xff >> lengthBytes);
  let unknown = size === 0xff >> lengthBytes;
  for (const byte of header.subarray(idBytes + 1, idBytes + lengthBytes)) {
    size = size * 256 + byte;
    unknown &&= byte === 0xff;
  }
  const content = place + idBytes + lengthBytes;
  return { content, end: unknown ? undefined : content + size };
}

/**
 * Where recordings begin in a WebM or Matroska file: each has a header that names its kind. Segments that say how long
 * they are need not be read. @see RFC 8794, section 11.2, and RFC 9559, section 4.5.
 */
async function matroskaStarts(file: Blob): Promise<number[]> {
  const headerAt = async (place: number) =>
    new Uint8Array(await file.slice(place, place + HEADER_BYTES).arrayBuffer());
  const starts: number[] = [];
  for (let at = 0; at < file.size;) {
    const header = await headerAt(at);
    if (!standsAt(header, 0, EBML)) return starts;
    starts.push(at);
    const segmentAt = elementAt(header, at, 4).end;
    if (segmentAt === undefined) return starts;
    const { end } = elementAt(await headerAt(segmentAt), segmentAt, 4);
    const next = end ?? (await nextDocument(file, segmentAt));
    if (next === undefined) return starts;
    at = next;
  }
  return starts;
}

async function nextDocument(file: Blob, from: number): Promise<number | undefined> {
  for await (const { place, header } of marks(file.slice(from), EBML)) {
    if (/webm|matroska/.test(String.fromCharCode(...header))) return from + place;
  }
  return undefined;
}

/** Where recordings begin in an MP4 or QuickTime file: each begins with its type. @see ISO/IEC 14496-12, section 4.3. */
async function isoStarts(file: Blob): Promise<number[]> {
  const starts: number[] = [];
  for await (const { name, begin } of boxesOf(file)) if (name === "ftyp") starts.push(begin);
  return starts;
}

/** Where recordings begin in a FLAC file: each has a header of its own. @see RFC 9639, section 8. */
async function flacStarts(file: Blob): Promise<number[]> {
  const starts: number[] = [];
  for await (const { place } of marks(file, FLAC_BLOCK)) starts.push(place);
  return starts;
}

/** Where recordings begin in a WAV file: behind the bytes that the one before says it has. */
async function wavStarts(file: Blob): Promise<number[]> {
  const starts: number[] = [];
  for (let at = 0; at + 12 <= file.size;) {
    const view = new DataView(await file.slice(at, at + 12).arrayBuffer());
    if (!isWav(new Uint8Array(view.buffer))) break;
    starts.push(at);
    const size = view.getUint32(4, true);
    at += 8 + size + (size & 1);
  }
  return starts;
}

const isWav = (bytes: Uint8Array) => standsAt(bytes, 0, RIFF) && standsAt(bytes, 8, WAVE);

const isIso = (bytes: Uint8Array) => standsAt(bytes, 4, FTYP);

/**
 * The recordings of an Ogg, Matroska (WebM), MP4, FLAC or WAV file that holds several, one after another (a saved web
 * radio, pieces of a recorder or a stream in one file), of which readers give the first only, or all at the same time, or
 * all by the first one's settings; the file alone where it holds one.
 */
export async function recordingsIn(file: Blob): Promise<readonly [Blob, ...Blob[]]> {
  const head = new Uint8Array(await file.slice(0, 12).arrayBuffer());
  const find = standsAt(head, 0, OGG)
    ? oggStarts
    : standsAt(head, 0, EBML)
      ? matroskaStarts
      : isIso(head)
        ? isoStarts
        : standsAt(head, 0, FLAC_BLOCK)
          ? flacStarts
          : isWav(head)
            ? wavStarts
            : undefined;
  const starts = (await find?.(file)) ?? [];
  if (starts.length < 2) return [file];
  const [first, ...others] = starts.map((start, i) =>
    file.slice(i === 0 ? 0 : start, starts[i + 1] ?? file.size),
  );
  return [first!, ...others];
}
