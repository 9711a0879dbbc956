import { UsageError } from "../headless/usage-error.ts";
import { mkdir, mkdtemp, readdir, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { requireFile } from "../headless/input-file.ts";
import { reserveOutput } from "./output-place.ts";

let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "dudak place ü "));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

test("a result lies at its place once it is kept, in folders made for it", async () => {
  const place = await reserveOutput(join(folder, "a/b/film.mp4"), []);
  expect(await readdir(join(folder, "a/b"))).toEqual([]);
  await writeFile(place.partial, "film");
  await place.keep();
  await place.discard();
  expect(await readdir(join(folder, "a/b"))).toEqual(["film.mp4"]);
});

test("a result that is not kept leaves neither files nor folders behind", async () => {
  await mkdir(join(folder, "mine"));
  const place = await reserveOutput(join(folder, "mine/a/b/film.mp4"), []);
  await writeFile(place.partial, "half");
  place.discardNow();
  expect(await readdir(join(folder, "mine/a/b"))).toEqual([]);
  await writeFile(place.partial, "half");
  await place.discard();
  expect(await readdir(folder)).toEqual(["mine"]);
  expect(await readdir(join(folder, "mine"))).toEqual([]);
});

test("what cannot become a result is refused before any work", async () => {
  const picture = join(folder, "me.jpg");
  await writeFile(picture, "picture");
  await expect(reserveOutput(folder, [])).rejects.toThrow(UsageError);
  await expect(reserveOutput(join(picture, "film.mp4"), [])).rejects.toThrow(UsageError);
  await expect(reserveOutput(picture, [picture])).rejects.toThrow(UsageError);
  expect(await readdir(folder)).toEqual(["me.jpg"]);
});

test.skipIf(process.platform === "win32")("a link to a source is that source", async () => {
  const video = join(folder, "talk.mp4");
  await writeFile(video, "video");
  await symlink(video, join(folder, "link.mp4"));
  await expect(reserveOutput(join(folder, "link.mp4"), [video])).rejects.toThrow(UsageError);
});

test("a source that is missing or a folder is an input error", async () => {
  await expect(requireFile(join(folder, "nobody.png"), "image")).rejects.toMatchObject({
    code: "input/missing",
  });
  await expect(requireFile(folder, "image")).rejects.toMatchObject({ code: "input/missing" });
  await writeFile(join(folder, "me.jpg"), "picture");
  await expect(requireFile(join(folder, "me.jpg"), "image")).resolves.toBeUndefined();
});
