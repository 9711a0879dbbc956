import { readFile } from "node:fs/promises";
import type { Page } from "playwright";
import { afterAll, beforeAll, expect, test } from "vitest";
import { readCsv } from "../../src/core/csv.ts";
import { dropFiles, openStudio, PORTRAIT, VOICE, type OpenStudio } from "./open-studio.ts";
import { readZip } from "./read-zip.ts";

let studio: OpenStudio;
let [portrait, voice]: [Buffer, Buffer] = [Buffer.alloc(0), Buffer.alloc(0)];

beforeAll(async () => {
  [portrait, voice] = [await readFile(PORTRAIT), await readFile(VOICE)];
  studio = await openStudio();
});
afterAll(() => studio?.close());

const notes = (page: Page) => page.locator("studio-batch-sheet li.job small").allTextContents();

test("a list becomes jobs: wrong rows are told, the rest goes on after a reload, one zip holds all", async () => {
  const { page, context, complaints } = await studio.visit({ acceptDownloads: true });
  const list = [
    "picture;voice;resolution;seed;name",
    "me.jpg;one.mp3;480p;5;first",
    "me.jpg;two.mp3;4k;;",
    "me.jpg;gone.mp3;;;",
    "me.jpg;two.mp3;;;second",
  ].join("\n");
  await dropFiles(page, [
    { name: "films.csv", bytes: Buffer.from(list) },
    { name: "me.jpg", bytes: portrait },
    { name: "one.mp3", bytes: voice },
    { name: "two.mp3", bytes: voice },
  ]);
  await page.waitForSelector("studio-batch-sheet li.job");
  expect((await notes(page)).map((note) => note.trim())).toEqual([
    "ready",
    "“4k” does not work for “resolution”",
    "gone.mp3 is not among the files: add it",
    "ready",
  ]);
  expect(await page.textContent("#whybatch")).toBe("Rows to mend: 2. The others can be made now.");

  await page.click("studio-batch-sheet [data-start]");
  await page.waitForSelector("studio-batch-sheet [role=progressbar]");
  await page.waitForFunction(() => document.querySelectorAll("studio-batch-sheet li .bar2").length > 0);
  await page.reload();
  await page.keyboard.press("b");
  await page.waitForSelector("studio-batch-sheet [data-zip].primary");
  expect(await page.textContent("studio-batch-sheet .pfoot")).toContain("2 of 2 done");
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.click("studio-batch-sheet [data-zip]"),
  ]);
  expect(download.suggestedFilename()).toBe("films.zip");
  const entries = readZip(await readFile(await download.path()));
  expect(entries.map(({ name }) => name)).toEqual(["first.mp4", "second.mp4", "results.csv"]);
  for (const { data } of entries.slice(0, 2)) expect(data.subarray(4, 8).toString("latin1")).toBe("ftyp");
  const rows = readCsv(entries[2]!.data.toString()).rows.map(({ cells }) => cells);
  expect(rows.map(([name, line, state]) => [name, line, state])).toEqual([
    ["name", "line", "state"],
    ["first", "2", "completed"],
    ["me-two", "3", "new"],
    ["me-gone", "4", "new"],
    ["second", "5", "completed"],
  ]);
  await page.waitForFunction(() => navigator.serviceWorker.controller !== null);
  const seeds = await page.evaluate(async () => {
    const { jobs } = (await (await fetch("./api/v1/jobs")).json()) as { jobs: { seed: number }[] };
    return jobs.map(({ seed }) => seed);
  });
  expect(seeds.length).toBe(2);
  expect(seeds).toContain(5);
  // Where the reload came between a job's hand-over and the keeping of its address, it was handed over once more.
  expect(complaints.filter((complaint) => !complaint.includes("status of 409"))).toEqual([]);
  await context.close();
}, 240_000);

test("three voices dropped on a picture become three jobs, and all can be cancelled at once", async () => {
  const { page, context } = await studio.visit();
  await dropFiles(page, [
    { name: "me.jpg", bytes: portrait },
    // Frames of MP3 follow each other: long enough that none is finished before it is cancelled.
    ...["a", "b", "c"].map((name) => ({ name: `${name}.mp3`, bytes: Buffer.concat(Array(20).fill(voice)) })),
  ]);
  await page.waitForFunction(() => document.querySelectorAll("studio-batch-sheet li.job").length === 3);
  expect(await page.locator("studio-batch-sheet li.job b").allTextContents()).toEqual([
    "me-a",
    "me-b",
    "me-c",
  ]);
  await page.click("studio-batch-sheet [data-start]");
  await page.waitForFunction(() => document.querySelectorAll("studio-batch-sheet li .bar2").length > 0);
  await page.click("studio-batch-sheet [data-cancel]");
  // What was sent is cancelled, what was not is ready to be sent.
  await page.waitForSelector("studio-batch-sheet [data-cancel]", { state: "detached" });
  const states = (await notes(page)).map((note) => note.trim());
  expect(states).toContain("Cancelled");
  expect(states.filter((note) => note !== "Cancelled" && note !== "ready")).toEqual([]);
  await page.waitForFunction(() => navigator.serviceWorker.controller !== null);
  const unfinished = await page.evaluate(async () => {
    const { unfinished: count } = (await (await fetch("./api/v1/health")).json()) as { unfinished: number };
    return count;
  });
  expect(unfinished).toBe(0);
  await context.close();
}, 240_000);
