import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { EXIT } from "../headless/exit-codes.ts";
import { createCommand } from "./create-command.ts";

let folder = "";
let complained = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "dudak create "));
  vi.spyOn(console, "log").mockReturnValue();
  complained = "";
  vi.spyOn(console, "error").mockImplementation((text: string) => void (complained += text));
});
afterEach(async () => {
  vi.restoreAllMocks();
  await rm(folder, { recursive: true, force: true });
});

test("a starter stands alone and has a name that npm accepts", async () => {
  const made = join(folder, "Yeni Sayfa 1");
  expect(await createCommand([made, "--template", "voice-agent"])).toBe(EXIT.ok);
  expect(await readFile(join(made, "vite.config.js"), "utf8")).toContain('publicDir: "public"');
  expect((await readFile(join(made, "public", "portrait.jpg"))).length).toBeGreaterThan(1000);
  expect(JSON.parse(await readFile(join(made, "package.json"), "utf8"))).toMatchObject({
    name: "yeni-sayfa-1",
  });
});

test("nothing is written into a folder that holds something, and unknown templates are refused", async () => {
  await writeFile(join(folder, "mine.txt"), "mine");
  expect(await createCommand([folder])).toBe(EXIT.usage);
  expect(complained).toContain("[usage/not-empty]");
  expect(await createCommand([join(folder, "new"), "--template", "angular"])).toBe(EXIT.usage);
  expect(await createCommand([])).toBe(EXIT.usage);
});

test("what is a file is no folder, nor is anything below it", async () => {
  const file = join(folder, "mine.txt");
  await writeFile(file, "mine");
  for (const path of [file, join(file, "page")]) {
    complained = "";
    expect(await createCommand([path])).toBe(EXIT.usage);
    expect(complained).toContain("[usage/not-a-folder]");
  }
  expect(await readFile(file, "utf8")).toBe("mine");
});
