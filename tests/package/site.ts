import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join, normalize } from "node:path";
import { ISOLATION_HEADERS } from "../../src/headless/page-headers.ts";

const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".mjs": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".json": "application/json",
  ".svg": "image/svg+xml",
  ".webp": "image/webp",
  ".wasm": "application/wasm",
  ".jpg": "image/jpeg",
  ".mp3": "audio/mpeg",
};

/** A web server of a test. */
export interface Site {
  readonly origin: string;
  /** Paths that were asked for. */
  readonly asked: string[];
  close(): void;
}

/** How a site answers. */
export interface SiteOptions {
  /** Send the headers that give pages threads. */
  readonly isolated?: boolean;
  /** Let pages of other origins load its files. */
  readonly cors?: boolean;
  /** A content security policy for the pages. */
  readonly policy?: string;
  /** Pages by path. */
  readonly pages?: Readonly<Record<string, string>>;
}

/** Serves folders by the beginning of the path, the longest first; on an origin of its own. */
export async function serveSite(
  folders: Readonly<Record<string, string>>,
  { isolated = false, cors = false, policy, pages = {} }: SiteOptions = {},
): Promise<Site> {
  const asked: string[] = [];
  const prefixes = Object.keys(folders).sort((a, b) => b.length - a.length);
  const server = createServer((request, response) => {
    const path = decodeURIComponent(new URL(request.url!, "http://localhost").pathname);
    asked.push(path);
    if (isolated)
      for (const [name, value] of Object.entries(ISOLATION_HEADERS)) response.setHeader(name, value);
    if (cors) {
      response.setHeader("Access-Control-Allow-Origin", "*");
      response.setHeader("Cross-Origin-Resource-Policy", "cross-origin");
    }
    const page = pages[path];
    if (page !== undefined) {
      if (policy !== undefined) response.setHeader("Content-Security-Policy", policy);
      response.writeHead(200, { "Content-Type": TYPES[".html"] }).end(page);
      return;
    }
    const prefix = prefixes.find((start) => path.startsWith(start));
    const file =
      prefix === undefined
        ? ""
        : normalize(join(folders[prefix]!, path.slice(prefix.length).replace(/(^|\/)$/, "$1index.html")));
    stat(file).then(
      (info) => {
        if (!info.isFile()) {
          response.writeHead(404).end();
          return;
        }
        const type = TYPES[extname(file)] ?? "application/octet-stream";
        response.writeHead(200, { "Content-Type": type, "Content-Length": info.size });
        createReadStream(file).pipe(response);
      },
      () => response.writeHead(404).end(),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    origin: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`,
    asked,
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}
