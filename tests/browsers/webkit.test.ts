import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ALL_FORMATS, BufferSource, Input } from "mediabunny";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { buildApp } from "../../src/headless/app-build.ts";
import { serveApp, type AppServer } from "../../src/headless/app-server.ts";
import { PORTRAIT, VOICE } from "../studio/open-studio.ts";
import { findWebKit, startWebKit, type WebKitPage } from "./webkit-driver.ts";

const programs = findWebKit();
const skipped = programs ? "" : " (skipped: no WebKitWebDriver with MiniBrowser and a display or xvfb-run)";

/** Waits until the page is there, its service worker answers, and GStreamer is ready. */
const READY = `
  // WebKitGTK 2.50 crashes where a worker is the first to need GStreamer.
  document.createElement("video").canPlayType("video/mp4");
  await navigator.serviceWorker.ready;
  while (!navigator.serviceWorker.controller || !document.querySelector("studio-app .bar")) {
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
`;
const SUBMIT = `
  const [image, audio] = args;
  const body = JSON.stringify({ formState: { image, audio, seed: 7 } });
  const headers = { "Content-Type": "application/json" };
  const response = await fetch("/api/v1/lipsync-image", { method: "POST", headers, body });
  return (await response.json()).id;
`;
const WAIT = `return (await fetch("/api/v1/jobs/" + args[0] + "?wait=20")).json();`;
/** The answer to what Safari asks before it plays, and the whole film, which goes to the test. */
const TAKE = `
  const [output, target] = args;
  const first = await fetch(output, { headers: { Range: "bytes=0-1" } });
  const film = await (await fetch(output)).blob();
  await fetch(target, { method: "PUT", body: film });
  return { status: first.status, bytes: (await first.blob()).size, film: film.size };
`;

describe.skipIf(!programs)(`in WebKit${skipped}`, () => {
  let server: AppServer;
  let page: WebKitPage;
  let folder: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "dudak-webkit-"));
    server = await serveApp(await buildApp());
    page = await startWebKit(programs!);
  });
  afterAll(async () => {
    await page?.close();
    await server?.close();
    await rm(folder, { recursive: true, force: true });
  });

  test("the studio's local API makes a film in a window that keeps nothing, and has it after a reload", async () => {
    await page.open(`${server.origin}/`);
    await page.run(READY);
    const id = await page.run(SUBMIT, server.offer(PORTRAIT).url, server.offer(VOICE).url);
    let job: unknown;
    do job = await page.run(WAIT, id);
    while ((job as { status: string }).status === "processing");
    expect(job).toMatchObject({ status: "completed", error: "", warnings: [], seed: 7 });

    await page.open(`${server.origin}/`);
    await page.run(READY);
    const path = join(folder, "film.mp4");
    const { output } = (await page.run(WAIT, id)) as { output: string };
    const taken = await page.run(TAKE, output, server.accept(path).url);
    const bytes = await readFile(path);
    expect(taken).toEqual({ status: 206, bytes: 2, film: bytes.length });

    const film = new Input({ source: new BufferSource(bytes), formats: ALL_FORMATS });
    const video = (await film.getPrimaryVideoTrack())!;
    const audio = (await film.getPrimaryAudioTrack())!;
    expect([await video.getCodec(), await audio.getCodec()]).toEqual(["avc", "aac"]);
    expect([await video.getCodedWidth(), await video.getCodedHeight()]).toEqual([480, 600]);
    // Pictures and sound of the same length, to within a frame of each: 40 ms and 21 ms.
    const seconds = await audio.computeDuration();
    expect(Math.abs((await video.computeDuration()) - seconds)).toBeLessThan(0.061);
    expect((await video.computePacketStats()).packetCount).toBe(
      Math.round((await video.computeDuration()) * 25),
    );
  }, 300_000);
});
