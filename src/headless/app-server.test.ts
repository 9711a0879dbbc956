import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { serveApp, type AppServer } from "./app-server.ts";

/** A device that is always full. */
const FULL = "/dev/full";

let folder: string;
let server: AppServer;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "dudak-app-server-"));
  server = await serveApp(folder);
});
afterAll(async () => {
  await server.close();
  await rm(folder, { recursive: true, force: true });
});

/** Many times what a socket holds, so that the server is still receiving when it answers. */
const body = new Uint8Array(20_000_000).map((_, i) => i);

async function put(path: string): Promise<number> {
  const place = server.accept(path);
  try {
    return (await fetch(new URL(place.url, server.origin), { method: "PUT", body })).status;
  } finally {
    place.close();
  }
}

test("a result is saved byte for byte", async () => {
  const path = join(folder, "result");
  expect(await put(path)).toBe(204);
  expect((await readFile(path)).equals(body)).toBe(true);
});

test.skipIf(!existsSync(FULL))("a result for which the disk has no room is answered with 507", async () => {
  expect(await put(FULL)).toBe(507);
});
