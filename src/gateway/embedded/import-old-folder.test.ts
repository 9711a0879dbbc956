import { cp, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, test } from "vitest";
import { draft } from "../../../tests/api/jobs.ts";
import { createKeyStore } from "../../rest/keys.ts";
import { webhookSecret } from "../../rest/webhooks.ts";
import { openDataDir, visitDataDir } from "../data-dir.ts";

/** A folder that the gateway of 0.1 wrote, killed with a job in the middle, and what was in it. */
const fixture = (name: string) => fileURLToPath(new URL(`../../../tests/fixtures/${name}`, import.meta.url));
const facts = JSON.parse(await readFile(fixture("gateway-0.1.json"), "utf8")) as Record<
  | "key"
  | "revoked"
  | "secret"
  | "upload"
  | "unused"
  | "completed"
  | "failed"
  | "owed"
  | "running"
  | "queued"
  | "prefix",
  string
>;

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "dudak-take-over-"));
  await cp(fixture("gateway-0.1"), folder, { recursive: true });
});
afterEach(() => rm(folder, { recursive: true, force: true }));

test("everything in a folder of the release before is there, in its order, and the folder opens as ever", async () => {
  const data = await openDataDir(folder);
  const { store, media } = data;
  const { completed, failed, owed, running, queued } = facts;
  expect((await store.list({ limit: 10 })).map(({ id }) => id)).toEqual([
    queued,
    running,
    owed,
    failed,
    completed,
  ]);
  const done = (await store.get(completed))!;
  expect(done).toMatchObject({ state: "completed", spec: { formState: { seed: 5, prompt: "calm" } } });
  expect(await (await (await media.get(done.output!.file))!.blob()).text()).toBe("a voice");
  expect(await store.get(failed)).toMatchObject({ state: "failed", errorCode: "input/no-face" });
  expect((await store.owedWebhooks(5)).map(({ id }) => id)).toEqual([owed]);
  const { idempotency } = done;
  expect(await store.create(draft({ idempotency }))).toMatchObject({
    created: false,
    row: { id: completed },
  });
  await store.takeLease("n", 1);
  expect(await store.claim("n", 1)).toMatchObject({ id: running, crashes: 1 });
  expect(await store.claim("n", 1)).toMatchObject({ id: queued, crashes: 0 });
  const upload = (await media.get(facts.upload))!;
  expect([upload.name, await (await upload.blob()).text()]).toEqual(["hello.wav", "a voice"]);
  const keys = createKeyStore(data.keys, data.uses);
  await expect(keys.verify(facts.key, undefined)).resolves.toMatchObject({ name: "laptop" });
  await expect(keys.verify(facts.revoked, undefined)).rejects.toMatchObject({ code: "auth/unknown" });
  expect(await webhookSecret(data.settings)).toBe(facts.secret);
  expect((await store.create(draft())).row.sequence).toBe(6);
  await data.close();
});

test("it is taken over once: what is removed later does not come back", async () => {
  const first = await openDataDir(folder);
  await first.store.delete(facts.completed);
  await first.close();
  const second = await openDataDir(folder);
  expect(await second.store.get(facts.completed)).toBeUndefined();
  expect(await second.store.list({ limit: 10 })).toHaveLength(4);
  expect((await readdir(join(folder, "before-database"))).sort()).toEqual([
    "jobs",
    "key-uses",
    "keys",
    "media-records",
    "settings",
  ]);
  await second.close();
});

test("a command that is the first to open it finds the keys, and one file that cannot be read changes nothing", async () => {
  const [name] = await readdir(join(folder, "jobs"));
  const path = join(folder, "jobs", name!);
  const text = await readFile(path, "utf8");
  await writeFile(path, text.slice(0, 50));
  await expect(visitDataDir(folder)).rejects.toMatchObject({ code: "storage/failed" });
  expect(await readdir(join(folder, "jobs"))).toHaveLength(5);
  await writeFile(path, text);
  const data = await visitDataDir(folder);
  expect(await data.keys.get(facts.prefix)).toMatchObject({ name: "laptop" });
  expect(await data.store.list({ limit: 10 })).toHaveLength(5);
  await data.close();
});
