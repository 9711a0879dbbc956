import { tagBytes } from "../demux/id3-tag.ts";

/** Samples that an MP3 encoder added, to be cut from the decoded sound. */
export interface Mp3Delay {
  readonly start: number;
  readonly end: number;
}

/** Delay of every MP3 decoder, which the encoder's own figure leaves out. */
const DECODER_DELAY = 529;
const SEARCHED_BYTES = 4096;

/**
 * Reads how much an encoder such as LAME padded an MP3 file; undefined when the file does not say.
 * @see gabriel.mp3-tech.org, "Mp3 info tag" (delay and padding, 12 bits each).
 */
export async function readMp3Delay(file: Blob): Promise<Mp3Delay | undefined> {
  const from = await tagBytes(file);
  const bytes = new Uint8Array(await file.slice(from, from + SEARCHED_BYTES).arrayBuffer());
  const text = new TextDecoder("latin1").decode(bytes);
  const tag = text.search(/Xing|Info/);
  if (tag < 0 || tag > 200) return undefined;
  const flags = bytes[tag + 7]!;
  const fields = (flags & 1 ? 4 : 0) + (flags & 2 ? 4 : 0) + (flags & 4 ? 100 : 0) + (flags & 8 ? 4 : 0);
  const encoder = tag + 8 + fields;
  if (!/^(LAME|Lavf|Lavc|GOGO)/.test(text.slice(encoder, encoder + 4))) return undefined;
  const at = encoder + 21;
  if (at + 3 > bytes.length) return undefined;
  const delay = bytes[at]! * 16 + (bytes[at + 1]! >> 4);
  const padding = (bytes[at + 1]! & 15) * 256 + bytes[at + 2]!;
  return { start: delay + DECODER_DELAY, end: Math.max(0, padding - DECODER_DELAY) };
}
