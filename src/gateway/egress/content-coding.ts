import type { IncomingMessage } from "node:http";
import { pipeline, Readable } from "node:stream";
import { createBrotliDecompress, createGunzip, createInflate, createInflateRaw } from "node:zlib";

/** Codings one within another; a server that says more means harm. */
const MOST_CODINGS = 3;

/** Codings that change the bytes and are not read here. */
const UNREAD = ["zstd", "compress", "x-compress", "dcb", "dcz", "lzma", "xz", "bzip2"];

/** Whether two bytes begin a stream of zlib. @see RFC 1950, section 2.2. */
const isZlib = (first: number, second: number) => (first & 15) === 8 && (first * 256 + second) % 31 === 0;

/** `deflate` means a stream of zlib; some servers send what lies within one. @see RFC 9110, section 8.4.1.2. */
async function* inflatedAny(source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const chunks = source[Symbol.asyncIterator]();
  let head = Buffer.alloc(0);
  let next = await chunks.next();
  for (; !next.done && head.length < 2; next = await chunks.next()) head = Buffer.concat([head, next.value]);
  if (head.length === 0) return;
  async function* whole() {
    yield head;
    for (; !next.done; next = await chunks.next()) yield next.value;
  }
  const inflate = isZlib(head[0]!, head[1] ?? 0) ? createInflate() : createInflateRaw();
  yield* pipeline(Readable.from(whole(), { objectMode: false }), inflate, () => undefined);
}

const DECODERS: Readonly<Record<string, (source: Readable) => Readable>> = {
  // The pipeline hands errors of either side to the reader.
  gzip: (source) => pipeline(source, createGunzip(), () => undefined),
  "x-gzip": (source) => pipeline(source, createGunzip(), () => undefined),
  deflate: (source) => Readable.from(inflatedAny(source), { objectMode: false }),
  br: (source) => pipeline(source, createBrotliDecompress(), () => undefined),
};

/**
 * The bytes of the file itself, of servers and proxies that compress although `identity` was asked. Their reader counts
 * them against the size limit, so that a small answer cannot become a large file. Words that are no coding of bytes
 * (`utf-8`, or `aws-chunked`, which uploads leave behind at S3) are passed over, as browsers do.
 * @returns the coding where it is one that is not read.
 */
export function decodedBody(response: IncomingMessage): Readable | string {
  const codings = (response.headers["content-encoding"] ?? "")
    .toLowerCase()
    .split(",")
    .map((coding) => coding.trim())
    .filter((coding) => Object.hasOwn(DECODERS, coding) || UNREAD.includes(coding));
  const unread = codings.find((coding) => UNREAD.includes(coding));
  if (unread !== undefined) return unread;
  if (codings.length > MOST_CODINGS) return codings.join(", ");
  return codings.reduceRight<Readable>((source, coding) => DECODERS[coding]!(source), response);
}
