import { ALL_FORMATS, BlobSource, Input } from "mediabunny";
import { expect, test } from "vitest";
import { AI_MARK_COMMENT, DIGITAL_SOURCE_TYPE } from "../../core/ai-mark.ts";
import { createImage } from "../../core/image.ts";
import { createVideoWriter } from "./video-writer.ts";
import { openVideo } from "../demux/open-video.ts";

async function encoded(format: "mp4" | "webm", aiMark: boolean): Promise<Blob> {
  const writer = await createVideoWriter({
    width: 96,
    height: 64,
    fps: 25,
    sound: null,
    durationSeconds: 0.2,
    format,
    aiMark,
  });
  for (let i = 0; i < 5; i++) await writer.add(createImage(96, 64));
  return writer.finish();
}

const tagsOf = (file: Blob) =>
  new Input({ formats: ALL_FORMATS, source: new BlobSource(file) }).getMetadataTags();

/** The top-level boxes of an MP4 with where they begin. */
async function boxes(file: Blob): Promise<[name: string, at: number][]> {
  const view = new DataView(await file.arrayBuffer());
  const found: [string, number][] = [];
  for (let at = 0; at < view.byteLength;) {
    const size = view.getUint32(at);
    found.push([new TextDecoder().decode(new Uint8Array(view.buffer, at + 4, 4)), at]);
    at += size === 1 ? Number(view.getBigUint64(at + 8)) : size;
  }
  return found;
}

test("a marked MP4 says so in its comment and in XMP behind the pictures, and still begins with its index", async () => {
  const marked = await encoded("mp4", true);
  expect((await tagsOf(marked)).comment).toBe(AI_MARK_COMMENT);
  const found = await boxes(marked);
  const names = found.map(([name]) => name);
  expect(names.indexOf("moov")).toBeLessThan(names.indexOf("mdat"));
  const [last, at] = found.at(-1)!;
  expect(last).toBe("uuid");
  const packet = await marked.slice(at + 24).text();
  const xmp = new DOMParser().parseFromString(packet.replace(/<\?xpacket.*?\?>/g, "").trim(), "text/xml");
  const [description] = xmp.getElementsByTagName("rdf:Description");
  expect(description!.getAttribute("Iptc4xmpExt:DigitalSourceType")).toBe(DIGITAL_SOURCE_TYPE);
  const video = await openVideo(marked);
  expect(video.durationSeconds).toBeCloseTo(0.2, 2);
  video.dispose();
});

test("a marked WebM says so in its tags; without the mark neither format says anything", async () => {
  const { comment, raw } = await tagsOf(await encoded("webm", true));
  expect(comment).toBe(AI_MARK_COMMENT);
  expect(raw?.["DIGITAL_SOURCE_TYPE"]).toBe(DIGITAL_SOURCE_TYPE);
  for (const format of ["mp4", "webm"] as const) {
    const plain = await encoded(format, false);
    expect((await tagsOf(plain)).comment).toBeUndefined();
    expect((await plain.text()).includes("uuid")).toBe(false);
  }
});
