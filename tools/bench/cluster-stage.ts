import { spawn, type ChildProcess } from "node:child_process";
import { createServer, type AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { openCluster, type Cluster } from "../../src/gateway/cluster/open-cluster.ts";
import { createKeyStore } from "../../src/rest/keys.ts";
import type { RedisService, startS3 } from "../../tests/cluster/services.ts";
import type { ClusterProcess } from "./cluster-process.ts";

/** The services and processes of a measurement. */
export interface Stage {
  readonly redis: RedisService;
  readonly storage: Awaited<ReturnType<typeof startS3>>["address"];
  readonly namespace: string;
  readonly cluster: Cluster;
  readonly headers: Readonly<Record<string, string>>;
  /** Starts a gateway or worker; resolves when it is ready. */
  spawn(options: Partial<ClusterProcess> & Pick<ClusterProcess, "role">): Promise<ChildProcess>;
}

const PROGRAM = fileURLToPath(new URL("./cluster-process.ts", import.meta.url));

/** A port that nobody listens on. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Runs a measurement with a cluster of its own, whose processes end with it. */
export async function withStage<T>(
  redis: RedisService,
  storage: Stage["storage"],
  namespace: string,
  work: (stage: Stage) => Promise<T>,
): Promise<T> {
  const cluster = await openCluster({ redis: redis.address, storage, namespace });
  const children: ChildProcess[] = [];
  const { key } = await createKeyStore(cluster.keys, cluster.uses).create();
  try {
    return await work({
      redis,
      storage,
      namespace,
      cluster,
      headers: { Authorization: `Bearer ${key}`, "Content-Type": "application/json" },
      async spawn(options) {
        const told: ClusterProcess = {
          redis: redis.address,
          storage,
          namespace,
          port: 0,
          jobMs: 20,
          concurrency: 1,
          lockMs: 2000,
          ...options,
        };
        const child = spawn(process.execPath, ["--import", "tsx", PROGRAM, JSON.stringify(told)], {
          stdio: ["ignore", "pipe", "ignore"],
        });
        children.push(child);
        await new Promise<void>((resolve, reject) => {
          child.stdout.once("data", () => {
            resolve();
          });
          child.once("exit", () => {
            reject(new Error(`a ${options.role} did not start`));
          });
        });
        return child;
      },
    });
  } finally {
    for (const child of children) child.kill("SIGKILL");
    await cluster.close();
  }
}
