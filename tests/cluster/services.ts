import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type AddressInfo, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import S3rver from "s3rver";
import type { RedisAddress } from "../../src/gateway/cluster/redis-connection.ts";
import { parseStorageAddress } from "../../src/gateway/storage/storage-address.ts";

const SERVER = ["redis-server", "valkey-server"].find((name) => spawnSync(name, ["--version"]).status === 0);

/** Whether tests that need Redis can run. On CI's Linux machines they must. */
export const hasRedis = SERVER !== undefined;
if (!hasRedis) {
  if (process.env["CI"] && process.platform === "linux")
    throw new Error("CI has no redis-server: the cluster could not be tested.");
  console.warn("redis-server is not installed: the tests of the cluster are skipped.");
}

/** A port that nobody listens on. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** A server that takes connections and says nothing. */
export async function startSilence(): Promise<{ readonly port: number; close(): Promise<void> }> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => sockets.add(socket.on("error", () => undefined)));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    port: (server.address() as AddressInfo).port,
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** A Redis of the tests' own, which keeps an append-only file. */
export interface RedisService {
  readonly address: RedisAddress;
  /** For `--redis`. */
  readonly url: string;
  /** Ends it without a word, as a power cut does but for the disk. */
  kill(): Promise<void>;
  /** Starts it again on what it had written. */
  start(): Promise<void>;
  close(): Promise<void>;
}

/** Starts a Redis. @param more of its options. */
export async function startRedis(more: Readonly<Record<string, string>> = {}): Promise<RedisService> {
  const folder = await mkdtemp(join(tmpdir(), "dudak-redis-"));
  const port = await freePort();
  let child: ChildProcess | undefined;
  const service: RedisService = {
    address: { host: "127.0.0.1", port, db: 0 },
    url: `redis://127.0.0.1:${String(port)}`,
    async kill() {
      const ended = new Promise((resolve) => child?.once("exit", resolve));
      child?.kill("SIGKILL");
      await ended;
    },
    async start() {
      const listen = "tls-cert-file" in more ? { port: 0, "tls-port": port } : { port };
      const options = { ...listen, bind: "127.0.0.1", dir: folder, save: "", appendonly: "yes", ...more };
      const args = Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)]);
      child = spawn(SERVER!, [...args, "--maxmemory-policy", "noeviction"], {
        stdio: ["ignore", "pipe", "ignore"],
      });
      await new Promise<void>((resolve, reject) => {
        child!.once("exit", () => {
          reject(new Error("redis-server did not start"));
        });
        child!.stdout!.on("data", (text: Buffer) => {
          if (text.includes("Ready to accept connections")) resolve();
        });
      });
    },
    async close() {
      await service.kill();
      await rm(folder, { recursive: true, force: true });
    },
  };
  await service.start();
  return service;
}

/** Starts an S3 server with one bucket; its credentials are put into the environment. */
export async function startS3() {
  const directory = await mkdtemp(join(tmpdir(), "dudak-s3-"));
  process.env["AWS_ACCESS_KEY_ID"] = "S3RVER";
  process.env["AWS_SECRET_ACCESS_KEY"] = "S3RVER";
  const server = new S3rver({
    port: 0,
    address: "127.0.0.1",
    silent: true,
    directory,
    configureBuckets: [{ name: "media", configs: [] }],
  });
  const { port } = (await server.run()) as AddressInfo;
  const url = `s3://media/dudak?endpoint=http://127.0.0.1:${String(port)}`;
  return {
    url,
    endpoint: `http://127.0.0.1:${String(port)}`,
    address: parseStorageAddress(url) as ReturnType<typeof parseStorageAddress> & { kind: "s3" },
    async close() {
      await server.close();
      await rm(directory, { recursive: true, force: true, maxRetries: 3 });
    },
  };
}
