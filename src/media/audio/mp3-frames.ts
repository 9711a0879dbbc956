/** One frame of an MP3 stream. */
export interface Mp3Frame {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly samples: number;
  readonly sampleRateHz: number;
  readonly channels: number;
}

interface Header {
  readonly length: number;
  readonly samples: number;
  readonly sampleRateHz: number;
  readonly channels: number;
  /** Where an encoder's own facts would lie. */
  readonly factsAt: number;
}

const TAG_HEADER = 10;
const RATES = [44_100, 48_000, 32_000] as const;
/** kbit/s of layer III: MPEG-1, and MPEG-2 and 2.5. */
const BITRATES = [
  [32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320],
  [8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160],
] as const;

/** The header of a layer III frame; null where there is none. @see ISO/IEC 11172-3 and 13818-3, section 2.4.1. */
function headerAt(bytes: Uint8Array, at: number): Header | null {
  const [a, b, c, d] = [bytes[at]!, bytes[at + 1]!, bytes[at + 2]!, bytes[at + 3]!];
  const version = (b >> 3) & 3;
  if (a !== 0xff || (b & 0xe6) !== 0xe2 || version === 1) return null;
  const first = version === 3;
  const bitrate = BITRATES[first ? 0 : 1][(c >> 4) - 1];
  const rate = RATES[(c >> 2) & 3];
  if (bitrate === undefined || rate === undefined) return null;
  const sampleRateHz = first ? rate : version === 2 ? rate / 2 : rate / 4;
  const samples = first ? 1152 : 576;
  const mono = d >> 6 === 3;
  const length = Math.floor((samples * bitrate * 125) / sampleRateHz) + ((c >> 1) & 1);
  const factsAt = 4 + (first ? (mono ? 17 : 32) : mono ? 9 : 17);
  return { length, samples, sampleRateHz, channels: mono ? 1 : 2, factsAt };
}

/** Length of the ID3v2 tag at the start of some bytes, 0 without one; undefined while too few are known. */
function tagLength(bytes: Uint8Array): number | undefined {
  const id3 = [0x49, 0x44, 0x33];
  if (id3.some((letter, i) => i < bytes.length && bytes[i] !== letter)) return 0;
  if (bytes.length < TAG_HEADER) return undefined;
  return TAG_HEADER + bytes.subarray(6, TAG_HEADER).reduce((size, byte) => size * 128 + (byte & 127), 0);
}

/** Whether a stream that begins so is MP3; undefined while more has to be known. */
export function looksLikeMp3(bytes: Uint8Array): boolean | undefined {
  const start = tagLength(bytes);
  if (start === undefined || bytes.length < start + 4) return undefined;
  return headerAt(bytes, start) !== null;
}

/** Cuts an MP3 stream into its frames while it arrives; what is no frame is passed over and counted. */
export class Mp3Splitter {
  /** Bytes since the last frame that were none. */
  skipped = 0;
  private rest = new Uint8Array(0);
  private tag: number | undefined;
  private any = false;

  /** The frames that are whole now. */
  push(bytes: Uint8Array): Mp3Frame[] {
    const joined = new Uint8Array(this.rest.length + bytes.length);
    joined.set(this.rest);
    joined.set(bytes, this.rest.length);
    this.rest = joined;
    this.tag ??= tagLength(joined);
    if (this.tag === undefined) return [];
    const gone = Math.min(this.tag, joined.length);
    this.tag -= gone;
    let at = gone;
    const frames: Mp3Frame[] = [];
    while (at + 4 <= joined.length) {
      const header = headerAt(joined, at);
      const next = at + (header?.length ?? 0);
      // In garbage a header may stand by chance: a frame counts where another follows it, or the stream waits there.
      const follows = header && (next + 4 > joined.length || headerAt(joined, next) !== null);
      if (!header || !follows) {
        at++;
        this.skipped++;
        continue;
      }
      if (next > joined.length) break;
      if (this.any || !this.isFacts(joined, at + header.factsAt)) {
        const { samples, sampleRateHz, channels } = header;
        frames.push({ bytes: joined.slice(at, next), samples, sampleRateHz, channels });
      }
      this.any = true;
      this.skipped = 0;
      at = next;
    }
    this.rest = joined.slice(at);
    return frames;
  }

  /** A first frame that holds an encoder's facts instead of sound. */
  private isFacts(bytes: Uint8Array, at: number): boolean {
    return /Xing|Info/.test(String.fromCharCode(...bytes.subarray(at, at + 4)));
  }
}
