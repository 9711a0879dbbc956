import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { PROJECT_ROOT } from "../headless/project-root.ts";
import { SAMPLES } from "./samples.ts";

const FOLDER = join(PROJECT_ROOT, "src/studio/samples");

interface Entry {
  readonly file: string;
  readonly by: string;
  readonly licence: string;
  readonly bytes: number;
  readonly sha256: string;
}

test("every sample has an entry with its maker, licence and hash, and nothing else does", async () => {
  const manifest = JSON.parse(await readFile(join(FOLDER, "manifest.json"), "utf8")) as Entry[];
  const files = (await readdir(FOLDER, { recursive: true })).filter((name) => /\.(jpg|mp3|mp4)$/.test(name));
  expect(manifest.map(({ file }) => file).sort()).toEqual(files.sort());
  for (const { file, by, licence, bytes, sha256 } of manifest) {
    const content = await readFile(join(FOLDER, file));
    expect(content.length, file).toBe(bytes);
    expect(createHash("sha256").update(content).digest("hex"), file).toBe(sha256);
    expect(by, file).not.toBe("");
    expect(licence, file).toMatch(/public domain|CC0|CC BY 4\.0|Flite/);
  }
});

test("a sample names whom it is from", () => {
  for (const sample of SAMPLES) expect(sample.credit, sample.picture).not.toBe("");
});
