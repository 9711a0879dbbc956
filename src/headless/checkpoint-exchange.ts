import type { IncomingMessage, ServerResponse } from "node:http";
import type { Checkpoint } from "../job/checkpoint.ts";

/** Answers a page's requests for one job's checkpoint; `rest` is the path behind its own. */
export type ExchangeHandler = (
  request: IncomingMessage,
  response: ServerResponse,
  rest: string,
) => Promise<void>;

/**
 * A checkpoint for a page of the local server: `GET` gives the number of pieces, `GET /n` a piece, `PUT /n` saves one.
 * The other half is in `src/headless/page/remote-checkpoint.ts`.
 */
export function exchangeCheckpoint(checkpoint: Checkpoint): ExchangeHandler {
  let loaded: Promise<readonly Blob[]> | undefined;
  return async (request, response, rest) => {
    const index = rest === "" ? undefined : Number(rest.slice(1));
    if (request.method === "PUT" && index !== undefined) {
      const chunks: Uint8Array<ArrayBuffer>[] = [];
      for await (const chunk of request) chunks.push(new Uint8Array(chunk as Buffer));
      await checkpoint.save(new Blob(chunks), index);
      response.writeHead(204).end();
      return;
    }
    const pieces = await (loaded ??= checkpoint.load());
    if (index === undefined) {
      response.writeHead(200, { "Content-Type": "application/json" }).end(String(pieces.length));
      return;
    }
    const piece = pieces[index];
    if (piece) {
      response.writeHead(200, { "Content-Type": "application/octet-stream" });
      response.end(Buffer.from(await piece.arrayBuffer()));
    } else response.writeHead(404).end();
  };
}
