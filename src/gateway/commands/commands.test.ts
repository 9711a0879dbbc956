import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { createKeyStore } from "../../rest/keys.ts";
import { EXIT } from "../../headless/exit-codes.ts";
import { keysCommand } from "./keys-command.ts";
import { serveCommand } from "./serve-command.ts";
import { visitDataDir } from "../data-dir.ts";
import { parseServeOptions } from "./serve-options.ts";

let folder: string;
let printed: string[];
let complained: string[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "dudak-keys-"));
  printed = [];
  complained = [];
  vi.spyOn(console, "log").mockImplementation((line: string) => void printed.push(line));
  vi.spyOn(console, "error").mockImplementation((line: string) => void complained.push(line));
});
afterEach(async () => {
  vi.restoreAllMocks();
  await rm(folder, { recursive: true, force: true });
});

const keys = async (...argv: string[]) => {
  printed.length = 0;
  const code = await keysCommand([...argv, "--data", folder]);
  return { code, text: printed.join("\n") };
};

describe("dudak keys", () => {
  test("creates a key that works, lists it without its secret, and revokes it", async () => {
    const created = JSON.parse((await keys("create", "--name", "laptop", "--json")).text) as {
      key: string;
      prefix: string;
    };
    const tables = await visitDataDir(folder);
    const store = createKeyStore(tables.keys, tables.uses);
    await expect(store.verify(created.key, undefined)).resolves.toMatchObject({ name: "laptop" });
    const listed = await keys("list");
    expect(listed.text).toContain(`${created.prefix}  laptop  last used 20`);
    expect(listed.text).not.toContain(created.key);
    for (const name of (await readdir(folder)).filter((file) => file.startsWith("gateway.db"))) {
      expect(await readFile(join(folder, name), "latin1")).not.toContain(created.key);
    }
    expect(await keys("revoke", "laptop")).toEqual({ code: EXIT.ok, text: "Revoked laptop." });
    await expect(store.verify(created.key, undefined)).rejects.toMatchObject({ code: "auth/unknown" });
    expect((await keys("list")).text).toContain("revoked 20");
    await tables.close();
  });

  test("a revocation holds although a gateway notes the key's use at the same time", async () => {
    const { key } = JSON.parse((await keys("create", "--json")).text) as { key: string };
    const tables = await visitDataDir(folder);
    const gateway = createKeyStore(tables.keys, tables.uses);
    await Promise.all([gateway.verify(key, undefined), keys("revoke", key.slice(0, 11))]);
    await expect(gateway.verify(key, undefined)).rejects.toMatchObject({ code: "auth/unknown" });
    await tables.close();
  });

  test("the webhook secret stays the same until it is rotated", async () => {
    const { text } = await keys("secret");
    expect(text).toMatch(/^whsec_/);
    expect((await keys("secret")).text).toBe(text);
    const rotated = (await keys("secret", "--rotate")).text;
    expect(rotated).not.toBe(text);
    expect((await keys("secret")).text).toBe(rotated);
  });

  test.each([
    [["burn"]],
    [["revoke"]],
    [["revoke", "nobody"]],
    [["create", "x"]],
    [["create", "--colour", "red"]],
  ])("%j is a usage error", async (argv) => {
    expect((await keys(...argv)).code).toBe(EXIT.usage);
    expect(complained.join()).toContain("dudak keys --help");
  });

  test("a folder that cannot be used is told, with what to do", async () => {
    const file = join(folder, "file");
    await writeFile(file, "");
    expect(await keysCommand(["list", "--data", join(file, "data")])).toBe(EXIT.failed);
    expect(complained.join()).toMatch(/--data.*\[storage\/failed\]/);
  });

  test("an origin that is none is an input error", async () => {
    expect((await keys("create", "--origin", "nowhere")).code).toBe(EXIT.input);
  });
});

describe("dudak serve", () => {
  test("binds to the loopback address and refuses private addresses unless told otherwise", () => {
    const { front, place } = parseServeOptions([], folder);
    expect(front.host ?? "127.0.0.1").toBe("127.0.0.1");
    expect(front).toMatchObject({ allowPrivateUrls: false, allowedOrigins: [] });
    expect(place).toMatchObject({ dataDir: folder });
  });

  test("a port that is taken is a usage error that says what to do", async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    expect(await serveCommand(["--port", String(port), "--data", folder])).toBe(EXIT.usage);
    expect(complained.join()).toContain("--port");
    expect(await readdir(folder)).not.toContain("gateway.pid");
    server.close();
  });

  test("takes every option", () => {
    const argv =
      "--port 0 --host ::1 --concurrency 2 --keep-days 7 --max-size 5 --max-queue 9 --link-minutes 15 --ops-port 9 --drain 3 --log warn --log-content --rate 60 --format webm --backend wasm --allow-private-urls --public-origin https://x.example/y --allow-origin https://a.example/ --allow-origin *";
    const { front, place, drainMs } = parseServeOptions(argv.split(" "), folder);
    expect({ ...front, ...place, drainMs }).toEqual({
      opsPort: 9,
      drainMs: 3000,
      log: { level: "warn", content: true },
      linkMinutes: 15,
      port: 0,
      host: "::1",
      concurrency: 2,
      dataDir: folder,
      keepDays: 7,
      maxBytes: 5e6,
      maxUnfinished: 9,
      perMinute: 60,
      allowedOrigins: ["https://a.example", "*"],
      allowPrivateUrls: true,
      publicOrigin: "https://x.example",
      format: "webm",
      backend: "wasm",
    });
  });

  test.each([
    ["--port=x"],
    ["--port=70000"],
    ["--concurrency=0"],
    ["--allow-origin=here"],
    ["--format=avi"],
    ["--nonsense"],
  ])("%s is a usage error", async (option) => {
    expect(await serveCommand([option, "--data", folder])).toBe(EXIT.usage);
  });
});
