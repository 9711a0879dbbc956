import type { Checkpoint } from "../../job/checkpoint.ts";

async function answerOf(url: string, init?: RequestInit): Promise<Response> {
  const response = await fetch(url, init);
  if (!response.ok) throw new Error(`the checkpoint's server answered ${response.status}`);
  return response;
}

/** A checkpoint that the local server keeps; the other half is in `src/headless/checkpoint-exchange.ts`. */
export function remoteCheckpoint(url: string): Checkpoint {
  let count: number | undefined;
  const load = async () => {
    count = (await (await answerOf(url)).json()) as number;
    return Promise.all(Array.from({ length: count }, async (_, i) => (await answerOf(`${url}/${i}`)).blob()));
  };
  return {
    load,
    async save(piece, index) {
      const place = index ?? count ?? (await load()).length;
      await answerOf(`${url}/${place}`, { method: "PUT", body: piece });
      count = place + 1;
    },
  };
}
