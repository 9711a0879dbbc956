import { expect, test, vi } from "vitest";
import { sideBySide } from "./side-by-side.ts";

const soon = () => new Promise((resolve) => setTimeout(resolve));

/** Parts of some items each; what was begun and given is noted. */
function parts(sizes: readonly number[], log: string[] = []) {
  return async function* (part: number, lane: number) {
    log.push(`${lane} begins ${part}`);
    for (let i = 0; i < sizes[part]!; i++) {
      await soon();
      log.push(`${part}.${i}`);
      yield { part, i };
    }
  };
}

async function all<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const found: Item[] = [];
  for await (const item of items) found.push(item);
  return found;
}

test.each([1, 2, 3])("parts come in order, whole, whatever the lanes: %d", async (lanes) => {
  const sizes = [3, 1, 0, 5, 2];
  const found = await all(sideBySide({ parts: sizes.length, lanes, ahead: 5 }, parts(sizes)));
  expect(found).toEqual(sizes.flatMap((size, part) => Array.from({ length: size }, (_, i) => ({ part, i }))));
});

test("a lane reads the next part while another is read, and no more than it may have ready", async () => {
  const log: string[] = [];
  const items = sideBySide({ parts: 4, lanes: 2, ahead: 3 }, parts([3, 3, 3, 3], log));
  expect((await items.next()).value).toEqual({ part: 0, i: 0 });
  await vi.waitFor(() => expect(log).toContain("1.2"));
  for (let i = 0; i < 20; i++) await soon();
  expect(log).toContain("1 begins 3");
  // Read, but not taken: there is no room for it.
  expect(log).toContain("3.0");
  expect(log).not.toContain("3.1");
  expect(await all(items)).toHaveLength(11);
});

test("what goes wrong in a part is thrown where its items would come", async () => {
  const items = sideBySide({ parts: 4, lanes: 2, ahead: 3 }, async function* (part, lane) {
    yield* parts([2, 1, 2, 2])(part, lane);
    if (part === 1) throw new Error("broken");
  });
  const found: unknown[] = [];
  await expect(
    (async () => {
      for await (const item of items) found.push(item);
    })(),
  ).rejects.toThrow("broken");
  expect(found).toHaveLength(3);
});

test("leaving the loop stops the lanes", async () => {
  const log: string[] = [];
  for await (const item of sideBySide({ parts: 6, lanes: 2, ahead: 9 }, parts([9, 9, 9, 9, 9, 9], log))) {
    if (item.i === 1) break;
  }
  await soon();
  await soon();
  const given = log.length;
  for (let i = 0; i < 5; i++) await soon();
  expect(log).toHaveLength(given);
});
