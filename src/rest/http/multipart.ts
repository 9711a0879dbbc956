import { EngineError } from "../../job/errors.ts";
import { chunksOf } from "../../queue/store/media-store.ts";

/** A file in a multipart body; its bytes are read as they arrive. */
export interface MultipartFile {
  readonly name: string;
  readonly type: string;
  readonly body: ReadableStream<Uint8Array>;
}

const MAX_HEADER_BYTES = 16_384;

/** The boundary that a `Content-Type` names, or undefined. */
export function multipartBoundary(contentType: string): string | undefined {
  const match = /;\s*boundary=(?:"([^"]{1,200})"|([^\s;]{1,200}))/i.exec(contentType);
  return match?.[1] ?? match?.[2];
}

/**
 * The first file of a `multipart/form-data` body, without holding the body in memory.
 * @returns undefined when the form has no file.
 * @throws EngineError `input/field` when the body is malformed; the file's stream breaks off with it when it is cut.
 * @see RFC 7578.
 */
export async function firstFile(
  source: ReadableStream<Uint8Array>,
  boundary: string,
): Promise<MultipartFile | undefined> {
  const reader = new DelimitedReader(source);
  const delimiter = latin1(`\r\n--${boundary}`);
  reader.unread(latin1("\r\n"));
  await drain(reader.until(delimiter));
  for (;;) {
    const end = new TextDecoder("latin1").decode(await reader.take(2));
    if (end === "--") return undefined;
    if (end !== "\r\n") await text(reader.until(latin1("\r\n")), 64);
    const headers = await text(reader.until(latin1("\r\n\r\n")), MAX_HEADER_BYTES);
    const name = fileName(headers);
    if (name === undefined) {
      await drain(reader.until(delimiter));
      continue;
    }
    const type = /^content-type:\s*([^\r\n;]+)/im.exec(headers)?.[1]?.trim();
    const bytes = reader.until(delimiter);
    const body = new ReadableStream<Uint8Array>({
      async pull(controller) {
        const { done, value } = await bytes.next();
        if (done) controller.close();
        else controller.enqueue(value);
      },
      cancel: () => reader.cancel(),
    });
    return { name, type: type ?? "application/octet-stream", body };
  }
}

/**
 * The file name in a part's headers, undefined when the part is no file. Besides the quoted form of RFC 7578 clients
 * send it bare, or in the extended form of RFC 5987 alone (older ones for names that are not ASCII).
 */
function fileName(headers: string): string | undefined {
  const disposition = /^content-disposition:(.*)$/im.exec(headers)?.[1] ?? "";
  const plain = /;\s*filename=(?:"((?:[^"\\]|\\.)*)"|([^\s;"]+))/i.exec(disposition);
  if (plain) return utf8(plain[1] ?? plain[2]!);
  const extended = /;\s*filename\*=[\w-]+'[^']*'([^\s;]*)/i.exec(disposition)?.[1];
  if (extended === undefined) return undefined;
  try {
    return decodeURIComponent(extended);
  } catch {
    return extended;
  }
}

/** Reads a stream up to one delimiter after the other. */
class DelimitedReader {
  private held: Uint8Array = new Uint8Array();
  private readonly chunks: AsyncGenerator<Uint8Array, void>;

  constructor(source: ReadableStream<Uint8Array>) {
    this.chunks = chunksOf(source);
  }

  unread(bytes: Uint8Array): void {
    this.held = joined(bytes, this.held);
  }

  async cancel(): Promise<void> {
    await this.chunks.return();
  }

  /** Exactly the next `count` bytes. */
  async take(count: number): Promise<Uint8Array> {
    while (this.held.length < count) await this.more();
    const taken = this.held.subarray(0, count);
    this.held = this.held.subarray(count);
    return taken;
  }

  private async more(): Promise<void> {
    const next = await this.chunks.next();
    if (next.done) throw malformed("it ends in the middle");
    this.held = joined(this.held, next.value);
  }

  /** The bytes before the next delimiter, which is swallowed. */
  async *until(delimiter: Uint8Array): AsyncGenerator<Uint8Array, void> {
    for (;;) {
      const at = find(this.held, delimiter);
      if (at >= 0) {
        const before = this.held.subarray(0, at);
        this.held = this.held.subarray(at + delimiter.length);
        if (before.length > 0) yield before;
        return;
      }
      const safe = this.held.length - delimiter.length + 1;
      if (safe > 0) {
        const before = this.held.subarray(0, safe);
        this.held = this.held.subarray(safe);
        yield before;
      }
      await this.more();
    }
  }
}

function malformed(why: string): EngineError {
  return new EngineError("input/field", `The multipart body is malformed: ${why}. Send the file again.`);
}

async function drain(bytes: AsyncGenerator<Uint8Array, void>): Promise<void> {
  while (!(await bytes.next()).done);
}

async function text(bytes: AsyncGenerator<Uint8Array, void>, maxBytes: number): Promise<string> {
  let all: Uint8Array = new Uint8Array();
  for await (const chunk of bytes) {
    all = joined(all, chunk);
    if (all.length > maxBytes) throw malformed("a part's header is too long");
  }
  return new TextDecoder("latin1").decode(all);
}

function latin1(value: string): Uint8Array {
  return Uint8Array.from(value, (letter) => letter.charCodeAt(0) & 255);
}

function utf8(value: string): string {
  return new TextDecoder().decode(latin1(value));
}

function joined(a: Uint8Array, b: Uint8Array): Uint8Array {
  if (a.length === 0) return b;
  const both = new Uint8Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
}

/** Index of the first occurrence, or -1. */
function find(bytes: Uint8Array, wanted: Uint8Array): number {
  const last = bytes.length - wanted.length;
  for (let at = bytes.indexOf(wanted[0]!); at >= 0 && at <= last; at = bytes.indexOf(wanted[0]!, at + 1)) {
    let length = 1;
    while (length < wanted.length && bytes[at + length] === wanted[length]) length++;
    if (length === wanted.length) return at;
  }
  return -1;
}
