import type { Redis } from "ioredis";
import type { RecordTable } from "../../queue/store/record-table.ts";
import { asked } from "./redis-connection.ts";
import type { RedisScripts } from "./redis-scripts.ts";

const AT_ONCE = 1000;

/** A table of records in Redis: a hash of rows, and their ids in order so that a prefix finds them. */
export function openRedisTable<Row extends { readonly id: string }>(
  redis: Redis,
  scripts: RedisScripts,
  root: string,
  kind: string,
): RecordTable<Row> {
  const rows = `${root}:${kind}`;
  const ids = `${rows}:ids`;
  const parsed = (json: string) => JSON.parse(json) as Row;
  return {
    async get(id) {
      const json = await asked(redis.hget(rows, id));
      return json === null ? undefined : parsed(json);
    },
    async all(prefix = "") {
      const [from, to] = prefix === "" ? ["-", "+"] : [`[${prefix}`, `[${prefix}\u{10FFFF}`];
      const found = await asked(redis.zrangebylex(ids, from, to));
      const all: Row[] = [];
      for (let at = 0; at < found.length; at += AT_ONCE) {
        const some = await asked(redis.hmget(rows, ...found.slice(at, at + AT_ONCE)));
        all.push(...some.filter((json) => json !== null).map(parsed));
      }
      return all;
    },
    async put(row) {
      await asked(redis.multi().hset(rows, row.id, JSON.stringify(row)).zadd(ids, 0, row.id).exec());
    },
    add: async (row) => parsed((await scripts.addRecord(kind, row.id, JSON.stringify(row))) as string),
    async update(id, change) {
      for (;;) {
        const before = await asked(redis.hget(rows, id));
        if (before === null) return undefined;
        const after = change(parsed(before));
        if ((await scripts.replaceRecord(kind, id, before, JSON.stringify(after))) === 1) return after;
      }
    },
    async delete(id) {
      await asked(redis.multi().hdel(rows, id).zrem(ids, id).exec());
    },
  };
}
