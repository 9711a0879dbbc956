import type { MetadataTags } from "mediabunny";
import type { OutputFormat } from "../core/job.ts";

/**
 * Where such a picture comes from, in the words of the IPTC: a recording into which parts made by a trained
 * algorithm were set.
 * @see https://cv.iptc.org/newscodes/digitalsourcetype/compositeWithTrainedAlgorithmicMedia
 */
export const DIGITAL_SOURCE_TYPE =
  "http://cv.iptc.org/newscodes/digitalsourcetype/compositeWithTrainedAlgorithmicMedia";

/** The same for people who look at a file's properties. */
export const AI_MARK_COMMENT = "AI-made: Dudak moved the lips in this video to its voice.";

/** Identifier of XMP in a `uuid` box (XMP specification, part 3, MPEG-4). */
const XMP_UUID = [
  0xbe, 0x7a, 0xcf, 0xcb, 0x97, 0xa9, 0x42, 0xe8, 0x9c, 0x71, 0x99, 0x94, 0x91, 0xe3, 0xaf, 0xac,
];

const XMP = `<?xpacket begin="\uFEFF" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="" xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/" xmp:CreatorTool="Dudak" Iptc4xmpExt:DigitalSourceType="${DIGITAL_SOURCE_TYPE}"/></rdf:RDF></x:xmpmeta>
<?xpacket end="r"?>`;

/** The mark as tags: the comment, and in WebM, which has no place for XMP, the source type beside it. */
export function aiMarkTags(format: OutputFormat): MetadataTags {
  return {
    comment: AI_MARK_COMMENT,
    ...(format === "webm" ? { raw: { DIGITAL_SOURCE_TYPE } } : {}),
  };
}

/** The mark as an XMP packet in a `uuid` box, to be put behind everything else of an MP4. */
export function aiMarkBox(): Uint8Array<ArrayBuffer> {
  const packet = new TextEncoder().encode(XMP);
  const box = new Uint8Array(8 + XMP_UUID.length + packet.length);
  new DataView(box.buffer).setUint32(0, box.length);
  box.set(new TextEncoder().encode("uuid"), 4);
  box.set(XMP_UUID, 8);
  box.set(packet, 8 + XMP_UUID.length);
  return box;
}
