import type { MetadataTags } from "mediabunny";
import { AI_MARK_COMMENT, AI_MARK_XMP, DIGITAL_SOURCE_TYPE } from "../../core/ai-mark.ts";
import type { OutputFormat } from "../../job/job.ts";

/** Identifier of XMP in a `uuid` box (XMP specification, part 3, MPEG-4). */
const XMP_UUID = [
  0xbe, 0x7a, 0xcf, 0xcb, 0x97, 0xa9, 0x42, 0xe8, 0x9c, 0x71, 0x99, 0x94, 0x91, 0xe3, 0xaf, 0xac,
];

/** The mark as tags: the comment, and in WebM, which has no place for XMP, the source type beside it. */
export function aiMarkTags(format: OutputFormat): MetadataTags {
  return {
    comment: AI_MARK_COMMENT,
    ...(format === "webm" ? { raw: { DIGITAL_SOURCE_TYPE } } : {}),
  };
}

/** The mark as an XMP packet in a `uuid` box, to be put behind everything else of an MP4. */
export function aiMarkBox(): Uint8Array<ArrayBuffer> {
  const packet = new TextEncoder().encode(AI_MARK_XMP);
  const box = new Uint8Array(8 + XMP_UUID.length + packet.length);
  new DataView(box.buffer).setUint32(0, box.length);
  box.set(new TextEncoder().encode("uuid"), 4);
  box.set(XMP_UUID, 8);
  box.set(packet, 8 + XMP_UUID.length);
  return box;
}
