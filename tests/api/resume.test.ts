import { createHash } from "node:crypto";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Page } from "playwright";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Checkpoint } from "../../src/job/checkpoint.ts";
import { buildApp } from "../../src/headless/app-build.ts";
import { serveApp, type AppServer } from "../../src/headless/app-server.ts";
import { createEngineHost } from "../../src/headless/engine-host.ts";
import { launchKillable, type KillableBrowser } from "./killable-browser.ts";

const fixture = (name: string) => fileURLToPath(new URL(`../fixtures/${name}`, import.meta.url));

let folder: string;
let server: AppServer;
let picture: string;
let voice: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "dudak-resume-"));
  server = await serveApp(await buildApp());
  // Frames of a constant-rate MP3 can simply follow each other: 26 seconds, two whole segments and a part.
  const sample = await readFile(fixture("voice.mp3"));
  await writeFile(join(folder, "voice.mp3"), Buffer.concat([sample, sample]));
  await writeFile(join(folder, "short.mp3"), sample.subarray(0, 18_000));
  picture = server.offer(fixture("portrait.jpg")).url;
  voice = server.offer(join(folder, "voice.mp3")).url;
});
afterAll(async () => {
  await server.close();
  await rm(folder, { recursive: true, force: true, maxRetries: 5 });
});

/** The studio, controlled by its service worker, in a browser that keeps its profile. */
async function openStudio(): Promise<{ session: KillableBrowser; page: Page }> {
  const session = await launchKillable(join(folder, "profile"));
  const page = await session.browser.contexts()[0]!.newPage();
  await page.goto(`${server.origin}/`);
  await page.evaluate(async () => void (await navigator.serviceWorker.ready));
  await page.goto(`${server.origin}/`);
  await page.waitForFunction(() => navigator.serviceWorker.controller !== null);
  return { session, page };
}

/**
 * Submits the job as a program in a page does. The picture is small: Chromium's H.264 encoder divides those from
 * 640 × 480 pixels on by the load of its threads, and so never gives the same bytes twice.
 */
function submit(page: Page): Promise<string> {
  return page.evaluate(
    async ([image, audio]) => {
      const bitmap = await createImageBitmap(await (await fetch(image)).blob());
      const canvas = new OffscreenCanvas(128, 160);
      canvas.getContext("2d")!.drawImage(bitmap, 0, 0, 128, 160);
      const upload = async (body: Blob, type: string) => {
        const headers = { "Content-Type": type };
        const answer = await fetch("/api/v1/files", { method: "POST", body, headers });
        return ((await answer.json()) as { url: string }).url;
      };
      const formState = {
        image: await upload(await canvas.convertToBlob(), "image/png"),
        audio: await upload(await (await fetch(audio)).blob(), "audio/mpeg"),
        seed: 7,
      };
      const answer = await fetch("/api/v1/lipsync-image", {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify({ formState }),
      });
      return ((await answer.json()) as { id: string }).id;
    },
    [picture, voice] as const,
  );
}

/** Waits for the end of a job; what its row says, and the hash of its file. */
async function result(page: Page, id: string) {
  const job = () =>
    page.evaluate(
      async (of) =>
        (await (await fetch(`/api/v1/jobs/${of}?wait=10`)).json()) as {
          status: string;
          output: string;
          error: string;
          timings: Record<string, number>;
        },
      id,
    );
  await expect.poll(async () => (await job()).status, { timeout: 200_000 }).not.toBe("processing");
  const { status, output, error, timings } = await job();
  expect({ status, error }).toEqual({ status: "completed", error: "" });
  const hash = await page.evaluate(async (url) => {
    const bytes = await (await fetch(url)).arrayBuffer();
    const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
    return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
  }, output);
  return { hash, timings };
}

/** Names of the pieces of a job's checkpoint on the disk. */
function pieces(page: Page, id: string): Promise<string[]> {
  return page.evaluate(async (of) => {
    const root = await navigator.storage.getDirectory();
    const names: string[] = [];
    const media = await root.getDirectoryHandle("dudak-media");
    for await (const name of media.keys()) if (name.startsWith(`${of}.segment-`)) names.push(name);
    return names;
  }, id);
}

test("a job whose browser is killed in mid-rendering goes on in the next one, and its file is that of a whole run", async () => {
  const first = await openStudio();
  let second: KillableBrowser | undefined;
  try {
    const whole = await result(first.page, await submit(first.page));
    expect(Object.keys(whole.timings)).toContain("listening");
    const id = await submit(first.page);
    // Where the second segment is being written, what was found out about the inputs and the first one are kept.
    await expect.poll(() => pieces(first.page, id)).toContain(`${id}.segment-2`);
    await first.session.kill();
    const again = await openStudio();
    second = again.session;
    const resumed = await result(again.page, id);
    expect(resumed.hash).toBe(whole.hash);
    expect(Object.keys(resumed.timings)).not.toContain("listening");
    await expect.poll(() => pieces(again.page, id)).toEqual([]);
  } finally {
    await first.session.kill();
    await second?.kill();
  }
});

test("a job whose headless browser is closed goes on in the next one from the checkpoint that Node keeps", async () => {
  const host = await createEngineHost();
  const kept: Blob[] = [];
  let atPiece: (count: number) => void = () => undefined;
  const checkpoint: Checkpoint = {
    load: () => Promise.resolve([...kept]),
    save(piece, index = kept.length) {
      kept.length = Math.min(kept.length, index);
      kept.push(piece);
      atPiece(kept.length);
      return Promise.resolve();
    },
  };
  const outputPath = join(folder, "movie.webm");
  const request = {
    model: "lipsync-image",
    formState: {
      image: { path: fixture("portrait.jpg") },
      audio: { path: join(folder, "short.mp3") },
      seed: 7,
    },
    backend: "wasm",
    format: "webm",
    segmentSeconds: 0.5,
    outputPath,
  } as const;
  const hash = async () =>
    createHash("sha256")
      .update(await readFile(outputPath))
      .digest("hex");
  try {
    atPiece = (count) => {
      if (count === 2) void host.page().then((page) => page.context().browser()!.close());
    };
    await expect(host.run(request, { checkpoint })).rejects.toMatchObject({ code: "device/lost" });
    expect(kept.length).toBeGreaterThanOrEqual(2);
    const before = [...kept];
    atPiece = () => undefined;
    const { result: resumed } = await host.run(request, { checkpoint });
    expect(Object.keys(resumed.timings)).not.toContain("listening");
    expect(kept.slice(0, before.length)).toEqual(before);
    const resumedHash = await hash();
    await host.run(request);
    expect(resumedHash).toBe(await hash());
  } finally {
    await host.close();
  }
});
