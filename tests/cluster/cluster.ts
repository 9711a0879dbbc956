import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { serveCluster, type ClusterGatewayOptions } from "../../src/gateway/cluster/serve-cluster.ts";
import { work, type WorkOptions, type WorkingWorker } from "../../src/gateway/cluster/work.ts";
import type { Gateway } from "../../src/gateway/serve.ts";
import { parseStorageAddress, type StorageAddress } from "../../src/gateway/storage/storage-address.ts";
import { createCopyingHost, type CopyingHostOptions } from "../api/copying-host.ts";
import type { RedisService } from "./services.ts";

/** A cluster of gateways and workers of this process, all over one Redis and one storage. */
export interface TestCluster {
  readonly namespace: string;
  gateway(options?: Partial<ClusterGatewayOptions>): Promise<Gateway & { readonly base: string }>;
  worker(options?: Partial<WorkOptions> & { hosts?: CopyingHostOptions }): Promise<WorkingWorker>;
  close(): Promise<void>;
}

let turn = 0;

/** Sets a cluster up. @param storage as for `--storage`; a shared folder when absent. */
export async function createCluster(redis: RedisService, storage?: string): Promise<TestCluster> {
  const folder = await mkdtemp(join(tmpdir(), "dudak-cluster-"));
  const place: StorageAddress =
    storage === undefined ? { kind: "folder", path: folder } : parseStorageAddress(storage);
  const namespace = `cluster-${String(process.pid)}-${String(turn++)}`;
  const common = { redis: redis.address, storage: place, namespace, allowPrivateUrls: true };
  const open: { close(): Promise<void> }[] = [];
  return {
    namespace,
    async gateway(options) {
      const gateway = await serveCluster({ ...common, port: 0, version: "0.0.0-test", ...options });
      open.push(gateway);
      return { ...gateway, base: `${gateway.origin}/api/v1` };
    },
    async worker({ hosts, ...options } = {}) {
      const startHost = () => Promise.resolve(createCopyingHost(hosts));
      const worker = await work({ ...common, startHost, lockMs: 1500, ...options });
      open.push(worker);
      return worker;
    },
    async close() {
      await Promise.all(open.map((part) => part.close()));
      await rm(folder, { recursive: true, force: true, maxRetries: 3 });
    },
  };
}
