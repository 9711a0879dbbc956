import { createHash } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startS3, startSilence } from "../../../tests/cluster/services.ts";
import { chunksOf, type ByteStore } from "../../queue/store/media-store.ts";
import { openS3Bytes } from "./s3-bytes.ts";
import { parseStorageAddress } from "./storage-address.ts";

let s3: Awaited<ReturnType<typeof startS3>>;
let bytes: ByteStore;
beforeAll(async () => {
  s3 = await startS3();
  bytes = await openS3Bytes(s3.address, PATIENCE);
});
afterAll(() => s3.close());

const PATIENCE = { patienceMs: 0 };
const CHUNK = 1 << 20;

/** So many megabytes whose content tells their place; `pulled` counts those that were asked for. */
function megabytes(count: number, onPull: (pulled: number) => void = () => undefined) {
  let pulled = 0;
  return new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        if (pulled === count) {
          controller.close();
          return;
        }
        controller.enqueue(new Uint8Array(CHUNK).fill(pulled++));
        onPull(pulled);
      },
    },
    { highWaterMark: 0 },
  );
}

async function hashOf(stream: ReadableStream<Uint8Array>): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of chunksOf(stream)) hash.update(chunk);
  return hash.digest("hex");
}

test("a stream of many parts comes back as it was, whole and in ranges", async () => {
  const id = `job.part/with a slash é`;
  expect(await bytes.write(id, megabytes(20))).toBe(20 * CHUNK);
  const open = (await bytes.open(id))!;
  expect(open.size).toBe(20 * CHUNK);
  expect(await hashOf(open.stream())).toBe(await hashOf(megabytes(20)));
  const middle = await new Response(open.stream(3 * CHUNK - 1, 3 * CHUNK + 1)).bytes();
  expect([...middle]).toEqual([2, 3]);
  expect(await new Response(open.stream(5, 5)).text()).toBe("");
  expect((await bytes.list()).map((found) => found.id)).toEqual([id]);
  await bytes.delete(id);
  expect(await bytes.open(id)).toBeUndefined();
  expect(await bytes.list()).toEqual([]);
});

test("an empty file is a file", async () => {
  expect(await bytes.write("empty", new Blob([]).stream())).toBe(0);
  const open = (await bytes.open("empty"))!;
  expect([open.size, (await open.blob("text/plain")).size, await new Response(open.stream()).text()]).toEqual(
    [0, 0, ""],
  );
  await bytes.delete("empty");
});

test("a source that breaks off and an upload that is given up leave nothing", async () => {
  const broken = megabytes(30).pipeThrough(
    new TransformStream({
      transform(chunk: Uint8Array, controller) {
        if (chunk[0] === 20) throw new Error("the client left");
        controller.enqueue(chunk);
      },
    }),
  );
  await expect(bytes.write("broken", broken)).rejects.toThrow("the client left");
  const control = new AbortController();
  const given = megabytes(60, (pulled) => {
    if (pulled === 20) control.abort();
  });
  await expect(bytes.write("given-up", given, control.signal)).rejects.toBeDefined();
  expect(await bytes.open("broken")).toBeUndefined();
  expect(await bytes.open("given-up")).toBeUndefined();
  expect(await bytes.list()).toEqual([]);
});

test("a bucket that is not there, a server that is not there and addresses that are none say what to do", async () => {
  await expect(openS3Bytes({ ...s3.address, bucket: "nowhere" }, PATIENCE)).rejects.toMatchObject({
    code: "storage/failed",
  });
  await expect(
    openS3Bytes({ ...s3.address, endpoint: "http://127.0.0.1:9" }, PATIENCE),
  ).rejects.toMatchObject({
    code: "storage/unavailable",
  });
  for (const text of [
    "bucket",
    "s3://",
    "s3://a?colour=red",
    "s3://key:secret@a",
    "s3://a?endpoint=nowhere",
  ]) {
    expect(() => parseStorageAddress(text), text).toThrow("storage");
  }
  expect(parseStorageAddress("s3://b/some/where/?region=eu-west-1&endpoint=https://s3.example")).toEqual({
    kind: "s3",
    bucket: "b",
    prefix: "some/where/",
    region: "eu-west-1",
    endpoint: "https://s3.example",
  });
});

test("a server that never answers is told of while it is waited for, then given up", async () => {
  const silence = await startSilence();
  const endpoint = `http://127.0.0.1:${String(silence.port)}`;
  const told: unknown[] = [];
  const patience = { patienceMs: 0, onWaiting: (wait: unknown) => void told.push(wait) };
  await expect(openS3Bytes({ ...s3.address, endpoint }, patience)).rejects.toMatchObject({
    code: "storage/unavailable",
    told: { id: "host/no-s3", values: { address: endpoint, reason: "no answer" } },
  });
  expect(told).toMatchObject([{ service: "S3", option: "--storage", address: endpoint, leftMs: 3000 }]);
  await silence.close();
}, 20_000);

test("a question that is never answered is given up, and the storage is for the moment away", async () => {
  let endpoint = "http://127.0.0.1:";
  const server = createServer((request, response) => {
    // The bucket is there; what is asked of it hangs.
    if (new URL(request.url!, endpoint).pathname.split("/").filter(Boolean).length === 1)
      response.writeHead(200).end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  endpoint += String((server.address() as AddressInfo).port);
  const hanging = await openS3Bytes({ ...s3.address, endpoint }, PATIENCE, 300);
  await expect(hanging.open("file")).rejects.toMatchObject({ code: "storage/unavailable" });
  await expect(hanging.delete("file")).rejects.toMatchObject({ code: "storage/unavailable" });
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});
