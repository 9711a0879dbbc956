import { readAdtsHeader } from "../audio/adts-frames.ts";
import type { ReadHeader } from "../audio/frame-splitter.ts";
import { readMp3Header } from "../audio/mp3-frames.ts";
import { tagBytes } from "./id3-tag.ts";

const STEP_BYTES = 1024 * 1024;
/** A frame's header and the most that a frame is long: of ADTS 13 bits. */
const LONGEST_FRAME_BYTES = 8192 + 8;
/** Tags between joined files hold about this much. */
const STRAY_BYTES = 1024;

/** What a file of frames without a container holds. */
export interface BareStream {
  /** Whether rate or channels change in the middle, as in joined files. */
  readonly changes: boolean;
  /** Whether more lies between frames than a tag. */
  readonly damaged: boolean;
  /** Of all frames together; an encoder's own facts in the first one count as sound. */
  readonly seconds: number;
}

/** Reads from header to header; a header counts where another one follows it. */
async function walk(file: Blob, readHeader: ReadHeader): Promise<BareStream> {
  const shapes = new Set<string>();
  let [stray, waiting, seconds] = [0, 0, 0];
  let at = await tagBytes(file);
  while (at < file.size) {
    const bytes = new Uint8Array(await file.slice(at, at + STEP_BYTES + LONGEST_FRAME_BYTES).arrayBuffer());
    const last = at + bytes.length === file.size;
    let here = 0;
    while (here < (last ? bytes.length - 8 : STEP_BYTES)) {
      const frame = readHeader(bytes, here);
      const next = here + (frame?.length ?? 0);
      const follows = frame && (next + 8 > bytes.length || readHeader(bytes, next) !== null);
      if (follows) {
        // What stands before the first frame and behind the last one is no damage.
        if (shapes.size > 0) stray += waiting;
        waiting = 0;
        seconds += frame.samples / frame.sampleRateHz;
        shapes.add(`${frame.codec} ${String(frame.sampleRateHz)} ${String(frame.channels)}`);
      } else waiting++;
      here = follows ? next : here + 1;
    }
    at += last ? bytes.length : here;
  }
  return { changes: shapes.size > 1, damaged: stray > STRAY_BYTES, seconds };
}

/** What an MP3 file holds. Reads it, a mebibyte at a time. */
export const readMp3Stream = (file: Blob): Promise<BareStream> => walk(file, readMp3Header);

/** What an ADTS file holds. Reads it, a mebibyte at a time. */
export const readAdtsStream = (file: Blob): Promise<BareStream> => walk(file, readAdtsHeader);
