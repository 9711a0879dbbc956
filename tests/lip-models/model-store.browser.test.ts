import largeFile from "@ffmpeg/core/wasm?url";
import { afterEach, expect, test } from "vitest";
import { paintNet } from "../../models/lip-models/test-nets.ts";
import { resolveLipModel } from "../../src/engine/lip-model.ts";
import type { ModelManifest } from "../../src/lip-models/manifest/manifest.ts";
import { createModelStore, type StoreProgress } from "../../src/lip-models/model-store.ts";
import { readyManifest } from "../../src/lip-models/manifest/ready-manifests.ts";
import { sha256OfBlob } from "../../src/core/sha256.ts";

const FOLDER = "dudak-models-test";
const store = await createModelStore(FOLDER);

afterEach(async () => {
  const root = await navigator.storage.getDirectory();
  const dir = await root.getDirectoryHandle(FOLDER);
  for await (const name of dir.keys()) await dir.removeEntry(name, { recursive: true });
});

const net = new File([paintNet()], "own.onnx");
const manifest: ModelManifest = { ...readyManifest("wav2lip-96"), id: "own" };
const accepted = { licenceAccepted: true };

test("a model is kept whole, listed with its size and licence, opened and deleted", async () => {
  const stored = await store.add(net, manifest, accepted);
  expect(stored).toMatchObject({ id: "own", bytes: net.size, licenceAccepted: true, pinned: false });
  expect(stored.sha256).toBe(await sha256OfBlob(net));
  const again = await createModelStore(FOLDER);
  expect(await again.list()).toEqual([stored]);
  const { file, manifest: kept, licenceAccepted } = await again.open("own");
  expect(await sha256OfBlob(file)).toBe(stored.sha256);
  expect(kept).toEqual(manifest);
  expect(licenceAccepted).toBe(true);
  await store.delete("own");
  expect(await store.list()).toEqual([]);
  await expect(store.open("own")).rejects.toMatchObject({ code: "model/load" });
});

test("a browser that writes no files from a page (Safari before 26) says so and keeps nothing", async () => {
  const writing = Object.getOwnPropertyDescriptor(FileSystemFileHandle.prototype, "createWritable")!;
  delete (FileSystemFileHandle.prototype as Partial<FileSystemFileHandle>).createWritable;
  try {
    await expect(store.add(net, manifest, accepted)).rejects.toMatchObject({
      code: "storage/failed",
      message: expect.stringContaining("Safari 26") as string,
    });
    expect(await store.list()).toEqual([]);
  } finally {
    Object.defineProperty(FileSystemFileHandle.prototype, "createWritable", writing);
  }
});

test("a licence that was not accepted keeps the model out", async () => {
  await expect(store.add(net, manifest)).rejects.toMatchObject({ code: "model/licence" });
  expect(await store.list()).toEqual([]);
});

test("a file with another hash than the manifest's is refused and removed", async () => {
  const other = { ...manifest, file: { name: "own.onnx", sha256: "0".repeat(64) } };
  await expect(store.add(net, other, accepted)).rejects.toMatchObject({ code: "model/integrity" });
  expect(await store.list()).toEqual([]);
  await expect(store.open("own")).rejects.toMatchObject({ code: "model/load" });
});

test("a pinned model is neither deleted nor replaced until it is unpinned", async () => {
  await store.add(net, manifest, accepted);
  await store.pin("own", true);
  await expect(store.delete("own")).rejects.toMatchObject({ code: "storage/failed" });
  await expect(store.add(net, manifest, accepted)).rejects.toMatchObject({ code: "storage/failed" });
  expect((await store.list())[0]!.pinned).toBe(true);
  await store.pin("own", false);
  await store.delete("own");
  expect(await store.list()).toEqual([]);
});

test("a download that was cancelled goes on where it stopped and is whole in the end", async () => {
  const url = new URL(largeFile, location.href).href;
  const whole = await (await fetch(url)).blob();
  const remote = {
    ...manifest,
    file: { name: "large.onnx", url, bytes: whole.size, sha256: await sha256OfBlob(whole) },
  };
  const controller = new AbortController();
  const first = store.download(remote, {
    ...accepted,
    signal: controller.signal,
    onProgress: ({ bytes }) => {
      if (bytes > 20e6) controller.abort();
    },
  });
  await expect(first).rejects.toMatchObject({ code: "job/cancelled" });
  expect(await store.list()).toEqual([]);
  const progress: StoreProgress[] = [];
  const stored = await store.download(remote, { ...accepted, onProgress: (now) => progress.push(now) });
  expect(progress[0]!.bytes).toBeGreaterThan(16 * 1024 ** 2);
  expect(progress.at(-1)).toEqual({ bytes: whole.size, totalBytes: whole.size });
  expect(stored).toMatchObject({ bytes: whole.size, sha256: remote.file.sha256 });
});

test("an address without a model, and a manifest without an address, fail with what to do", async () => {
  const missing = {
    ...manifest,
    file: { name: "x.onnx", url: new URL("/nothing.onnx", location.href).href },
  };
  await expect(store.download(missing, accepted)).rejects.toMatchObject({ code: "model/load" });
  await expect(store.download(manifest, accepted)).rejects.toMatchObject({ code: "model/load" });
});

test("a job takes an installed model by its id, with the licence as it was accepted", async () => {
  const own = await createModelStore();
  await own.add(net, manifest, accepted);
  try {
    const model = await resolveLipModel({ installed: "own" });
    expect(model.licenceAccepted).toBe(true);
    expect(model.file.size).toBe(net.size);
    await expect(resolveLipModel({ installed: "other" })).rejects.toMatchObject({ code: "model/load" });
  } finally {
    await own.delete("own");
  }
});
