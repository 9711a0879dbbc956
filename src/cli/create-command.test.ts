import { spawn, spawnSync } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { EXIT } from "../headless/exit-codes.ts";
import { createCommand } from "./create-command.ts";

let folder = "";
let complained = "";
let printed = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "dudak create "));
  printed = "";
  vi.spyOn(console, "log").mockImplementation((text: string) => void (printed += `${text}\n`));
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
  expect(printed).toMatch(/^ {2}cd ".*Yeni Sayfa 1"$/m);
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

test("a page's starter says what is missing, and serves the page isolated and nothing beside it", async () => {
  const made = join(folder, "page");
  expect(await createCommand([made])).toBe(EXIT.ok);
  const built = spawnSync(process.execPath, ["build.mjs"], { cwd: made, encoding: "utf8" });
  expect(built).toMatchObject({ status: 1, stdout: "" });
  expect(built.stderr).toBe("The package dudak is not installed here. Run npm install first.\n");

  await mkdir(join(made, "site"));
  await writeFile(join(made, "site", "index.html"), "<!doctype html>");
  const server = spawn(process.execPath, ["serve.mjs"], { cwd: made, env: { ...process.env, PORT: "0" } });
  try {
    const line = await new Promise<string>((resolve) => {
      server.stdout.once("data", (data: Buffer) => resolve(data.toString()));
    });
    const origin = /http:\/\/[\d.]+:\d+/.exec(line)![0];
    const page = await fetch(`${origin}/`);
    expect(page.status).toBe(200);
    expect(page.headers.get("cross-origin-embedder-policy")).toBe("require-corp");
    expect((await fetch(`${origin}/..%2fpackage.json`)).status).toBe(404);
    expect((await fetch(`${origin}/none.js`)).status).toBe(404);
  } finally {
    server.kill();
  }
});
