// Serves the two sites of this example: the host's page, and the page that it embeds, each from an origin of its own.
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { extname } from "node:path";

const TYPES = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".jpg": "image/jpeg",
  ".mp3": "audio/mpeg",
};

/** Serves some files on a port of localhost; 0 chooses a free one. */
async function serve(files, port, headers) {
  const server = createServer(async (request, response) => {
    const name = new URL(request.url, "http://localhost").pathname.slice(1);
    const file = files[name];
    if (!file) {
      response.writeHead(404).end();
      return;
    }
    const body = await readFile(new URL(file, import.meta.url));
    response.writeHead(200, { "Content-Type": TYPES[extname(file)], ...headers }).end(body);
  });
  await new Promise((resolve, reject) => server.once("error", reject).listen(port, "localhost", resolve));
  const close = () => {
    server.close();
    server.closeAllConnections();
  };
  return { origin: `http://localhost:${server.address().port}`, close };
}

/** Starts both sites. */
export async function serveExample({ hostPort = 4101, framePort = 4102 } = {}) {
  const host = await serve(
    {
      "host.html": "host.html",
      "host.js": "host.js",
      "portrait.jpg": "../media/portrait.jpg",
      "hello.mp3": "../media/hello.mp3",
    },
    hostPort,
    {},
  );
  // Who may embed the page: the browser sees to it, so the page can trust whoever embeds it.
  const frame = await serve({ "frame.html": "frame.html", "frame.js": "frame.js" }, framePort, {
    "Content-Security-Policy": `frame-ancestors ${host.origin}`,
  });
  const close = () => {
    host.close();
    frame.close();
  };
  return { host: host.origin, frame: frame.origin, close };
}

if (process.argv[1] === new URL(import.meta.url).pathname) {
  const { host, frame } = await serveExample();
  console.log(`1. In another terminal:   dudak serve
2. In a third:            dudak keys create --name embed --origin ${frame}
3. Open, with that key:   ${host}/host.html#${new URLSearchParams({ frame: `${frame}/frame.html` })}&key=sk_…`);
}
