import { afterEach, expect, test, vi } from "vitest";
import { draft, type Draft } from "./draft.ts";

afterEach(() => draft.clear());

const EMPTY: Draft = {
  mode: "photo",
  picture: null,
  video: null,
  chosenFace: 0,
  voices: [null, null],
  options: { resolution: "480p", prompt: "calm", seed: "", order: "left_right", mask: null },
  result: null,
  jobId: null,
};

/** The database's rows by key. */
async function rows(): Promise<Map<string, unknown>> {
  const request = indexedDB.open("dudak-studio", 1);
  const database = await new Promise<IDBDatabase>((resolve) => {
    request.onsuccess = () => resolve(request.result);
  });
  const store = database.transaction("draft").objectStore("draft");
  const [keys, values] = [store.getAllKeys(), store.getAll()];
  await new Promise((resolve) => (store.transaction.oncomplete = resolve));
  database.close();
  return new Map(keys.result.map((key, i) => [String(key), values.result[i]]));
}

test("a draft comes back with its files, however deep they lie", async () => {
  const picture = new File(["picture"], "me.jpg", { type: "image/jpeg" });
  const voice = new File(["voice"], "hello.mp3");
  const mask = new Blob(["mask"]);
  expect(
    await draft.save({ ...EMPTY, picture, voices: [null, voice], options: { ...EMPTY.options, mask } }),
  ).toBe(true);
  const kept = (await draft.load())!;
  expect(kept.picture).toMatchObject({ name: "me.jpg", type: "image/jpeg", size: 7 });
  expect(kept.voices[0]).toBeNull();
  expect(await kept.voices[1]!.text()).toBe("voice");
  expect(await kept.options.mask!.text()).toBe("mask");
  expect(kept.options.prompt).toBe("calm");
});

test("a file's row is written once, and removed by the next visit after no draft names it", async () => {
  await draft.save({ ...EMPTY, picture: new File(["picture"], "me.jpg") });
  const { picture } = (await draft.load())!;
  const before = [...(await rows()).keys()];
  await draft.save({ ...EMPTY, picture, chosenFace: 1 });
  await draft.save({ ...EMPTY, picture, chosenFace: 2 });
  expect([...(await rows()).keys()]).toEqual(before);
  expect((await rows()).get("current")).toMatchObject({ chosenFace: 2, picture: { fileKey: before.at(-1) } });
  // Brought back by an undo: the file can still be read.
  await draft.save(EMPTY);
  expect(await picture!.text()).toBe("picture");
  expect(await draft.load()).toEqual(EMPTY);
  expect([...(await rows()).keys()]).toEqual(["current"]);
});

test("a draft with its files inside, as earlier versions wrote it, is read", async () => {
  const request = indexedDB.open("dudak-studio", 1);
  await new Promise((resolve) => (request.onsuccess = resolve));
  const store = request.result.transaction("draft", "readwrite").objectStore("draft");
  store.put({ ...EMPTY, picture: new File(["picture"], "me.jpg") }, "current");
  await new Promise((resolve) => (store.transaction.oncomplete = resolve));
  request.result.close();
  expect(await (await draft.load())!.picture!.text()).toBe("picture");
});

test("files come back where the database refuses blobs, as in WebKit's private windows", async () => {
  const put = IDBObjectStore.prototype.put;
  const refusing = vi.spyOn(IDBObjectStore.prototype, "put").mockImplementation(function (
    this: IDBObjectStore,
    value: unknown,
    key?: IDBValidKey,
  ) {
    const request = put.call(this, value instanceof Blob ? "refused" : value, key);
    if (value instanceof Blob) {
      const error = new DOMException("Error preparing Blob/File data to be stored", "UnknownError");
      Object.defineProperty(this.transaction, "error", { value: error, configurable: true });
      request.onsuccess = () => this.transaction.abort();
    }
    return request;
  });
  try {
    const picture = new File(["picture"], "me.jpg", { type: "image/jpeg" });
    const mask = new Blob(["mask"], { type: "image/png" });
    expect(await draft.save({ ...EMPTY, picture, options: { ...EMPTY.options, mask } })).toBe(true);
    const kept = (await draft.load())!;
    expect(kept.picture).toMatchObject({ name: "me.jpg", type: "image/jpeg", size: 7 });
    expect(await kept.options.mask!.text()).toBe("mask");
  } finally {
    refusing.mockRestore();
  }
});
