import { afterAll, beforeAll, expect, test } from "vitest";
import { paintNet } from "../../models/lip-models/test-nets.ts";
import { wavHeader } from "../../src/core/wav.ts";
import { axeFindings } from "../axe.ts";
import { chooseFiles, dropBytes, GENERATE, openStudio, type OpenStudio } from "./open-studio.ts";

const TALK = new URL("../fixtures/video/talk.mp4", import.meta.url).pathname;
let studio: OpenStudio;

beforeAll(async () => {
  studio = await openStudio();
});
afterAll(() => studio?.close());

/** Noise of 0.6 s as a WAV file, mono, 16 kHz. */
function noise(): Buffer {
  const samples = new Int16Array(9600);
  for (let i = 0, state = 1; i < samples.length; i++) {
    state = (state * 48271) % 2147483647;
    samples[i] = Math.round((state / 2147483647 - 0.5) * 40_000);
  }
  const header = wavHeader({ sampleRateHz: 16_000, encoding: "s16" }, samples.byteLength);
  return Buffer.concat([header, Buffer.from(samples.buffer)]);
}

test("a dropped model is tried, kept once its licence is accepted, re-syncs a video, and is deleted once unpinned", async () => {
  const { page, context, complaints } = await studio.visit();
  await dropBytes(page, "broken.onnx", Buffer.from("no graph at all"));
  await page.waitForSelector("[data-unusable]");
  expect(await page.textContent("[data-unusable]")).toMatch(
    /broken\.onnx cannot be used.+model\/unsupported/s,
  );
  expect(await page.locator("[data-keep-model]").count()).toBe(0);

  await dropBytes(page, "own-lips.onnx", paintNet({ size: 96 }));
  await page.waitForSelector("[data-keep-model][aria-disabled=true]");
  expect(await page.textContent(".understood")).toMatch(/96 px, six channels/);
  expect(await page.locator(".findings .oktone").count()).toBe(6);
  expect(await page.textContent(".candidate")).toMatch(/no commercial use/);
  await page.check("[name=accept-licence]");
  expect(await axeFindings(page, null)).toEqual([]);
  await page.click("[data-keep-model][aria-disabled=false]");
  await page.waitForSelector(".modelrow:nth-child(2) input:checked");
  expect(await page.textContent(".modelrow:nth-child(2)")).toMatch(/own-lips\.onnx · .+Research use only/s);
  await page.keyboard.press("Escape");

  await chooseFiles(page, ".drop .btn.primary", TALK);
  await page.waitForSelector(".file");
  await dropBytes(page, "noise.wav", noise());
  await page.click(GENERATE);
  await page.waitForSelector("studio-result-panel");
  expect(await page.textContent(".kv")).toContain("wav2lip-96");
  expect(await page.textContent("studio-result-panel")).toMatch(/The lips were painted by/);

  await page.reload();
  await page.waitForSelector("studio-result-panel");
  await page.locator("nav button.mid[title=Settings]").click();
  await page.click("text=Manage models");
  const row = page.locator(".modelrow:nth-child(2)");
  await row.getByRole("button", { name: /^Pin/ }).click();
  await row.locator("[aria-pressed=true]").waitFor();
  await row.getByRole("button", { name: /^Delete/ }).click({ force: true });
  expect(await row.count()).toBe(1);
  await row.getByRole("button", { name: /^Pin/ }).click();
  await row.locator("[aria-pressed=false]").waitFor();
  await row.getByRole("button", { name: /^Delete/ }).click();
  await row.waitFor({ state: "detached" });
  expect(await page.isChecked(".modelrow:nth-child(1) input")).toBe(true);
  await page.click("text=Undo");
  await page.waitForSelector(".modelrow:nth-child(2) input:checked");
  expect(complaints).toEqual([]);
  await context.close();
});
