import { afterEach, expect, test } from "vitest";
import { createOpfsBytes } from "../../queue/store/opfs-bytes.ts";
import { openPrivateFile } from "./private-file.ts";

const FOLDER = "private-file-test";
const folder = async () =>
  (await navigator.storage.getDirectory()).getDirectoryHandle(FOLDER, { create: true });

/** What a browser leaves that is killed while it writes the file: the file, still empty, and its copy. */
async function interruptedWrite(name: string): Promise<void> {
  for (const left of [name, `${name}.crswap`]) await (await folder()).getFileHandle(left, { create: true });
}

async function names(): Promise<string[]> {
  const found: string[] = [];
  for await (const name of (await folder()).keys()) found.push(name);
  return found;
}

afterEach(async () => {
  await (await navigator.storage.getDirectory()).removeEntry(FOLDER, { recursive: true });
});

test("writing a file again removes what an interrupted write left", async () => {
  await interruptedWrite("piece");
  expect(await names()).toHaveLength(2);
  const writable = await openPrivateFile(await folder(), "piece");
  await writable.write("whole");
  await writable.close();
  expect(await names()).toEqual(["piece"]);
});

test("deleting stored bytes deletes what an interrupted write left, too", async () => {
  const bytes = await createOpfsBytes(FOLDER);
  await interruptedWrite("piece");
  await bytes.delete("piece");
  expect(await names()).toEqual([]);
});
