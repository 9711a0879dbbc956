import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from "node:zlib";

/** Codings of answers; `liar` says one and sends none. */
const CODERS: Readonly<Record<string, (bytes: Uint8Array) => Uint8Array>> = {
  gzip: gzipSync,
  "x-gzip": gzipSync,
  deflate: deflateSync,
  raw: deflateRawSync,
  br: brotliCompressSync,
};

/** A web server on the loopback address for one test. */
export interface TestServer {
  readonly origin: string;
  readonly port: number;
  close(): Promise<void>;
}

/** Starts a server that answers every request with `handle`. */
export async function startServer(
  handle: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<TestServer> {
  const server = createServer(handle);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    origin: `http://127.0.0.1:${String(port)}`,
    port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
}

/** A media server with every fault that an address can have. */
export function startMediaServer(media: Readonly<Record<string, Uint8Array>>): Promise<TestServer> {
  return startServer((request, response) => {
    const path = (request.url ?? "/").slice(1);
    const found = media[path];
    if (found) {
      const type = path.endsWith(".png") ? "image/png" : path.endsWith(".wav") ? "audio/wav" : "video/mp4";
      response.writeHead(200, { "Content-Type": type, "Content-Length": found.length }).end(found);
    } else if (path === "circle") response.writeHead(302, { Location: "/circle2" }).end();
    else if (path === "circle2") response.writeHead(302, { Location: "/circle" }).end();
    else if (/^hop\d+$/.test(path))
      response.writeHead(302, { Location: `/hop${String(Number(path.slice(3)) + 1)}` }).end();
    else if (path.startsWith("to/")) response.writeHead(302, { Location: path.slice(3) }).end();
    else if (path === "page") response.writeHead(200, { "Content-Type": "text/html" }).end("<!doctype html>");
    else if (path === "disguised")
      response.writeHead(200, { "Content-Type": "video/mp4" }).end(" <!DOCTYPE html><p>");
    else if (path === "huge") response.writeHead(200, { "Content-Length": 5e9 }).write("x");
    else if (path === "endless") {
      response.writeHead(200, { "Content-Type": "video/mp4" });
      const pump = () => {
        while (!response.destroyed && response.write(Buffer.alloc(65_536)));
      };
      response.on("drain", pump);
      pump();
    } else if (path === "drip") {
      response.writeHead(200, { "Content-Type": "video/mp4" });
      const timer = setInterval(() => response.write("x"), 20);
      response.on("close", () => {
        clearInterval(timer);
      });
    } else if (path === "cut") {
      response.writeHead(200, { "Content-Length": 1000 }).write("x".repeat(10));
      setTimeout(() => response.destroy(), 20);
    } else if (path.startsWith("coded/")) {
      // coded/gzip/a.png, and coded/gzip/zeros: 64 MB of nothing in 64 kB
      // coded/gzip, br/a.png: one within the other; coded/raw/a.png: "deflate" without a frame
      const [, coding, name] = path.split("/");
      const bytes = media[name!] ?? Buffer.alloc(64e6);
      const codings = decodeURIComponent(coding!).split(", ");
      const coded = codings.reduce<Uint8Array>((plain, one) => CODERS[one]?.(plain) ?? plain, bytes);
      const told = codings.join(", ").replace("raw", "deflate").replace("liar", "gzip");
      response.writeHead(200, { "Content-Type": "image/png", "Content-Encoding": told }).end(coded);
    } else if (path !== "silent") response.writeHead(404).end("nothing");
  });
}
