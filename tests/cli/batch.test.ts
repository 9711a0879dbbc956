import { execFile } from "node:child_process";
import { cp, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { readCsv } from "../../src/core/csv.ts";
import { PROJECT_ROOT } from "../../src/headless/project-root.ts";

let folder = "";

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "dudak batch é "));
  await cp(join(PROJECT_ROOT, "tests/fixtures/portrait.jpg"), join(folder, "me.jpg"));
  const whole = await readFile(join(PROJECT_ROOT, "tests/fixtures/voice.mp3"));
  await writeFile(join(folder, "short.mp3"), whole.subarray(0, 6000));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

function dudak(...argv: readonly string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const command = ["--import", "tsx", join(PROJECT_ROOT, "src/cli/cli.ts"), "batch", ...argv];
  return new Promise((resolve) => {
    execFile(process.execPath, command, { cwd: PROJECT_ROOT }, (error, stdout, stderr) => {
      resolve({ code: typeof error?.code === "number" ? error.code : 0, stdout, stderr });
    });
  });
}

test("each row becomes a video, faults are told by row, and what is there already is not made again", async () => {
  const table = join(folder, "list.csv");
  const rows = [
    "picture;voice;seed;name",
    "me.jpg;short.mp3;3;one",
    "me.jpg;none.mp3;;",
    "me.jpg;short.mp3;x;",
  ];
  await writeFile(table, rows.join("\n"));
  const out = join(folder, "made");
  const { code, stdout, stderr } = await dudak(table, "--out", out);
  expect(stderr).toContain("2/3 me-none: row 3: voice: there is no file none.mp3");
  expect(stderr).toContain('3/3 me-short: row 4: "x" does not work for "seed"');
  expect(code).toBe(3);
  expect(stdout).toContain("1/3 one: ");
  expect((await readdir(out)).sort()).toEqual(["one.mp4", "results.csv"]);
  expect((await readFile(join(out, "one.mp4"))).subarray(4, 8).toString("latin1")).toBe("ftyp");
  const list = readCsv(await readFile(join(out, "results.csv"), "utf8")).rows.map(({ cells }) => cells);
  expect(list.map(([name, line, state, , file]) => [name, line, state, file])).toEqual([
    ["name", "line", "state", "file"],
    ["one", "2", "completed", "one.mp4"],
    ["me-none", "3", "wrong", ""],
    ["me-short", "4", "wrong", ""],
  ]);
  const made = (await stat(join(out, "one.mp4"))).mtimeMs;
  expect((await dudak(table, "--out", out)).stdout).toContain("1/3 one: there already");
  expect((await stat(join(out, "one.mp4"))).mtimeMs).toBe(made);
});

test("the template is a table, and a table that is not there is wrong usage", async () => {
  const { code, stdout } = await dudak("--template");
  expect(code).toBe(0);
  expect(readCsv(stdout).rows.length).toBe(3);
  expect((await dudak(join(folder, "gone.csv"))).code).toBe(2);
  expect((await dudak()).code).toBe(2);
});
