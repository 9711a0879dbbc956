import { readFile } from "node:fs/promises";
import { ALL_FORMATS, BufferSource, Input } from "mediabunny";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { findFirefox } from "../../src/headless/find-browser.mjs";
import { buildApp } from "../../src/headless/app-build.ts";
import { serveApp, type AppServer } from "../../src/headless/app-server.ts";
import { PORTRAIT, VOICE } from "../studio/open-studio.ts";
import { startFirefox, type FirefoxPage } from "./firefox-driver.ts";

const executable = findFirefox();
const skipped = executable ? "" : " (skipped: no Firefox is installed, nor named by DUDAK_FIREFOX)";

describe.skipIf(!executable)(`in Firefox${skipped}`, () => {
  let server: AppServer;
  let page: FirefoxPage;

  beforeAll(async () => {
    server = await serveApp(await buildApp());
    page = await startFirefox(executable!);
  }, 300_000);
  afterAll(async () => {
    await page?.close();
    await server?.close();
  });

  /** Drops files of this machine onto the page. */
  async function drop(...paths: string[]): Promise<void> {
    const files = paths.map((path) => ({ url: server.offer(path).url, name: path.split("/").at(-1)! }));
    await page.run(async (given) => {
      const dataTransfer = new DataTransfer();
      for (const { url, name } of given) {
        dataTransfer.items.add(new File([await (await fetch(url)).blob()], name));
      }
      document.dispatchEvent(new DragEvent("drop", { dataTransfer, bubbles: true, cancelable: true }));
    }, files);
  }

  const seen = (what: string, selector: string) =>
    page.until(what, (wanted) => document.querySelector(wanted) !== null, selector);
  const click = (selector: string) =>
    page.run((wanted) => document.querySelector<HTMLElement>(wanted)!.click(), selector);

  test("a picture and a voice become an MP4 that players understand, and all is there after a reload", async () => {
    await page.open(`${server.origin}/`);
    await seen("the studio", "studio-app .bar");
    expect(
      await page.run(() => [crossOriginIsolated, document.documentElement.scrollHeight <= innerHeight]),
    ).toEqual([true, true]);
    await drop(PORTRAIT, VOICE);
    const generate = ".pfoot .btn.primary[aria-disabled=false]";
    await seen("both files to be read", generate);
    await click(generate);
    await seen("the result", "studio-result-panel, .errbox");
    const landed = page.nextDownload();
    await click("studio-result-panel .pfoot .btn.primary");
    const path = await landed;
    expect(path).toMatch(/portrait-question\.mp4$/);

    const film = new Input({ source: new BufferSource(await readFile(path)), formats: ALL_FORMATS });
    const video = (await film.getPrimaryVideoTrack())!;
    const audio = (await film.getPrimaryAudioTrack())!;
    expect([await video.getCodec(), await audio.getCodec()]).toEqual(["avc", "aac"]);
    expect([await video.getDisplayWidth(), await video.getDisplayHeight()]).toEqual([480, 600]);
    expect((await video.computePacketStats()).packetCount).toBe(
      Math.round((await video.computeDuration()) * 25),
    );
    // Pictures and sound start together and are of the same length, to within a frame of each: 40 ms and 21 ms.
    expect(await video.getFirstTimestamp()).toBe(0);
    const seconds = await audio.computeDuration();
    expect(Math.abs((await video.computeDuration()) - seconds)).toBeLessThan(0.061);
    // In its record the first parameter set begins with its type and the record's own profile.
    const record = new Uint8Array((await video.getDecoderConfig())!.description as ArrayBuffer);
    expect(record[8]! & 31).toBe(7);
    expect([...record.subarray(9, 12)]).toEqual([...record.subarray(1, 4)]);

    await page.open();
    await seen("the result again", "studio-result-panel");
    await seen("the voice, read again", "studio-timeline .letters i, .errbox");
    expect(await page.run(() => document.querySelector(".errbox"))).toBeNull();
    await page.until("the film, playing to its end", async () => {
      const result = document.querySelector<HTMLVideoElement>("video.result")!;
      if (result.error) throw new Error(result.error.message);
      result.muted = true;
      if (result.paused && !result.ended) await result.play();
      return result.ended;
    });
    expect(page.complaints).toEqual([]);
  }, 400_000);

  test("the service worker answers the local REST API", async () => {
    await page.until("the service worker", () => navigator.serviceWorker.controller !== null);
    const answer = await page.run(async () => {
      const response = await fetch("./api/v1/jobs?limit=1");
      return [response.status, ((await response.json()) as { jobs: { status: string }[] }).jobs[0]?.status];
    });
    expect(answer).toEqual([200, "completed"]);
  });
});
