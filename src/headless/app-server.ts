import { randomUUID } from "node:crypto";
import { createReadStream } from "node:fs";
import { open, stat } from "node:fs/promises";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join, normalize, sep } from "node:path";
import { pipeline } from "node:stream/promises";
import { brotliCompressSync, constants } from "node:zlib";
import { readFile } from "node:fs/promises";
import { storageError } from "../job/storage-error.ts";
import type { ExchangeHandler } from "./checkpoint-exchange.ts";
import { CONTENT_SECURITY_POLICY, ISOLATION_HEADERS } from "./page-headers.ts";

const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".mjs": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".json": "application/json",
  ".webmanifest": "application/manifest+json",
  ".wasm": "application/wasm",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".webp": "image/webp",
  ".jpg": "image/jpeg",
  ".ico": "image/x-icon",
};
/** Types worth compressing on the way to the browser. */
const COMPRESSED = new Set([".html", ".js", ".mjs", ".css", ".json", ".wasm", ".svg", ".onnx", ".bin"]);

/** A local web server of the built app that also passes files to and from its pages. */
export interface AppServer {
  /** For instance `http://127.0.0.1:41234`. */
  readonly origin: string;
  /** Bytes sent so far, by path; compressed where `compress` is on. */
  readonly bytesSent: ReadonlyMap<string, number>;
  /** A path under which the page can fetch the file; forget it with the returned `close`. */
  offer(path: string): { url: string; close(): void };
  /** A path to which the page can PUT a file. */
  accept(path: string): { url: string; close(): void };
  /** A path below which `handler` answers the page. */
  exchange(handler: ExchangeHandler): { url: string; close(): void };
  close(): Promise<void>;
}

/** How to serve. */
export interface AppServerOptions {
  readonly host?: string;
  readonly port?: number;
  /** Compress with brotli, as a good host would; slower to start. */
  readonly compress?: boolean;
}

/** Writes a request's body to a file; after a failure the rest is read and dropped, so that the client gets an answer. */
async function saveBody(request: IncomingMessage, path: string): Promise<void> {
  const file = await open(path, "w");
  try {
    const chunks = request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>;
    for await (const chunk of chunks) await file.writeFile(chunk);
  } finally {
    request.resume();
    await file.close();
  }
}

/**
 * Serves the built app with the isolation headers and the content security policy of production.
 * @param folders where its files lie; the first that has a file wins.
 * @throws Error when the port is taken.
 */
export async function serveApp(
  folders: string | readonly string[],
  options: AppServerOptions = {},
): Promise<AppServer> {
  const roots = [folders].flat();
  const offered = new Map<string, string>();
  const accepted = new Map<string, string>();
  const exchanged = new Map<string, ExchangeHandler>();
  const bytesSent = new Map<string, number>();
  const compressed = new Map<string, Buffer>();

  /** The file of a path; undefined when no folder has it. */
  async function find(path: string): Promise<string | undefined> {
    for (const root of roots) {
      const file = normalize(join(root, path.endsWith("/") ? `${path}index.html` : path));
      const inside = file.startsWith(root + sep);
      if (inside && (await stat(file).catch(() => undefined))?.isFile()) return file;
    }
    return undefined;
  }

  async function sendFile(file: string, path: string, request: IncomingMessage, response: ServerResponse) {
    const info = await stat(file);
    const type = extname(file);
    response.setHeader("Content-Type", TYPES[type] ?? "application/octet-stream");
    response.setHeader(
      "Cache-Control",
      path.startsWith("/assets/") ? "public, max-age=31536000, immutable" : "no-cache",
    );
    if (
      options.compress &&
      COMPRESSED.has(type) &&
      /\bbr\b/.test(String(request.headers["accept-encoding"]))
    ) {
      let body = compressed.get(file);
      if (!body) {
        body = brotliCompressSync(await readFile(file), { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } });
        compressed.set(file, body);
      }
      bytesSent.set(path, (bytesSent.get(path) ?? 0) + body.length);
      response.writeHead(200, { "Content-Encoding": "br", "Content-Length": body.length }).end(body);
      return;
    }
    bytesSent.set(path, (bytesSent.get(path) ?? 0) + info.size);
    response.writeHead(200, { "Content-Length": info.size });
    await pipeline(createReadStream(file), response);
  }

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = decodeURIComponent(new URL(request.url ?? "/", "http://local").pathname);
    for (const [name, value] of Object.entries(ISOLATION_HEADERS)) response.setHeader(name, value);
    // The frame from which webhooks leave carries a policy of its own, and sees nothing but a job's JSON.
    if (path !== "/webhook-frame.html") {
      response.setHeader("Content-Security-Policy", CONTENT_SECURITY_POLICY);
    }
    response.setHeader("X-Content-Type-Options", "nosniff");
    response.setHeader("Referrer-Policy", "no-referrer");
    const target = accepted.get(path);
    if (request.method === "PUT" && target) {
      await saveBody(request, target);
      response.writeHead(204).end();
      return;
    }
    const own = path.split("/", 3).join("/");
    const exchange = exchanged.get(own);
    if (exchange) return exchange(request, response, path.slice(own.length));
    if (request.method !== "GET" && request.method !== "HEAD") {
      response.writeHead(405, { Allow: "GET, HEAD" }).end();
      return;
    }
    const source = offered.get(path);
    if (source) return sendFile(source, path, request, response);
    const file = await find(path);
    if (file === undefined) {
      response.writeHead(404, { "Content-Type": "text/plain; charset=utf-8" }).end("Not found");
      return;
    }
    await sendFile(file, path, request, response);
  }

  const server = createServer((request, response) => {
    handle(request, response).catch((error: unknown) => {
      if (response.headersSent) response.destroy();
      else if (storageError(error, "").code === "storage/full") response.writeHead(507).end();
      else response.writeHead(500, { "Content-Type": "text/plain" }).end(String(error));
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(options.port ?? 0, options.host ?? "127.0.0.1", resolve);
  });
  const { port } = server.address() as AddressInfo;

  const register = <Entry>(table: Map<string, Entry>, entry: Entry) => {
    const url = `/__file/${randomUUID()}`;
    table.set(url, entry);
    return { url, close: () => void table.delete(url) };
  };
  return {
    origin: `http://${options.host ?? "127.0.0.1"}:${port}`,
    bytesSent,
    offer: (path) => register(offered, path),
    accept: (path) => register(accepted, path),
    exchange: (handler) => register(exchanged, handler),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
