import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe } from "vitest";
import { hasRedis, startRedis, type RedisService } from "../../../tests/cluster/services.ts";
import { jobStoreContract } from "../test-job-store.ts";
import { openCluster } from "./open-cluster.ts";

describe.skipIf(!hasRedis)("the jobs in Redis", () => {
  let redis: RedisService;
  beforeAll(async () => {
    redis = await startRedis();
  });
  afterAll(() => redis.close());

  let turn = 0;
  jobStoreContract(() =>
    openCluster({
      redis: redis.address,
      storage: { kind: "folder", path: join(tmpdir(), "dudak-none") },
      namespace: `test-${String(turn++)}`,
    }),
  );
});
