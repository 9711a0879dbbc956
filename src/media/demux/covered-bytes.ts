import {
  ADTS,
  ALL_FORMATS,
  BlobSource,
  EncodedPacketSink,
  FLAC,
  Input,
  MP3,
  type InputAudioTrack,
  type InputFormat,
} from "mediabunny";

/** Headers, tags and padding take less of a stream of bare frames than this. */
const COVERED_SHARE = 0.95;
/** Of each frame in ADTS, which its packet leaves out. */
const ADTS_HEADER_BYTES = 7;
const TAG_HEADER_BYTES = 10;

/** Bytes of the tag before the first frame, which may hold a cover. @see ID3v2.4, section 3.1. */
async function tagBytes(file: Blob): Promise<number> {
  const head = new Uint8Array(await file.slice(0, TAG_HEADER_BYTES).arrayBuffer());
  if (head.length < TAG_HEADER_BYTES || String.fromCharCode(...head.subarray(0, 3)) !== "ID3") return 0;
  return TAG_HEADER_BYTES + head.subarray(6, 10).reduce((size, byte) => size * 128 + (byte & 127), 0);
}

/** Readers of FLAC may leave out a last block that is shorter than the others. */
const MISSED_SECONDS = 0.01;

/** Seconds of sound by a FLAC file's own header; 0 where it does not know. @see RFC 9639, section 8.2. */
async function flacSeconds(file: Blob): Promise<number> {
  const from = await tagBytes(file);
  const view = new DataView(await file.slice(from, from + 26).arrayBuffer());
  if (view.byteLength < 26 || view.getUint32(0) !== 0x664c6143) return 0;
  const rate = view.getUint32(18) >>> 12;
  const samples = (view.getUint8(21) & 15) * 2 ** 32 + view.getUint32(22);
  return rate > 0 ? samples / rate : 0;
}

/** Asks about the sound of a file of certain formats; false for others and for what cannot be read. */
async function ask(
  file: Blob,
  formats: readonly InputFormat[],
  question: (track: InputAudioTrack, format: InputFormat) => Promise<boolean>,
): Promise<boolean> {
  const input = new Input({ source: new BlobSource(file), formats: ALL_FORMATS });
  try {
    const format = await input.getFormat();
    const track = formats.includes(format) ? await input.getPrimaryAudioTrack() : null;
    return track ? await question(track, format) : false;
  } catch {
    return false;
  } finally {
    input.dispose();
  }
}

/** Whether the reader of a stream of bare frames (ADTS, MP3) ends where damage hides the next frame from it. */
export function losesItsPlace(file: Blob): Promise<boolean> {
  return ask(file, [ADTS, MP3], async (track, format) => {
    let covered = await tagBytes(file);
    const header = format === ADTS ? ADTS_HEADER_BYTES : 0;
    const sink = new EncodedPacketSink(track);
    for await (const packet of sink.packets(undefined, undefined, { metadataOnly: true })) {
      covered += packet.byteLength + header;
    }
    return covered < COVERED_SHARE * file.size;
  });
}

/** Whether a FLAC file's header tells of more sound than its reader finds, as with a short last block. */
export function lacksLastBlock(file: Blob): Promise<boolean> {
  return ask(
    file,
    [FLAC],
    async (track) => (await track.computeDuration()) < (await flacSeconds(file)) - MISSED_SECONDS,
  );
}
