import { execFileSync, spawnSync } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { hasRedis, startRedis, startSilence, type RedisService } from "../../../tests/cluster/services.ts";
import { connectRedis, type RedisAddress } from "./redis-connection.ts";

const hasOpenssl = spawnSync("openssl", ["version"]).status === 0;
if (!hasOpenssl) console.warn("openssl is not installed: TLS to Redis is not tested.");

const ping = async (address: RedisAddress, patienceMs = 0) => {
  const redis = await connectRedis(address, { patienceMs });
  try {
    return await redis.ping();
  } finally {
    redis.disconnect();
  }
};

test("a server that takes the connection and never answers is told of while it is waited for, then given up", async () => {
  const silence = await startSilence();
  const told: unknown[] = [];
  const address = { host: "127.0.0.1", port: silence.port, db: 0 };
  await expect(
    connectRedis(address, { patienceMs: 3000, onWaiting: (wait) => void told.push(wait) }),
  ).rejects.toMatchObject({ code: "storage/unavailable", told: { id: "host/no-redis" } });
  const where = `127.0.0.1:${String(silence.port)}`;
  expect(told).toEqual([
    { service: "Redis", option: "--redis", address: where, reason: "no answer", leftMs: 1000 },
  ]);
  await silence.close();
});

describe.skipIf(!hasRedis)("a Redis with a password", () => {
  let redis: RedisService;
  beforeAll(async () => {
    redis = await startRedis({ requirepass: "secret" });
  });
  afterAll(() => redis.close());

  test("lets in who knows it, and others are told", async () => {
    expect(await ping({ ...redis.address, password: "secret" })).toBe("PONG");
    const timers = () => process.getActiveResourcesInfo().filter((kind) => kind === "Timeout").length;
    const before = timers();
    // At once: it is waited for a server that is not there, not for another password.
    await expect(ping({ ...redis.address, password: "guess" }, 60_000)).rejects.toMatchObject({
      code: "storage/unavailable",
      message: expect.stringContaining("password") as string,
    });
    // Nothing keeps a process alive that has failed.
    expect(timers()).toBeLessThanOrEqual(before);
  });
});

describe.skipIf(!hasRedis || !hasOpenssl)("TLS to Redis", () => {
  let redis: RedisService;
  let folder: string;
  const path = (name: string) => join(folder, name);
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "dudak-tls-"));
    const certificate = ["-newkey", "rsa:2048", "-nodes", "-subj", "/CN=127.0.0.1", "-days", "2"];
    const name = ["-addext", "subjectAltName=IP:127.0.0.1"];
    const files = ["-keyout", path("key.pem"), "-out", path("cert.pem")];
    execFileSync("openssl", ["req", "-x509", ...certificate, ...name, ...files], { stdio: "ignore" });
    redis = await startRedis({
      "tls-cert-file": path("cert.pem"),
      "tls-key-file": path("key.pem"),
      "tls-ca-cert-file": path("cert.pem"),
    });
  });
  afterAll(async () => {
    await redis.close();
    await rm(folder, { recursive: true, force: true });
  });

  test("takes both certificates; an unknown authority and a client without a certificate are refused", async () => {
    const [ca, key] = [await readFile(path("cert.pem")), await readFile(path("key.pem"))];
    expect(await ping({ ...redis.address, tls: { ca, cert: ca, key } })).toBe("PONG");
    for (const tls of [{ cert: ca, key }, { ca }, undefined]) {
      const address = { ...redis.address, ...(tls ? { tls } : {}) };
      await expect(ping(address)).rejects.toMatchObject({ code: "storage/unavailable" });
    }
  });
});
