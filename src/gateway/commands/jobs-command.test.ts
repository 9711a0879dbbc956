import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { draft } from "../../../tests/api/jobs.ts";
import { EXIT } from "../../headless/exit-codes.ts";
import { UsageError } from "../../headless/usage-error.ts";
import { EngineError } from "../../job/errors.ts";
import { failedRow } from "../../queue/job-row.ts";
import { openDataDir, type DataDir } from "../data-dir.ts";
import { clusterAddress } from "./cluster-options.ts";
import { jobsCommand } from "./jobs-command.ts";

let folder: string;
let data: DataDir;
let printed: string[];
let complained: string[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "dudak-jobs-"));
  // The gateway runs while the command reaches into its folder.
  data = await openDataDir(folder);
  printed = [];
  complained = [];
  vi.spyOn(console, "log").mockImplementation((line: string) => void printed.push(line));
  vi.spyOn(console, "error").mockImplementation((line: string) => void complained.push(line));
});
afterEach(async () => {
  vi.restoreAllMocks();
  await data.close();
  await rm(folder, { recursive: true, force: true });
});

const jobs = async (...argv: string[]) => {
  printed.length = 0;
  const code = await jobsCommand([...argv, "--data", folder]);
  return { code, text: printed.join("\n") };
};
const json = async (...argv: string[]) =>
  JSON.parse((await jobs(...argv, "--json")).text) as Record<string, unknown> & { id: string }[];
const fail = (id: string) =>
  data.store.update(id, (row) => failedRow(row, 5, new EngineError("input/audio", "Bad audio.")));

describe("dudak jobs", () => {
  test("lists by status, key and page, and shows one without the secret of its address", async () => {
    expect((await jobs("list")).text).toBe("There are no such jobs.");
    const rows = [];
    for (const owner of ["sk_A", "sk_B", "sk_A"]) rows.push((await data.store.create(draft({ owner }))).row);
    const [first, second, third] = rows.map(({ id }) => id) as [string, string, string];
    await fail(second);
    expect((await json("list")).map(({ id }) => id)).toEqual([third, second, first]);
    expect((await json("list", "--status", "failed")).map(({ id }) => id)).toEqual([second]);
    expect((await json("list", "--key", "sk_A", "--limit", "1")).map(({ id }) => id)).toEqual([third]);
    expect((await json("list", "--before", "3", "--limit", "1")).map(({ id }) => id)).toEqual([second]);
    expect((await jobs("list")).text).toContain(`${second}  `);
    expect((await jobs("list")).text).toContain("failed  input/audio  sk_B");
    const { text } = await jobs("show", second);
    expect(JSON.parse(text)).toMatchObject({
      id: second,
      number: 2,
      errorCode: "input/audio",
      owner: "sk_B",
    });
    expect(text).not.toContain(rows[1]!.outputToken);
  });

  test("cancels a job, which the gateway hears of; one that is finished not", async () => {
    const { row } = await data.store.create(draft());
    const told: string[] = [];
    data.store.subscribe(({ id }) => void told.push(id));
    expect(await jobs("cancel", row.id)).toEqual({ code: EXIT.ok, text: `Cancelled ${row.id}.` });
    expect(await data.store.get(row.id)).toMatchObject({ state: "failed", errorCode: "job/cancelled" });
    await expect.poll(() => told).toContain(row.id);
    expect((await jobs("cancel", row.id)).code).toBe(EXIT.failed);
    expect(complained.join()).toContain("job/conflict");
  });

  test("does a failed job's request once more, with copies of its own files", async () => {
    const id = crypto.randomUUID();
    const own = await data.media.put(new Blob(["a face"]), { type: "image/png", owner: id });
    const spec = {
      model: "lipsync-image",
      formState: { image: { file: own.id }, audio: { url: "http://media.example/voice" }, seed: 7 },
    } as const;
    const webhook = { url: "https://x.example/", attempts: 3, abandonedAt: 5 };
    const { row } = await data.store.create(draft({ id, spec, webhook, owner: "sk_A" }));
    expect((await jobs("retry", id)).code).toBe(EXIT.failed);
    await fail(id);
    await jobs("retry", id);
    const [again] = await data.store.list({ limit: 1 });
    expect(again).toMatchObject({ state: "queued", owner: "sk_A", spec: { formState: { seed: 7 } } });
    expect(again!.webhook).toEqual({ url: "https://x.example/", attempts: 0 });
    expect(again!.outputToken).not.toBe(row.outputToken);
    await data.media.delete(own.id);
    const { image } = again!.spec.formState as { image: { file: string } };
    expect(await (await (await data.media.get(image.file))!.blob()).text()).toBe("a face");
    await fail(again!.id);
    await data.media.delete(image.file);
    expect((await jobs("retry", again!.id)).code).toBe(EXIT.input);
  });

  test.each([
    [["burn"]],
    [["list", "x"]],
    [["show"]],
    [["list", "--status", "odd"]],
    [["list", "--limit", "0"]],
  ])("%j is a usage error", async (argv) => {
    expect((await jobs(...argv)).code).toBe(EXIT.usage);
  });

  test("a job that is not there is told", async () => {
    expect((await jobs("show", crypto.randomUUID())).code).toBe(EXIT.failed);
    expect(complained.join()).toContain("job/not-found");
  });
});

describe("the address of a cluster", () => {
  const storage = "file:///srv/dudak";

  test("comes from options or the environment, secrets from the environment alone", () => {
    expect(clusterAddress({}, {})).toBeUndefined();
    const env = { DUDAK_REDIS_PASSWORD: "p", DUDAK_REDIS_USERNAME: "u", DUDAK_STORAGE: storage };
    expect(clusterAddress({ redis: "rediss://queue:7000/3" }, env)).toEqual({
      redis: { host: "queue", port: 7000, db: 3, username: "u", password: "p", tls: {} },
      storage: { kind: "folder", path: "/srv/dudak" },
      namespace: "dudak",
    });
    const whole = { DUDAK_REDIS: "redis://u:p%40@queue", DUDAK_STORAGE: storage };
    expect(clusterAddress({}, whole)?.redis).toMatchObject({ username: "u", password: "p@", port: 6379 });
  });

  test.each([
    [{ redis: "redis://queue" }],
    [{ storage }],
    [{ redis: "http://queue", storage }],
    [{ redis: "redis://:secret@queue", storage }],
    [{ redis: "redis://queue", storage, namespace: "a:b" }],
    [{ redis: "redis://queue", storage, "redis-ca": "/nonexistent" }],
    [{ redis: "redis://queue", storage: "ftp://x" }],
  ])("%j is refused", (values) => {
    expect(() => clusterAddress(values, {})).toThrow(UsageError);
  });
});
