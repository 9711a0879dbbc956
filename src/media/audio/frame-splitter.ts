/** One frame of a stream that is nothing but frames of sound. */
export interface SoundFrame {
  /** With its header. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly samples: number;
  readonly sampleRateHz: number;
  readonly channels: number;
  /** As WebCodecs names it. */
  readonly codec: string;
}

/** What a frame's header says. */
export interface FrameHeader extends Omit<SoundFrame, "bytes"> {
  /** Bytes of the frame. */
  readonly length: number;
  /** Where an encoder's own facts would lie, in the place of sound; absent where the format has none. */
  readonly factsAt?: number;
}

/** The header at a place of some bytes of which four are there at least; null where there is none. */
export type ReadHeader = (bytes: Uint8Array, at: number) => FrameHeader | null;

const TAG_HEADER = 10;
/** Bytes that a header needs. */
const HEADER = 7;

/** Length of the ID3v2 tag at the start of some bytes, 0 without one; undefined while too few are known. */
function tagLength(bytes: Uint8Array): number | undefined {
  const id3 = [0x49, 0x44, 0x33];
  if (id3.some((letter, i) => i < bytes.length && bytes[i] !== letter)) return 0;
  if (bytes.length < TAG_HEADER) return undefined;
  return TAG_HEADER + bytes.subarray(6, TAG_HEADER).reduce((size, byte) => size * 128 + (byte & 127), 0);
}

/** Whether a stream that begins so is one of frames with such headers; undefined while more has to be known. */
export function beginsWithFrame(bytes: Uint8Array, readHeader: ReadHeader): boolean | undefined {
  const start = tagLength(bytes);
  if (start === undefined || bytes.length < start + HEADER) return undefined;
  return readHeader(bytes, start) !== null;
}

/** Cuts a stream into its frames while it arrives; what is no frame is passed over and counted. */
export class FrameSplitter {
  /** Bytes since the last frame that were none. */
  skipped = 0;
  private rest = new Uint8Array(0);
  private tag: number | undefined;
  private any = false;

  constructor(private readonly readHeader: ReadHeader) {}

  /** The frames that are whole now. */
  push(bytes: Uint8Array): SoundFrame[] {
    const joined = new Uint8Array(this.rest.length + bytes.length);
    joined.set(this.rest);
    joined.set(bytes, this.rest.length);
    this.rest = joined;
    this.tag ??= tagLength(joined);
    if (this.tag === undefined) return [];
    const gone = Math.min(this.tag, joined.length);
    this.tag -= gone;
    let at = gone;
    const frames: SoundFrame[] = [];
    while (at + HEADER <= joined.length) {
      const header = this.readHeader(joined, at);
      const next = at + (header?.length ?? 0);
      // In garbage a header may stand by chance: a frame counts where another follows it, or the stream waits there.
      const follows = header && (next + HEADER > joined.length || this.readHeader(joined, next) !== null);
      if (!header || !follows) {
        at++;
        this.skipped++;
        continue;
      }
      if (next > joined.length) break;
      if (this.any || !this.isFacts(joined, at, header)) {
        const { samples, sampleRateHz, channels, codec } = header;
        frames.push({ bytes: joined.slice(at, next), samples, sampleRateHz, channels, codec });
      }
      this.any = true;
      this.skipped = 0;
      at = next;
    }
    this.rest = joined.slice(at);
    return frames;
  }

  /** A first frame that holds an encoder's facts instead of sound. */
  private isFacts(bytes: Uint8Array, at: number, { factsAt }: FrameHeader): boolean {
    if (factsAt === undefined) return false;
    return /Xing|Info/.test(String.fromCharCode(...bytes.subarray(at + factsAt, at + factsAt + 4)));
  }
}
