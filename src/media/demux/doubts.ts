import {
  ADTS,
  ALL_FORMATS,
  BlobSource,
  EncodedPacketSink,
  FLAC,
  Input,
  MATROSKA,
  MP3,
  WAVE,
  WEBM,
  type InputAudioTrack,
} from "mediabunny";
import { readAdtsStream, readMp3Stream } from "./bare-frames.ts";
import { beginsAnew, leavesGaps } from "./file-clock.ts";
import { tagBytes } from "./id3-tag.ts";
import { sampleTablesAgree } from "./sample-tables.ts";

/** What of a file's sound a browser's reader may leave out without a word. */
export interface Doubts {
  /**
   * That reader would take it for something else: settings or clock change, or time passes, in the middle, or an index
   * contradicts itself.
   */
  readonly misread: boolean;
  /** It may hold more than that reader finds. */
  readonly more: boolean;
  /** Something of it is missing or damaged. */
  readonly damaged: boolean;
}

const NONE: Doubts = { misread: false, more: false, damaged: false };

/** Headers, tags and padding take less of a stream of bare frames than this share, or these bytes. */
const [STRAY_SHARE, STRAY_BYTES] = [0.05, 1024] as const;
/** Readers of FLAC may leave out a last block that is shorter than the others. */
const MISSED_SECONDS = 0.01;
/** Readers of bare frames may leave out one or two of them, which hold an encoder's facts or are cut short. */
const LOST_SECONDS = 0.1;
/** Writers of Matroska round a file's length by less. */
const BROKEN_SECONDS = 0.25;

/** What a FLAC file's own header says. @see RFC 9639, section 8. */
interface FlacHeader {
  /** 0 where it does not know, as when it was written while it was recorded. */
  readonly seconds: number;
  /** Bytes before the first frame; pictures may be among them. */
  readonly bytes: number;
}

async function flacHeader(file: Blob): Promise<FlacHeader> {
  const from = await tagBytes(file);
  const view = new DataView(await file.slice(from, from + 26).arrayBuffer());
  if (view.byteLength < 26 || view.getUint32(0) !== 0x664c6143) return { seconds: 0, bytes: from };
  const rate = view.getUint32(18) >>> 12;
  const samples = (view.getUint8(21) & 15) * 2 ** 32 + view.getUint32(22);
  let at = from + 4;
  for (let last = false; !last && at < file.size;) {
    const block = new DataView(await file.slice(at, at + 4).arrayBuffer());
    if (block.byteLength < 4) break;
    last = (block.getUint8(0) & 0x80) !== 0;
    at += 4 + (block.getUint32(0) & 0xffffff);
  }
  return { seconds: rate > 0 ? samples / rate : 0, bytes: at };
}

/** Whether a track's packets, and what stands before them, are the whole file. */
async function covers(track: InputAudioTrack, file: Blob, before: number): Promise<boolean> {
  let covered = before;
  const sink = new EncodedPacketSink(track);
  for await (const packet of sink.packets(undefined, undefined, { metadataOnly: true }))
    covered += packet.byteLength;
  return file.size - covered <= Math.max(STRAY_SHARE * file.size, STRAY_BYTES);
}

/** Compares what a reader finds in a file with what the file says of itself. */
async function compare(input: Input, file: Blob): Promise<Doubts> {
  const format = await input.getFormat();
  const track = await input.getPrimaryAudioTrack();
  if (!track) return NONE;
  if (await beginsAnew(format, track)) return { ...NONE, misread: true };
  const clocked = ![ADTS, FLAC, MP3, WAVE].includes(format);
  if (clocked && (await leavesGaps(format, track))) return { ...NONE, misread: true };
  if (format === MATROSKA || format === WEBM) {
    const told = (await input.getDurationFromMetadata()) ?? 0;
    const broken = (await input.computeDuration()) < told - BROKEN_SECONDS;
    return { misread: false, more: broken, damaged: broken };
  }
  if (format === FLAC) {
    const { seconds, bytes } = await flacHeader(file);
    const lacking = seconds === 0 || (await track.computeDuration()) < seconds - MISSED_SECONDS;
    return { ...NONE, more: lacking || !(await covers(track, file, bytes)) };
  }
  if (format === MP3 || format === ADTS) {
    const { changes, damaged, seconds } = await (format === MP3 ? readMp3Stream(file) : readAdtsStream(file));
    const lost = (await track.computeDuration()) < seconds - LOST_SECONDS;
    const hidden = lost || !(await covers(track, file, await tagBytes(file)));
    return { misread: format === ADTS && changes, more: changes || damaged || hidden, damaged };
  }
  return NONE;
}

/** Looks for what a browser's reader would leave out of a file's sound: the cause of silently short results. */
export async function doubtsAbout(file: Blob): Promise<Doubts> {
  if (!(await sampleTablesAgree(file))) return { ...NONE, misread: true };
  const input = new Input({ source: new BlobSource(file), formats: ALL_FORMATS });
  try {
    return (await input.canRead()) ? await compare(input, file) : NONE;
  } catch {
    return NONE;
  } finally {
    input.dispose();
  }
}
