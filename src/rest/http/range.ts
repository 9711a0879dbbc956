import type { MediaFile } from "../../queue/store/media-store.ts";
import { refuse } from "./answers.ts";

/** The bytes that a `Range` header asks for: `start` included, `end` excluded. */
export type ByteRange = { start: number; end: number } | "all" | "unsatisfiable";

/**
 * One byte range of a file of `size` bytes. Several ranges, other units and malformed headers mean the whole file,
 * as RFC 9110 §14.2 allows.
 */
export function parseRange(header: string | null, size: number): ByteRange {
  const match = /^bytes=\s*(\d*)\s*-\s*(\d*)\s*$/i.exec(header ?? "");
  if (!match || (match[1] === "" && match[2] === "")) return "all";
  const [first, last] = [match[1]!, match[2]!];
  if (first === "") {
    const length = Math.min(Number(last), size);
    return length === 0 ? "unsatisfiable" : { start: size - length, end: size };
  }
  const start = Number(first);
  const end = last === "" ? size : Math.min(Number(last) + 1, size);
  if (last !== "" && Number(last) < start) return "all";
  return start >= size ? "unsatisfiable" : { start, end };
}

/** Whether an `If-None-Match` names the tag, in a list or weakened by a proxy (RFC 9110 §13.1.2). */
function namesTag(header: string | null, etag: string): boolean {
  const tags = (header ?? "").split(",").map((tag) => tag.trim().replace(/^W\//, ""));
  return tags.includes(etag) || tags.includes("*");
}

/**
 * The answer to a request for a stored file: 200, 206 with `Content-Range`, 304, or 416.
 * @param name the name under which a browser saves it.
 */
export function serveFile(request: Request, file: MediaFile, name: string): Response {
  const etag = `"${file.id}"`;
  const disposition = new URL(request.url).searchParams.has("download") ? "attachment" : "inline";
  // A name can be cut in the middle of a character that takes two code units.
  const whole = new TextDecoder().decode(new TextEncoder().encode(name));
  const ascii = name.replace(/[^\x20-\x7e]|["\\]/g, "_");
  const headers = {
    "Content-Type": file.type,
    "Content-Disposition": `${disposition}; filename="${ascii}"; filename*=UTF-8''${encodeURIComponent(whole)}`,
    "Accept-Ranges": "bytes",
    "Cache-Control": "private, max-age=31536000, immutable",
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "sandbox",
    ETag: etag,
  };
  if (namesTag(request.headers.get("If-None-Match"), etag))
    return new Response(null, { status: 304, headers });
  const ifRange = request.headers.get("If-Range");
  const range = ifRange && ifRange !== etag ? "all" : parseRange(request.headers.get("Range"), file.size);
  if (range === "unsatisfiable") {
    return refuse("input/field", `The file has ${String(file.size)} bytes; ask for a range within them.`, {
      status: 416,
      headers: { "Content-Range": `bytes */${String(file.size)}` },
    });
  }
  const { start, end } = range === "all" ? { start: 0, end: file.size } : range;
  const body = request.method === "HEAD" ? null : file.stream(start, end);
  return new Response(body, {
    status: range === "all" ? 200 : 206,
    headers: {
      ...headers,
      "Content-Length": String(end - start),
      ...(range === "all"
        ? {}
        : { "Content-Range": `bytes ${String(start)}-${String(end - 1)}/${String(file.size)}` }),
    },
  });
}
