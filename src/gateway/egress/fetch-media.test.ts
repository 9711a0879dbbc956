import { afterAll, beforeAll, expect, test } from "vitest";
import { startMediaServer, type TestServer } from "../../../tests/api/media-server.ts";
import { openMemoryStorage } from "../../queue/store/browser-storage.ts";
import { mediaOf } from "../../job/job-spec.ts";
import { resolveInputs } from "../../queue/inputs.ts";
import { draft } from "../../../tests/api/jobs.ts";
import { createMediaFetcher, type FetchLimits } from "./fetch-media.ts";

let server: TestServer;
beforeAll(async () => {
  server = await startMediaServer({ "a.png": new TextEncoder().encode("picture") });
});
afterAll(() => server.close());

const never = new AbortController().signal;

/** Fetches and stores a path of the server as a job does; the stored text. */
async function fetchStored(path: string, limits: Partial<FetchLimits> = {}, signal = never): Promise<string> {
  const { store, media } = openMemoryStorage();
  const medium = { url: /^https?:/.test(path) ? path : `${server.origin}/${path}` };
  const spec = { model: "lipsync-video", formState: { video: medium, audio: medium, seed: 1 } } as const;
  const { row } = await store.create(draft({ spec }));
  await store.takeLease("r", 0);
  await store.claim("r", 0);
  const all: FetchLimits = { policy: "any", maxBytes: 1e6, totalMs: 60_000, idleMs: 60_000, ...limits };
  const fetchMedia = createMediaFetcher(all);
  try {
    const files = await resolveInputs(row, { store, media, fetchMedia, maxBytes: all.maxBytes }, signal);
    const video = mediaOf(files).get("video")!;
    expect(mediaOf((await store.get(row.id))!.spec).get("video")).toEqual({ file: video.id });
    return await (await video.blob()).text();
  } catch (error) {
    expect(await media.list()).toEqual([]);
    throw error;
  }
}

test("a file is fetched, stored and noted in the job, also behind redirects", async () => {
  expect(await fetchStored("a.png")).toBe("picture");
  expect(await fetchStored("to//a.png")).toBe("picture");
  expect(await fetchStored(`to/${server.origin}/a.png`)).toBe("picture");
});

test.each([
  "gzip",
  "deflate",
  "br",
  "raw",
  "gzip, br",
  "identity, x-gzip",
  "aws-chunked",
  "utf-8",
  "gzip, aws-chunked",
])("an answer in %s, though nobody asked for it, is inflated", async (coding) => {
  expect(await fetchStored(`coded/${coding}/a.png`)).toBe("picture");
});

test("the size limit counts what comes out of a compressed answer", async () => {
  for (const coding of ["gzip", "raw", "gzip, br"])
    await expect(fetchStored(`coded/${coding}/zeros`)).rejects.toMatchObject({ code: "input/too-large" });
});

test.each<[string, string, RegExp, Partial<FetchLimits>?]>([
  ["a coding that is not read", "coded/zstd/a.png", /coding "zstd"/],
  ["too many codings", "coded/gzip, gzip, gzip, gzip/a.png", /coding "gzip, gzip, gzip, gzip"/],
  ["a coding that is none", "coded/liar/a.png", /could not be fetched/],
  ["a missing file", "nothing", /answered 404/],
  ["redirects in a circle", "circle", /circle/],
  ["too many redirects", "hop1", /more than 5 times/],
  ["a redirect to another scheme", "to/ftp://x.example/y", /ftp/],
  ["a redirect to a file of this machine", "to/file:///etc/passwd", /file/],
  ["a web page", "page", /text\/html/],
  ["a web page that calls itself a video", "disguised", /web page/],
  ["a slow drip", "drip", /not complete after 0.4 s/, { totalMs: 400 }],
  ["a download that is cut off", "cut", /could not be fetched/],
  ["a server that never answers", "silent", /could not be fetched/, { idleMs: 200 }],
])("%s is refused with input/fetch, naming the field", async (_, path, sentence, limits) => {
  const failure = fetchStored(path, limits);
  await expect(failure).rejects.toMatchObject({ code: "input/fetch" });
  await expect(failure).rejects.toThrow(sentence);
  await expect(failure).rejects.toThrow(/^formState\.video: /);
});

test("5 GB are refused before they come, and an endless stream while it comes", async () => {
  await expect(fetchStored("huge")).rejects.toMatchObject({ code: "input/too-large" });
  await expect(fetchStored("endless")).rejects.toMatchObject({
    code: "input/too-large",
  });
});

test("an unreachable server and an unknown name are input/fetch", async () => {
  const closed = await startMediaServer({});
  await closed.close();
  await expect(fetchStored(`${closed.origin}/a.png`)).rejects.toMatchObject({ code: "input/fetch" });
  await expect(fetchStored("http://nowhere.invalid/a.png", { totalMs: 5000 })).rejects.toMatchObject({
    code: "input/fetch",
  });
});

test("private addresses are refused: literal, by DNS, and behind a redirect from an allowed one", async () => {
  const isPublic = { policy: "public" } as const;
  await expect(fetchStored("a.png", isPublic)).rejects.toThrow(/private address/);
  await expect(fetchStored(`http://localhost:${String(server.port)}/a.png`, isPublic)).rejects.toThrow(
    /private address/,
  );
  // A name that resolves to this machine for the first hop, as if it were public; the second hop is a literal.
  const lookup: NonNullable<FetchLimits["lookup"]> = (_host, options, done) => {
    if (options.all) done(null, [{ address: "127.0.0.1", family: 4 }]);
    else done(null, "127.0.0.1", 4);
  };
  const redirect = `http://public.example:${String(server.port)}/to/${server.origin}/a.png`;
  await expect(fetchStored(redirect, { ...isPublic, lookup })).rejects.toThrow(
    /127\.0\.0\.1 is a private address/,
  );
});

test("a cancelled job stops its download", async () => {
  const control = new AbortController();
  setTimeout(() => {
    control.abort();
  }, 50);
  const download = fetchStored("drip", {}, control.signal);
  await expect(download).rejects.toMatchObject({ code: "job/cancelled" });
});
