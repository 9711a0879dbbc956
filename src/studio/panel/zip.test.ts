import { crc32 } from "node:zlib";
import { expect, test } from "vitest";
import { readZip } from "../../../tests/studio/read-zip.ts";
import { groupsOf, zipFiles } from "./zip.ts";

test("every file lies in the zip as it was, under its name, with its checksum", async () => {
  const large = Buffer.alloc(9_000_000, "0123456789");
  const files = [
    { name: "a.mp4", data: Buffer.from("first") },
    { name: "büyük.mp4", data: large },
    { name: "empty.csv", data: Buffer.alloc(0) },
  ];
  const told: number[] = [];
  const [zip, ...more] = await zipFiles(
    files.map(({ name, data }) => ({ name, data: new Blob([data]) })),
    (fraction) => told.push(fraction),
  );
  expect(more).toEqual([]);
  const read = readZip(Buffer.from(await zip!.arrayBuffer()));
  expect(read.map(({ name, method }) => [name, method])).toEqual(files.map(({ name }) => [name, 0]));
  for (const [i, { data, crc }] of read.entries()) {
    expect(data.equals(files[i]!.data)).toBe(true);
    expect(crc).toBe(crc32(files[i]!.data));
  }
  expect(told.at(-1)).toBe(1);
  expect(told).toEqual([...told].sort((a, b) => a - b));
});

test("what does not fit into one zip goes into the next, in order", () => {
  const sizes = [3, 2, 4, 9, 1];
  const groups = groupsOf(
    sizes.map((size) => ({ data: { size } })),
    5,
  );
  expect(groups.map((group) => group.map(({ data }) => data.size))).toEqual([[3, 2], [4], [9], [1]]);
});
