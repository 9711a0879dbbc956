/**
 * Where such a picture comes from, in the words of the IPTC: a recording into which parts made by a trained
 * algorithm were set.
 * @see https://cv.iptc.org/newscodes/digitalsourcetype/compositeWithTrainedAlgorithmicMedia
 */
export const DIGITAL_SOURCE_TYPE =
  "http://cv.iptc.org/newscodes/digitalsourcetype/compositeWithTrainedAlgorithmicMedia";

/** The same for people who look at a file's properties. */
export const AI_MARK_COMMENT = "AI-made: Dudak moved the lips to the voice.";

/** The mark as an XMP packet. */
export const AI_MARK_XMP = `<?xpacket begin="\uFEFF" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="" xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/" xmp:CreatorTool="Dudak" Iptc4xmpExt:DigitalSourceType="${DIGITAL_SOURCE_TYPE}"/></rdf:RDF></x:xmpmeta>
<?xpacket end="r"?>`;

/** CRC-32 as PNG counts it (ISO 3309). */
function crc32(bytes: Uint8Array): number {
  let crc = ~0;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return ~crc >>> 0;
}

/** Length of a PNG's signature and its first chunk, behind which others may stand. */
const PNG_HEAD_BYTES = 33;

/** The same PNG with the mark as XMP in an `iTXt` chunk (XMP specification, part 3, PNG). */
export function markedPng(png: Blob): Blob {
  const text = new TextEncoder().encode(`iTXtXML:com.adobe.xmp\0\0\0\0\0${AI_MARK_XMP}`);
  const chunk = new Uint8Array(text.length + 8);
  const view = new DataView(chunk.buffer);
  view.setUint32(0, text.length - 4);
  chunk.set(text, 4);
  view.setUint32(text.length + 4, crc32(text));
  return new Blob([png.slice(0, PNG_HEAD_BYTES), chunk, png.slice(PNG_HEAD_BYTES)], { type: png.type });
}

/** The same GIF with the mark as a comment. */
export function markedGif(gif: Blob): Blob {
  const comment = new TextEncoder().encode(`${AI_MARK_COMMENT} ${DIGITAL_SOURCE_TYPE}`);
  // Introducer, label, length of the one block (below 256), end; all before the trailer, which is one byte.
  const block = new Uint8Array([0x21, 0xfe, comment.length, ...comment, 0]);
  return new Blob([gif.slice(0, -1), block, gif.slice(-1)], { type: gif.type });
}
