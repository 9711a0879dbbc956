import { getRequestListener } from "@hono/node-server";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** A server that answers. */
export interface HttpServer {
  /** For instance `http://127.0.0.1:8787`. */
  readonly origin: string;
  /**
   * Takes no further connections; answers in the middle may come to their end.
   * @param graceMs after which those that are left are cut off.
   */
  close(graceMs?: number): Promise<void>;
}

/** What answers the requests, and where. */
export interface HttpServerOptions {
  readonly host: string;
  /** 0 chooses a free one. */
  readonly port: number;
  readonly answer: (request: Request) => Promise<Response>;
  /** Told after each answer's head, with the seconds that it took. */
  readonly onAnswer?: (request: Request, status: number, seconds: number) => void;
}

/**
 * Listens for HTTP.
 * @throws the system's error when the port is taken.
 */
export async function listen(options: HttpServerOptions): Promise<HttpServer> {
  const { host, port, answer, onAnswer } = options;
  const listener = getRequestListener(
    async (request) => {
      const startedAt = performance.now();
      const response = await answer(request);
      onAnswer?.(request, response.status, (performance.now() - startedAt) / 1000);
      return response;
    },
    { overrideGlobalObjects: false },
  );
  const server = createServer(
    { requestTimeout: 3600_000, headersTimeout: 20_000, keepAliveTimeout: 10_000 },
    (incoming, outgoing) => void listener(incoming, outgoing),
  );
  server.maxConnections = 1000;
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, resolve);
  });
  const address = server.address() as AddressInfo;
  const name = address.family === "IPv6" ? `[${host}]` : host;
  return {
    origin: `http://${name}:${String(address.port)}`,
    async close(graceMs = 0) {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeIdleConnections();
      const cut = setTimeout(() => {
        server.closeAllConnections();
      }, graceMs);
      await closed;
      clearTimeout(cut);
    },
  };
}
