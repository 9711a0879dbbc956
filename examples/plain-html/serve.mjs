// Serves the site on this machine, with the two headers by which the networks run in several threads.
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { createServer } from "node:http";
import { extname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";

const TYPES = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".mjs": "text/javascript; charset=utf-8",
  ".json": "application/json",
  ".wasm": "application/wasm",
  ".jpg": "image/jpeg",
  ".mp3": "audio/mpeg",
};
const site = fileURLToPath(new URL("site/", import.meta.url));

const server = createServer(async (request, response) => {
  const { pathname } = new URL(request.url, "http://localhost");
  const asked = normalize(decodeURIComponent(pathname.endsWith("/") ? `${pathname}index.html` : pathname));
  const file = join(site, asked);
  const found = file.startsWith(site) && (await stat(file).catch(() => undefined));
  if (!found || !found.isFile()) {
    response.writeHead(404).end();
    return;
  }
  response.writeHead(200, {
    "Content-Type": TYPES[extname(file)] ?? "application/octet-stream",
    "Content-Length": found.size,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
  });
  createReadStream(file).pipe(response);
});

// PORT=0 takes any; a port that is taken gives way to a free one.
server.on("error", () => server.listen(0, "127.0.0.1"));
server.on("listening", () => {
  console.log(`The page is at http://127.0.0.1:${server.address().port}/. Stop it with Ctrl-C.`);
});
server.listen(Number(process.env.PORT ?? 3000), "127.0.0.1");
