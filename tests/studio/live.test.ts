import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { chromium, type Page } from "playwright";
import { wavHeader } from "../../src/core/wav.ts";
import { browserLaunch } from "../../src/headless/find-browser.mjs";
import { LONG_VOICE, openStudio, PORTRAIT, type OpenStudio } from "./open-studio.ts";

let studio: OpenStudio;
let folder: string;

/** A spoken sentence as a WAV file: what the browser's microphone hears, over and over. */
async function voice(): Promise<Buffer> {
  const browser = await chromium.launch(browserLaunch());
  try {
    const page = await browser.newPage();
    const sentence = (await readFile(LONG_VOICE)).toString("base64");
    const samples = await page.evaluate(async (encoded) => {
      const bytes = Uint8Array.from(atob(encoded), (letter) => letter.charCodeAt(0));
      const sound = await new OfflineAudioContext(1, 1, 48_000).decodeAudioData(bytes.buffer);
      return Array.from(sound.getChannelData(0), (value) => Math.round(32_767 * value));
    }, sentence);
    const header = wavHeader({ sampleRateHz: 48_000, encoding: "s16" }, 2 * samples.length);
    return Buffer.concat([header, Buffer.from(Int16Array.from(samples).buffer)]);
  } finally {
    await browser.close();
  }
}

/** The most dark pixels of 256 between the lips within so many tenths of a second: the inside of an open mouth. */
function openness(page: Page, looks: number): Promise<number> {
  return page.evaluate(async (count) => {
    const canvas = document.querySelector<HTMLCanvasElement>(".liveface canvas")!;
    const context = new OffscreenCanvas(16, 16).getContext("2d", { willReadFrequently: true })!;
    let most = 0;
    for (let i = 0; i < count; i++) {
      await new Promise((resolve) => setTimeout(resolve, 100));
      const { width: w, height: h } = canvas;
      context.drawImage(canvas, 0.44 * w, 0.56 * h, 0.11 * w, 0.06 * h, 0, 0, 16, 16);
      const { data } = context.getImageData(0, 0, 16, 16);
      let dark = 0;
      for (let at = 1; at < data.length; at += 4) if (data[at]! < 70) dark++;
      most = Math.max(most, dark);
    }
    return most;
  }, looks);
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "dudak-live-"));
  const microphone = join(folder, "microphone.wav");
  await writeFile(microphone, await voice());
  studio = await openStudio(undefined, [
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
    `--use-file-for-fake-audio-capture=${microphone}`,
  ]);
});
afterAll(async () => {
  await studio?.close();
  await rm(folder, { recursive: true, force: true });
});

test("live: pick a face, talk into the microphone, see it move, and save the recording", async () => {
  const { page, complaints } = await studio.visit({ permissions: ["microphone"] });
  await page.getByRole("button", { name: /Live: talk/ }).click();
  await page.getByText("Choose a picture with a face first").waitFor();
  const [chooser] = await Promise.all([
    page.waitForEvent("filechooser"),
    page.getByRole("button", { name: "Choose files" }).click(),
  ]);
  await chooser.setFiles(PORTRAIT);
  const talk = page.getByRole("button", { name: "Talk", exact: true });
  await expect.poll(() => talk.isEnabled()).toBe(true);
  // Before the first frame is shown the canvas is empty, and so all dark.
  await expect.poll(() => openness(page, 1)).toBeLessThan(256);
  const shut = await openness(page, 5);
  await talk.click();
  await page.getByRole("button", { name: "Stop talking" }).waitFor();
  const record = page.locator("studio-live-sheet").getByRole("button", { name: "Record" });
  await record.click();
  await expect.poll(() => openness(page, 20)).toBeGreaterThan(shut + 8);
  if (process.env["DUDAK_SHOTS"])
    await page.screenshot({ path: join(process.env["DUDAK_SHOTS"], "live.png") });
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("button", { name: "Stop and save" }).click(),
  ]);
  const file = join(folder, download.suggestedFilename());
  await download.saveAs(file);
  expect((await stat(file)).size).toBeGreaterThan(20_000);
  await page.getByRole("button", { name: "Stop talking" }).click();
  await expect.poll(() => talk.isVisible()).toBe(true);
  expect(complaints).toEqual([]);
});
