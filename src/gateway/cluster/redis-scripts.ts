import type { Redis } from "ioredis";
import { asked } from "./redis-connection.ts";

/** A script that runs within Redis, as a whole or not at all. */
export type RedisScript = (...values: readonly (string | number)[]) => Promise<unknown>;

/** `at(name)` is the key of that name in the installation's part of Redis, which one node of a cluster holds. */
const PRELUDE = `local function at(name) return KEYS[1] .. ':' .. name end\n`;

const SOURCES = {
  // id, json behind its sequence, revision, owner, idempotency key, now -> the earlier row of that key, or the sequence
  create: `
    local id, owner, key = ARGV[1], ARGV[4], ARGV[5]
    if key ~= '' then
      local earlier = redis.call('GET', at('idempotency:' .. key))
      local row = earlier and redis.call('HGET', at('row:' .. earlier), 'json')
      if row then return row end
      redis.call('SET', at('idempotency:' .. key), id)
    end
    local sequence = redis.call('INCR', at('sequence'))
    redis.call('HSET', at('row:' .. id), 'json', '{"sequence":' .. sequence .. ',' .. ARGV[2], 'revision', ARGV[3])
    redis.call('ZADD', at('all'), sequence, id)
    redis.call('ZADD', at('state:queued'), sequence, id)
    if owner ~= '' then
      redis.call('ZADD', at('owner:' .. owner), sequence, id)
      redis.call('ZADD', at('owner:' .. owner .. ':queued'), sequence, id)
    end
    redis.call('ZADD', at('undispatched'), ARGV[6], id)
    redis.call('PUBLISH', at('changes'), id)
    return sequence`,
  // id, revision before, json, revision, sequence, owner, state before, state, due -> whether it was still that revision
  replace: `
    local id, owner, before, state = ARGV[1], ARGV[6], ARGV[7], ARGV[8]
    if redis.call('HGET', at('row:' .. id), 'revision') ~= ARGV[2] then return 0 end
    redis.call('HSET', at('row:' .. id), 'json', ARGV[3], 'revision', ARGV[4])
    if before ~= state then
      redis.call('ZREM', at('state:' .. before), id)
      redis.call('ZADD', at('state:' .. state), ARGV[5], id)
      if owner ~= '' then
        redis.call('ZREM', at('owner:' .. owner .. ':' .. before), id)
        redis.call('ZADD', at('owner:' .. owner .. ':' .. state), ARGV[5], id)
      end
    end
    if ARGV[9] == '' then redis.call('ZREM', at('due'), id) else redis.call('ZADD', at('due'), ARGV[9], id) end
    redis.call('PUBLISH', at('changes'), id)
    return 1`,
  // id, revision, owner, state, idempotency key -> whether it was still that revision
  remove: `
    local id, owner, key = ARGV[1], ARGV[3], ARGV[5]
    if redis.call('HGET', at('row:' .. id), 'revision') ~= ARGV[2] then return 0 end
    redis.call('DEL', at('row:' .. id))
    for _, set in ipairs({ 'all', 'due', 'undispatched', 'state:' .. ARGV[4] }) do redis.call('ZREM', at(set), id) end
    if owner ~= '' then
      redis.call('ZREM', at('owner:' .. owner), id)
      redis.call('ZREM', at('owner:' .. owner .. ':' .. ARGV[4]), id)
    end
    if key ~= '' and redis.call('GET', at('idempotency:' .. key)) == id then
      redis.call('DEL', at('idempotency:' .. key))
    end
    redis.call('PUBLISH', at('changes'), id)
    return 1`,
  // before, limit, sets -> rows, newest first within each set
  newest: `
    local rows = {}
    for i = 3, #ARGV do
      local ids = redis.call('ZRANGE', at(ARGV[i]), '(' .. ARGV[1], '-inf', 'BYSCORE', 'REV', 'LIMIT', 0, ARGV[2])
      for _, id in ipairs(ids) do
        local row = redis.call('HGET', at('row:' .. id), 'json')
        if row then rows[#rows + 1] = row end
      end
    end
    return rows`,
  // set, limit -> rows, lowest score first
  lowest: `
    local rows = {}
    for _, id in ipairs(redis.call('ZRANGE', at(ARGV[1]), 0, ARGV[2] - 1)) do
      local row = redis.call('HGET', at('row:' .. id), 'json')
      if row then rows[#rows + 1] = row end
    end
    return rows`,
  // table, id, json -> the row that then lies there
  addRecord: `
    local present = redis.call('HGET', at(ARGV[1]), ARGV[2])
    if present then return present end
    redis.call('HSET', at(ARGV[1]), ARGV[2], ARGV[3])
    redis.call('ZADD', at(ARGV[1] .. ':ids'), 0, ARGV[2])
    return ARGV[3]`,
  // table, id, json before, json -> whether it was still the one before
  replaceRecord: `
    if redis.call('HGET', at(ARGV[1]), ARGV[2]) ~= ARGV[3] then return 0 end
    redis.call('HSET', at(ARGV[1]), ARGV[2], ARGV[4])
    return 1`,
  // client, per minute, burst -> milliseconds to wait; 0 when the request counts
  take: `
    local now = redis.call('TIME')
    local ms = now[1] * 1000 + math.floor(now[2] / 1000)
    local bucket = redis.call('HMGET', at('rate:' .. ARGV[1]), 'tokens', 'at')
    local rate, burst = tonumber(ARGV[2]), tonumber(ARGV[3])
    local tokens = tonumber(bucket[1] or burst)
    tokens = math.min(burst, tokens + math.max(0, ms - tonumber(bucket[2] or ms)) / 60000 * rate)
    local wait = 0
    if tokens < 1 then wait = math.ceil((1 - tokens) / rate * 60000) else tokens = tokens - 1 end
    redis.call('HSET', at('rate:' .. ARGV[1]), 'tokens', tostring(tokens), 'at', ms)
    redis.call('PEXPIRE', at('rate:' .. ARGV[1]), math.ceil(burst / rate * 60000) + 1000)
    return wait`,
} as const;

/** The scripts of an installation. */
export type RedisScripts = { readonly [Name in keyof typeof SOURCES]: RedisScript };

/** Prepares the scripts on a connection. @param root the part of every key that comes first. */
export function prepareScripts(redis: Redis, root: string): RedisScripts {
  const prepared = Object.entries(SOURCES).map(([name, lua]) => {
    const command = `dudak_${name}`;
    redis.defineCommand(command, { numberOfKeys: 1, lua: PRELUDE + lua });
    const run = redis as unknown as Record<string, (...values: unknown[]) => Promise<unknown>>;
    const script: RedisScript = (...values) => asked(run[command]!(root, ...values));
    return [name, script] as const;
  });
  return Object.fromEntries(prepared) as unknown as RedisScripts;
}
