import { msg } from "../../job/sentences/message.ts";

/** What `--help` of the gateway's commands says in English. */
export const GATEWAY_HELP = {
  "serve:about": msg(
    "Answers the lip-sync REST API on this machine; the engine runs in a headless browser.",
    { id: "serve:about" },
  ),
  "serve:port": msg("port to listen on; 0 chooses a free one", { id: "serve:port" }),
  "serve:host": msg("address to listen on; any other can be reached from other machines", {
    id: "serve:host",
  }),
  "serve:concurrency": msg("jobs at the same time, each in its own browser", { id: "serve:concurrency" }),
  "serve:data": msg("folder of jobs, media and keys", { id: "serve:data" }),
  "serve:keepDays": msg("remove finished jobs after so many days", { id: "serve:keepDays" }),
  "serve:kept": msg("they are kept", { id: "serve:kept" }),
  "serve:maxSize": msg("largest file, uploaded or fetched", { id: "serve:maxSize" }),
  "serve:maxQueue": msg("unfinished jobs beyond which 429 is answered", { id: "serve:maxQueue" }),
  "serve:rate": msg("submissions and uploads per key and minute", { id: "serve:rate" }),
  "serve:linkMinutes": msg("addresses of results are signed and expire after so many minutes", {
    id: "serve:linkMinutes",
  }),
  "serve:asJob": msg("they last as the job", { id: "serve:asJob" }),
  "serve:allowOrigin": msg("pages of this origin may call; can be repeated", { id: "serve:allowOrigin" }),
  "serve:allowPrivate": msg("also fetch from and deliver to private addresses", { id: "serve:allowPrivate" }),
  "serve:publicOrigin": msg("how clients reach this gateway, when it is behind a proxy", {
    id: "serve:publicOrigin",
  }),
  "serve:format": msg("format of the results: {first} or {second}", { id: "serve:format" }),
  "serve:bestEncoded": msg("the best that the browser encodes", { id: "serve:bestEncoded" }),
  "serve:backend": msg("where the networks run: {first} or {second}", { id: "serve:backend" }),
  "serve:opsPort": msg("/livez, /readyz and /metrics on a port of their own, without a key", {
    id: "serve:opsPort",
  }),
  "serve:log": msg("debug, info, warn, error or silent; JSON lines on standard error", { id: "serve:log" }),
  "serve:logLevel": msg("info, on a terminal warn", { id: "serve:logLevel" }),
  "serve:logContent": msg("also log addresses of media, prompts and error sentences", {
    id: "serve:logContent",
  }),
  "serve:drain": msg("on SIGTERM, how long jobs may come to their end; SIGINT stops at once", {
    id: "serve:drain",
  }),
  "serve:json": msg("print what it does as JSON", { id: "serve:json" }),
  "cluster:heading": msg(
    "On more than one machine (docs/scale-out.md), a gateway without a browser, for workers (dudak work):",
    { id: "cluster:heading" },
  ),
  "cluster:or": msg("or, of an installation on several machines:", { id: "cluster:or" }),
  "cluster:redis": msg("redis://HOST:PORT/DB of a Redis or Valkey; rediss:// for TLS", {
    id: "cluster:redis",
  }),
  "cluster:storage": msg("{bucket}, or file:///FOLDER that all machines share", { id: "cluster:storage" }),
  "cluster:namespace": msg("when several installations share one Redis", { id: "cluster:namespace" }),
  "cluster:redisCa": msg("certificates that a rediss:// server's is checked against", {
    id: "cluster:redisCa",
  }),
  "cluster:redisCert": msg("this client's certificate", { id: "cluster:redisCert" }),
  "cluster:redisKey": msg("this client's key", { id: "cluster:redisKey" }),
  "cluster:secrets": msg(
    "Secrets come from the environment: DUDAK_REDIS_USERNAME, DUDAK_REDIS_PASSWORD or DUDAK_REDIS_PASSWORD_FILE; for S3 as AWS has it (AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, a file named by AWS_SHARED_CREDENTIALS_FILE, a role). DUDAK_REDIS and DUDAK_STORAGE take the place of --redis and --storage. NODE_EXTRA_CA_CERTS names certificates for S3.",
    { id: "cluster:secrets" },
  ),
  "work:about": msg(
    "Runs jobs of gateways on other machines (dudak serve --redis … --storage …) in headless browsers on this one.",
    { id: "work:about" },
  ),
  "work:maxSize": msg("largest file that is fetched", { id: "work:maxSize" }),
  "work:allowPrivate": msg("also fetch from private addresses", { id: "work:allowPrivate" }),
  "work:opsPort": msg("/livez, /readyz and /metrics on this port", { id: "work:opsPort" }),
  "work:host": msg("where that port is", { id: "work:host" }),
  "jobs:list": msg("the jobs, newest first", { id: "jobs:list" }),
  "jobs:status": msg("only these: processing, completed or failed", { id: "jobs:status" }),
  "jobs:key": msg("those of one key's tenant", { id: "jobs:key" }),
  "jobs:limit": msg("at most so many", { id: "jobs:limit" }),
  "jobs:before": msg("those before this number, the last one of the page before", { id: "jobs:before" }),
  "jobs:show": msg("all that is known of a job", { id: "jobs:show" }),
  "jobs:retry": msg("the request of a finished job once more, as a new job", { id: "jobs:retry" }),
  "jobs:cancel": msg("ends a job that is not finished", { id: "jobs:cancel" }),
  "place:data": msg("folder of the gateway", { id: "place:data" }),
  "keys:create": msg("make an API key; it is shown once", { id: "keys:create" }),
  "keys:name": msg("a name to remember it by", { id: "keys:name" }),
  "keys:origin": msg("the key works only from pages of this origin", { id: "keys:origin" }),
  "keys:admin": msg("the key sees the jobs and files of all keys, not its own alone", { id: "keys:admin" }),
  "keys:with": msg("the key shares the jobs and files of another one, by prefix or name", {
    id: "keys:with",
  }),
  "keys:list": msg("names, prefixes, last use", { id: "keys:list" }),
  "keys:revoke": msg("by prefix (sk_XXXX) or name", { id: "keys:revoke" }),
  "keys:secret": msg("the secret that signs webhooks", { id: "keys:secret" }),
  "keys:rotate": msg("replace it", { id: "keys:rotate" }),
} as const;
