import { afterAll, expect, test } from "vitest";
import { fixture, shortVoice } from "../../../tests/engine/media.ts";
import { createLipSync } from "../lip-sync.ts";

const lipSync = createLipSync();
afterAll(() => lipSync.dispose());

const form = async () => ({ image: await fixture("portrait.jpg"), audio: await shortVoice(1), seed: 4 });

/** A stream that keeps what it gets. */
function collector() {
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  let end: unknown = "open";
  const stream = new WritableStream<Uint8Array<ArrayBuffer>>({
    write: (chunk) => void chunks.push(chunk),
    close: () => void (end = "closed"),
    abort: (reason) => void (end = reason),
  });
  return { stream, bytes: () => new Blob(chunks).arrayBuffer(), end: () => end };
}

test("a stream and a file get the very bytes that a job hands out", async () => {
  const { output } = await lipSync.image(await form(), { backend: "wasm" });
  const expected = new Uint8Array(await output.arrayBuffer());

  const { stream, bytes, end } = collector();
  const written = await lipSync.image(await form(), { backend: "wasm", writeTo: stream });
  expect(written).toMatchObject({ output: null, bytes: output.size, type: output.type, seed: 4 });
  expect(end()).toBe("closed");
  expect(new Uint8Array(await bytes())).toEqual(expected);

  const folder = await navigator.storage.getDirectory();
  const handle = await folder.getFileHandle("result.mp4", { create: true });
  await lipSync.image(await form(), { backend: "wasm", writeTo: handle });
  expect(new Uint8Array(await (await handle.getFile()).arrayBuffer())).toEqual(expected);
  await folder.removeEntry("result.mp4");
});

test("a job that fails aborts the stream with its error and leaves a file as it was", async () => {
  const { stream, end } = collector();
  const bad = { image: new Blob(["no picture"]), audio: await shortVoice(1) };
  await expect(lipSync.image(bad, { writeTo: stream })).rejects.toMatchObject({ code: "input/image" });
  expect(end()).toMatchObject({ code: "input/image" });

  const folder = await navigator.storage.getDirectory();
  const handle = await folder.getFileHandle("kept.mp4", { create: true });
  const before = await handle.createWritable();
  await before.write("an older film");
  await before.close();
  const signal = AbortSignal.timeout(300);
  await expect(lipSync.image(await form(), { signal, writeTo: handle })).rejects.toMatchObject({
    code: "job/cancelled",
  });
  expect(await (await handle.getFile()).text()).toBe("an older film");
  await folder.removeEntry("kept.mp4");
});

test("a stream without room, and what is no target, are told by code", async () => {
  const full = new WritableStream({
    write() {
      throw new DOMException("no room", "QuotaExceededError");
    },
  });
  await expect(lipSync.image(await form(), { backend: "wasm", writeTo: full })).rejects.toMatchObject({
    code: "storage/full",
  });
  const locked = collector().stream;
  locked.getWriter();
  for (const writeTo of [locked, {} as never])
    await expect(lipSync.image(await form(), { writeTo })).rejects.toMatchObject({
      code: "input/field",
      details: { field: "writeTo" },
    });
});
