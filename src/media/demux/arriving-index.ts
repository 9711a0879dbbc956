import { EngineError } from "../../job/errors.ts";
import { boxesIn, LONGEST_HEAD } from "./iso-boxes.ts";
import { indexAgrees, INDEXES } from "./sample-tables.ts";

/** Boxes that an MP4 or QuickTime file, or a part of one, begins with. */
const FIRST: ReadonlySet<string> = new Set(["ftyp", "styp", "moov", "moof", "mdat", "wide", "free", "skip"]);
/** A stream's index is no larger: it stands before the first sound. */
const MAX_INDEX_BYTES = 16 * 1024 * 1024;

const contradicts = () =>
  new EngineError(
    "codec/failed",
    "The index of the MP4 stream contradicts itself, or claims more than a stream can hold. Check what writes it.",
  );

/** Bytes that are held until there are enough of them. */
class Held {
  private parts: Uint8Array<ArrayBuffer>[] = [];
  length = 0;

  add(bytes: Uint8Array<ArrayBuffer>): void {
    this.parts.push(bytes);
    this.length += bytes.length;
  }

  /** All in one piece. */
  get whole(): Uint8Array<ArrayBuffer> {
    if (this.parts.length > 1) {
      const whole = new Uint8Array(this.length);
      let at = 0;
      for (const part of this.parts) {
        whole.set(part, at);
        at += part.length;
      }
      this.parts = [whole];
    }
    return this.parts[0] ?? new Uint8Array();
  }

  take(): Uint8Array<ArrayBuffer> {
    const { whole } = this;
    this.parts = [];
    this.length = 0;
    return whole;
  }
}

/**
 * The bytes of a stream as they come; of an MP4 or QuickTime stream each index is held back until it is there as a whole
 * and its tables agree, so that a reader that believes them ends in bounded time and memory.
 * @throws EngineError `codec/failed`.
 */
export async function* withSoundIndexes(
  chunks: AsyncIterable<Uint8Array<ArrayBuffer>>,
): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  const held = new Held();
  /** Bytes of the present box that are nobody's concern here. */
  let passing = 0;
  let wanted = LONGEST_HEAD;
  let begun = false;
  for await (const chunk of chunks) {
    for (let rest = chunk; rest.length > 0;) {
      if (passing > 0) {
        const passed = rest.subarray(0, passing);
        yield passed;
        passing -= passed.length;
        rest = rest.subarray(passed.length);
        continue;
      }
      held.add(rest);
      if (held.length < wanted) break;
      const { whole } = held;
      const box = boxesIn(new DataView(whole.buffer, whole.byteOffset, whole.length), 0, Infinity).next()
        .value;
      if (!box || (!begun && !FIRST.has(box.name))) {
        passing = Infinity;
      } else if (!INDEXES.has(box.name)) {
        passing = box.end;
      } else {
        if (box.end > MAX_INDEX_BYTES) throw contradicts();
        wanted = box.end;
        if (held.length < wanted) break;
        if (!indexAgrees(whole.subarray(box.content, box.end))) throw contradicts();
        passing = box.end;
      }
      begun = true;
      wanted = LONGEST_HEAD;
      rest = held.take();
    }
  }
  if (held.length > 0) yield held.take();
}
