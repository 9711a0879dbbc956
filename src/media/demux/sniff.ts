/** What the first bytes of a file look like, in words for an error message, and its broad kind. */
export interface Looks {
  readonly kind: "image" | "audio" | "video" | "text" | "document" | "unknown" | "empty";
  /** With its article: "a PNG picture", "a text file". */
  readonly words: string;
}

const looks = (kind: Looks["kind"], words: string): Looks => ({ kind, words });

function ascii(bytes: Uint8Array, from: number, length: number): string {
  return String.fromCharCode(...bytes.subarray(from, from + length));
}

function isoBrand(brand: string): Looks {
  if (/^(heic|heix|heim|heis|hevc|hevx|mif1|msf1)$/.test(brand)) return looks("image", "a HEIC picture");
  if (/^avi[fs]$/.test(brand)) return looks("image", "an AVIF picture");
  if (/^(M4A|M4B|F4A)/.test(brand)) return looks("audio", "an M4A sound");
  if (brand === "qt  ") return looks("video", "a QuickTime video");
  return looks("video", "an MP4 video");
}

function textual(bytes: Uint8Array): Looks | undefined {
  const start = bytes.subarray(0, 512);
  if (start.some((byte) => byte < 9 || (byte > 13 && byte < 32 && byte !== 27))) return undefined;
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true })
      .decode(start, { stream: true })
      .trimStart()
      .toLowerCase();
  } catch {
    return undefined;
  }
  if (text.startsWith("<svg") || (text.startsWith("<?xml") && text.includes("<svg"))) {
    return looks("document", "an SVG drawing");
  }
  if (text.startsWith("<!doctype html") || text.startsWith("<html")) return looks("text", "a web page");
  return looks("text", "a text file");
}

/**
 * Recognises a file by its content.
 * @param bytes the first bytes of the file, 512 or more where there are as many.
 */
export function sniff(bytes: Uint8Array): Looks {
  if (bytes.length === 0) return looks("empty", "an empty file");
  const head4 = ascii(bytes, 0, 4);
  const at8 = ascii(bytes, 8, 4);
  if (head4 === "\x89PNG") return looks("image", "a PNG picture");
  if (bytes[0] === 0xff && bytes[1] === 0xd8 && bytes[2] === 0xff) return looks("image", "a JPEG picture");
  if (head4 === "GIF8") return looks("image", "a GIF picture");
  if (head4 === "RIFF" && at8 === "WEBP") return looks("image", "a WebP picture");
  if (head4 === "RIFF" && at8 === "WAVE") return looks("audio", "a WAV sound");
  if (head4 === "RIFF" && at8 === "AVI ") return looks("video", "an AVI video");
  if (ascii(bytes, 4, 4) === "ftyp") return isoBrand(at8);
  if (/^(moov|mdat|wide|free|skip|moof|styp)$/.test(ascii(bytes, 4, 4)))
    return looks("video", "a QuickTime video");
  if (head4 === "II*\0" || head4 === "MM\0*") return looks("image", "a TIFF picture");
  if (head4.startsWith("BM") && bytes.length > 26) return looks("image", "a BMP picture");
  if (head4 === "\0\0\x01\0") return looks("image", "an icon");
  if (head4 === "\x1aE\xdf\xa3") return looks("video", "a Matroska or WebM video");
  if (head4 === "OggS") {
    // Every stream's first page stands at the file's beginning.
    const theora = ascii(bytes, 0, bytes.length).includes("\x80theora");
    return theora ? looks("video", "an Ogg video") : looks("audio", "an Ogg sound");
  }
  if (head4 === "fLaC") return looks("audio", "a FLAC sound");
  if (head4.startsWith("ID3") || (bytes[0] === 0xff && (bytes[1]! & 0xe0) === 0xe0)) {
    return looks("audio", "an MP3 or AAC sound");
  }
  if (head4 === "FORM" && at8.startsWith("AIF")) return looks("audio", "an AIFF sound");
  if (head4.startsWith("#!AM")) return looks("audio", "an AMR sound");
  if (head4.startsWith("FLV")) return looks("video", "a Flash video");
  if (head4 === "0&\xb2u") return looks("video", "a Windows Media file");
  if (bytes[0] === 0x47 && bytes[188] === 0x47) return looks("video", "an MPEG transport stream");
  if (head4 === "%PDF") return looks("document", "a PDF document");
  if (head4 === "PK\x03\x04") return looks("document", "a ZIP archive or an office document");
  return textual(bytes) ?? looks("unknown", "a file of an unknown kind");
}

/** The looks of a blob; a blob that cannot be read throws the browser's own error. */
export async function sniffBlob(file: Blob): Promise<Looks> {
  return sniff(new Uint8Array(await file.slice(0, 1024).arrayBuffer()));
}
