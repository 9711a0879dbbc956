import { BlobSource, EncodedPacketSink, Input, MP3 } from "mediabunny";

/** A tag at the end and a broken last frame may stay unread. */
const TOLERATED_BYTES = 1024;
const ID3_HEADER_BYTES = 10;

/** Bytes of an ID3v2 tag at the start of a file. @see id3.org, ID3v2.4 main structure, 3.1. */
async function id3Bytes(file: Blob): Promise<number> {
  const head = new Uint8Array(await file.slice(0, ID3_HEADER_BYTES).arrayBuffer());
  if (head[0] !== 0x49 || head[1] !== 0x44 || head[2] !== 0x33) return 0;
  const [a, b, c, d] = head.subarray(6) as unknown as [number, number, number, number];
  return ID3_HEADER_BYTES + a * 2 ** 21 + b * 2 ** 14 + c * 2 ** 7 + d;
}

/**
 * Whether an MP3 file goes on after what the demuxer reads of it: joined files whose rate or number of channels
 * changes end for mediabunny 1.61 where the first of them ends. Compares the bytes of all packets with the file's.
 */
export async function isJoinedMp3(file: Blob): Promise<boolean> {
  const input = new Input({ source: new BlobSource(file), formats: [MP3] });
  try {
    if (!(await input.canRead())) return false;
    const track = await input.getPrimaryAudioTrack();
    if (!track) return false;
    let bytes = await id3Bytes(file);
    for await (const packet of new EncodedPacketSink(track).packets(undefined, undefined, {
      metadataOnly: true,
    }))
      bytes += packet.byteLength;
    return bytes + TOLERATED_BYTES < file.size;
  } catch {
    return false;
  } finally {
    input.dispose();
  }
}
