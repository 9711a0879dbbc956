import { parseArgs } from "node:util";
import { buildApp } from "./app-build.ts";
import { serveApp } from "./app-server.ts";

/** `npm start`: builds the studio when needed and serves it on the loopback address. */
async function main(argv: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...argv],
    options: { port: { type: "string" }, host: { type: "string" } },
  });
  const host = values.host ?? "127.0.0.1";
  const dist = await buildApp();
  const wanted = Number(values.port ?? 5173);
  const server = await serveApp(dist, { host, port: wanted, compress: true }).catch((error: unknown) => {
    if (values.port !== undefined) throw error;
    return serveApp(dist, { host, compress: true });
  });
  console.log(`Dudak is at ${server.origin}\nStop it with Ctrl-C.`);
}

await main(process.argv.slice(2));
