/** What a picture file says about itself before it is decoded. */
export interface ImageHeader {
  /** Stored size in pixels, before the orientation is applied; absent where the format is not parsed. */
  readonly width?: number;
  readonly height?: number;
  /** EXIF orientation, 1 to 8. */
  readonly orientation: number;
  readonly animated: boolean;
  /** False when a JPEG's or PNG's end marker is missing. */
  readonly complete: boolean;
}

const PLAIN = { orientation: 1, animated: false, complete: true } as const;

function tag(view: DataView, at: number): string {
  return at + 4 <= view.byteLength
    ? String.fromCharCode(
        view.getUint8(at),
        view.getUint8(at + 1),
        view.getUint8(at + 2),
        view.getUint8(at + 3),
      )
    : "";
}

/** Orientation in a TIFF structure that starts at `start`; 1 when there is none. @see Exif 2.32, tag 0x0112. */
function tiffOrientation(view: DataView, start: number): number {
  const order = tag(view, start).slice(0, 2);
  const little = order === "II";
  if (!little && order !== "MM") return 1;
  const directory = start + view.getUint32(start + 4, little);
  if (directory + 2 > view.byteLength) return 1;
  const entries = view.getUint16(directory, little);
  for (let i = 0; i < entries; i++) {
    const entry = directory + 2 + i * 12;
    if (entry + 10 > view.byteLength) return 1;
    if (view.getUint16(entry, little) !== 0x0112) continue;
    const value = view.getUint16(entry + 8, little);
    return value >= 1 && value <= 8 ? value : 1;
  }
  return 1;
}

/** Where a scan's data ends: at the next marker that is no restart. @param at where they begin. */
function scanEnd(bytes: Uint8Array, at: number): number {
  for (
    let end = bytes.indexOf(0xff, at);
    end >= 0 && end + 1 < bytes.length;
    end = bytes.indexOf(0xff, end + 1)
  ) {
    const next = bytes[end + 1]!;
    if (next !== 0 && next !== 0xff && !(next >= 0xd0 && next <= 0xd7)) return end;
  }
  return bytes.length;
}

/**
 * Reads the segments up to the end of the picture; what lies behind it (further pictures, the film of a moving photo) and
 * inside its segments (a thumbnail with an end of its own) says nothing about it. @see ITU-T T.81, annex B.
 */
function jpegHeader(view: DataView): ImageHeader {
  const bytes = new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
  let header: ImageHeader = { orientation: 1, animated: false, complete: false };
  for (let at = 2; at + 1 < bytes.length;) {
    const marker = bytes[at + 1]!;
    if (bytes[at] !== 0xff || marker === 0xff) {
      at++;
      continue;
    }
    if (marker === 0xd9) return { ...header, complete: true };
    if (marker <= 0x01 || (marker >= 0xd0 && marker <= 0xd8)) {
      at += 2;
      continue;
    }
    const isFrame = marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;
    if (isFrame && header.width === undefined && at + 9 <= bytes.length) {
      header = { ...header, width: view.getUint16(at + 7), height: view.getUint16(at + 5) };
    }
    if (marker === 0xe1 && tag(view, at + 4) === "Exif" && at + 18 < bytes.length) {
      header = { ...header, orientation: tiffOrientation(view, at + 10) };
    }
    if (at + 4 > bytes.length) break;
    const next = at + 2 + view.getUint16(at + 2);
    at = marker === 0xda ? scanEnd(bytes, next) : next;
  }
  return header;
}

function pngHeader(view: DataView): ImageHeader {
  const size = { width: view.getUint32(16), height: view.getUint32(20) };
  let orientation = 1;
  let animated = false;
  let complete = false;
  for (let at = 8; at + 12 <= view.byteLength;) {
    const length = view.getUint32(at);
    const name = tag(view, at + 4);
    if (name === "acTL") animated = true;
    if (name === "eXIf" && at + 20 < view.byteLength) orientation = tiffOrientation(view, at + 8);
    if (name === "IEND") complete = true;
    at += 12 + length;
  }
  return { ...size, orientation, animated, complete };
}

function gifHeader(view: DataView): ImageHeader {
  const size = { width: view.getUint16(6, true), height: view.getUint16(8, true) };
  const table = (flags: number) => (flags & 0x80 ? 3 << ((flags & 7) + 1) : 0);
  const skipBlocks = (from: number) => {
    let at = from;
    while (at < view.byteLength && view.getUint8(at) !== 0) at += 1 + view.getUint8(at);
    return at + 1;
  };
  let frames = 0;
  let at = 13 + table(view.getUint8(10));
  while (at + 10 < view.byteLength && frames < 2) {
    const kind = view.getUint8(at);
    if (kind === 0x21) at = skipBlocks(at + 2);
    else if (kind === 0x2c) {
      frames++;
      at = skipBlocks(at + 10 + table(view.getUint8(at + 9)) + 1);
    } else break;
  }
  return { ...PLAIN, ...size, animated: frames > 1 };
}

function webpHeader(view: DataView): ImageHeader {
  const u24 = (at: number) => view.getUint16(at, true) + view.getUint8(at + 2) * 65536;
  const kind = tag(view, 12);
  if (kind === "VP8X") {
    const flags = view.getUint8(20);
    let orientation = 1;
    for (let at = 12; flags & 8 && at + 16 < view.byteLength;) {
      const length = view.getUint32(at + 4, true);
      if (tag(view, at) === "EXIF") {
        orientation = tiffOrientation(view, tag(view, at + 8) === "Exif" ? at + 14 : at + 8);
      }
      at += 8 + length + (length & 1);
    }
    return { ...PLAIN, width: u24(24) + 1, height: u24(27) + 1, orientation, animated: (flags & 2) !== 0 };
  }
  if (kind === "VP8L") {
    const bits = view.getUint32(21, true);
    return { ...PLAIN, width: (bits & 0x3fff) + 1, height: ((bits >>> 14) & 0x3fff) + 1 };
  }
  if (kind === "VP8 ") {
    return { ...PLAIN, width: view.getUint16(26, true) & 0x3fff, height: view.getUint16(28, true) & 0x3fff };
  }
  return PLAIN;
}

/** The largest `ispe` property of a HEIF or AVIF file is the picture's (others are thumbnails and tiles). */
function heifHeader(view: DataView): ImageHeader {
  const limit = Math.min(view.byteLength - 16, 65_536);
  let width = 0;
  let height = 0;
  for (let at = 8; at < limit; at++) {
    if (view.getUint8(at) !== 0x69 || tag(view, at) !== "ispe") continue;
    const [w, h] = [view.getUint32(at + 8), view.getUint32(at + 12)];
    if (w * h > width * height) [width, height] = [w, h];
  }
  const animated = tag(view, 8) === "avis";
  return width > 0 ? { ...PLAIN, width, height, animated } : { ...PLAIN, animated };
}

/**
 * Reads size, orientation and animation from a picture's own bytes; a format that is not known here
 * gives an orientation of 1 and no size, and counts as complete, for nobody here knows where it ends.
 */
export function readImageHeader(bytes: Uint8Array<ArrayBuffer>): ImageHeader {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  try {
    if (view.byteLength > 32) {
      const head = tag(view, 0);
      if (view.getUint16(0) === 0xffd8) return jpegHeader(view);
      if (head === "\x89PNG") return pngHeader(view);
      if (head === "GIF8") return gifHeader(view);
      if (head === "RIFF" && tag(view, 8) === "WEBP") return webpHeader(view);
      if (tag(view, 4) === "ftyp") return heifHeader(view);
      if (head.startsWith("BM")) {
        return { ...PLAIN, width: view.getInt32(18, true), height: Math.abs(view.getInt32(22, true)) };
      }
    }
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return { ...PLAIN, complete: false };
  }
  return PLAIN;
}
