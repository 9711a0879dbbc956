import { afterEach, expect, test, vi } from "vitest";
import { capabilities, createLipSync, isSupported } from "../lip-sync.ts";

afterEach(() => vi.unstubAllGlobals());

const codes = ({ limitations }: { readonly limitations: readonly { readonly code: string }[] }) =>
  limitations.map(({ code }) => code);

test("what is said is what a job then does", async () => {
  expect(isSupported()).toBe(true);
  const found = await capabilities();
  expect(found).toMatchObject({ available: true, limitations: [] });
  await using lipSync = createLipSync();
  const { backend, threads } = await lipSync.warmUp();
  expect(backend).toBe(found.backend);
  if (backend === "wasm") expect(threads).toBe(found.backends.wasm.threads);
  expect(codes(found.backends.wasm)).toEqual(crossOriginIsolated ? [] : ["threads/not-isolated"]);
  // Chromium's own codecs without the licensed ones: what it lacks is done by ffmpeg, and said with its name.
  for (const [codec, { by, limitations }] of Object.entries(found.decode)) {
    if (by === "browser") expect(limitations).toEqual([]);
    else expect(limitations).toContainEqual({ code: "codecs/no-decoder", values: { codec } });
  }
  expect(found.decode.vp9).toMatchObject({ available: true, by: "browser" });
  expect(found.encode.webm).toMatchObject({ available: true, video: "browser", audio: "browser" });
  expect(found.encode.mp4).toMatchObject({ available: true, audio: "built-in" });
  expect(found.storage).toMatchObject({ files: { available: true }, queue: { available: true } });
  expect(found.storage.quotaBytes).toBeGreaterThan(0);
});

test("without WebCodecs ffmpeg reads and writes, but neither AV1 nor WebM", async () => {
  for (const name of ["VideoDecoder", "AudioDecoder", "VideoEncoder", "AudioEncoder"])
    vi.stubGlobal(name, undefined);
  const { decode, encode, available } = await capabilities();
  expect(available).toBe(true);
  expect(decode.avc).toMatchObject({ available: true, by: "ffmpeg" });
  expect(codes(decode.avc)).toEqual(["codecs/no-webcodecs", "codecs/no-decoder"]);
  expect(decode.av1).toMatchObject({ available: false, by: null });
  expect(encode.mp4).toMatchObject({ available: true, video: "ffmpeg", audio: "built-in" });
  expect(encode.webm).toMatchObject({ available: false, video: null });
  expect(encode.webm.limitations).toContainEqual({ code: "codecs/no-encoder", values: { codec: "opus" } });
});

test("what keeps the engine from running is named, and no backend is", async () => {
  const forbidden = {
    ...WebAssembly,
    validate: () => true,
    Module: function () {
      throw new Error("forbidden by the page's policy");
    },
  };
  vi.stubGlobal("WebAssembly", forbidden);
  expect(isSupported()).toBe(false);
  const found = await capabilities();
  expect(found).toMatchObject({ available: false, backend: null });
  expect(codes(found)).toEqual(["wasm/forbidden"]);
  expect(codes(found.backends.wasm)).toContain("wasm/forbidden");
  vi.stubGlobal("WebAssembly", undefined);
  expect(codes(await capabilities())).toEqual(["wasm/missing"]);
});

test("a refused private file system is told, as in some private windows", async () => {
  const refused = vi.spyOn(navigator.storage, "getDirectory").mockRejectedValue(new DOMException("no"));
  const { storage } = await capabilities();
  refused.mockRestore();
  expect(codes(storage.files)).toEqual(["storage/no-files"]);
});
