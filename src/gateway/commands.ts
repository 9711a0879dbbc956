import { readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs, type ParseArgsConfig } from "node:util";
import { createKeyStore, type KeyListing, type NewKey } from "../rest/keys.ts";
import { rotateWebhookSecret, webhookSecret } from "../rest/webhooks.ts";
import { toEngineError } from "../job/errors.ts";
import { EXIT, exitCodeOf, failureJson, UsageError } from "../headless/usage.ts";
import { PROJECT_ROOT } from "../headless/installation.ts";
import { visitDataDir } from "./data-dir.ts";
import { serve } from "./serve.ts";
import { parseServeOptions, SERVE_HELP } from "./serve-options.ts";

/** Folder of the gateway unless `--data` names another. */
export const DEFAULT_DATA_DIR = join(homedir(), ".dudak");

const KEYS_HELP = `Usage: dudak keys COMMAND [options]

  create           make an API key; it is shown once
    --name NAME      a name to remember it by
    --origin ORIGIN  the key works only from pages of this origin
    --admin          the key sees the jobs and files of all keys, not its own alone
    --with KEY       the key shares the jobs and files of another one, by prefix or name
  list             names, prefixes, last use
  revoke KEY       by prefix (sk_XXXX) or name
  secret           the secret that signs webhooks
    --rotate         replace it

  --data DIR       folder of the gateway (default ${DEFAULT_DATA_DIR})
  --json           answer in JSON`;

/**
 * `dudak serve`: runs the gateway until it is told to stop (SIGINT, SIGTERM).
 * @returns the exit code; see {@link EXIT}.
 */
export async function serveCommand(argv: readonly string[]): Promise<number> {
  return guarded("serve", argv.includes("--json"), async () => {
    const options = parseServeOptions(argv, DEFAULT_DATA_DIR);
    if (options.help) {
      console.log(SERVE_HELP);
      return EXIT.ok;
    }
    const onLog = options.verbose ? (line: string) => console.error(line) : undefined;
    const gateway = await serve({
      ...options.gateway,
      version: await packageVersion(),
      // Loaded with the first job: it brings the bundler and the browser's driver with it.
      startHost: async () =>
        (await import("../headless/engine-host.ts")).createEngineHost({
          ownSignals: true,
          ...(onLog ? { onLog } : {}),
        }),
    }).catch((error: unknown) => {
      const { code } = error as NodeJS.ErrnoException;
      if (code !== "EADDRINUSE" && code !== "EACCES" && code !== "EADDRNOTAVAIL") throw error;
      throw new UsageError(
        `Nothing can listen on this address and port (${code}). Choose others with --port and --host.`,
      );
    });
    const url = `${gateway.origin}/api/v1`;
    const { dataDir } = options.gateway;
    if (options.json) console.log(JSON.stringify({ url, data: dataDir, pid: process.pid }));
    else {
      console.log(`The lip-sync API is at ${url}\nJobs and keys are in ${dataDir}\nStop it with Ctrl-C.`);
      const usable = (await gateway.keys.list()).some((key) => key.revokedAt === undefined);
      if (!usable) {
        const where = dataDir === DEFAULT_DATA_DIR ? "" : ` --data "${dataDir}"`;
        console.log(`There is no API key yet. Create one: dudak keys create --name NAME${where}`);
      }
    }
    await stopSignal();
    await gateway.close();
    return EXIT.ok;
  });
}

/**
 * `dudak keys create | list | revoke | secret`; works while a gateway runs on the same folder.
 * @returns the exit code; see {@link EXIT}.
 */
export async function keysCommand(argv: readonly string[]): Promise<number> {
  return guarded("keys", argv.includes("--json"), async () => {
    const { values, positionals } = parse(argv, {
      name: { type: "string" },
      origin: { type: "string" },
      admin: { type: "boolean" },
      with: { type: "string" },
      rotate: { type: "boolean" },
      data: { type: "string" },
      json: { type: "boolean" },
      help: { type: "boolean", short: "h" },
    });
    const [command, target, ...rest] = positionals;
    if (values.help || command === undefined) {
      console.log(KEYS_HELP);
      return values.help ? EXIT.ok : EXIT.usage;
    }
    const expected = command === "revoke" ? 1 : 0;
    if (rest.length > 0 || (target === undefined) === (expected === 1)) {
      throw new UsageError(`"keys ${command}" takes ${expected === 1 ? "one key" : "no further words"}.`);
    }
    const tables = await visitDataDir(resolve(values.data ?? DEFAULT_DATA_DIR));
    try {
      const keys = createKeyStore(tables.keys, tables.uses);
      const show = (data: unknown, text: string) => {
        console.log(values.json ? JSON.stringify(data) : text);
        return EXIT.ok;
      };
      switch (command) {
        case "create": {
          const { key, listing } = await keys.create({
            name: values.name,
            origin: values.origin,
            tenant: tenantOption(values.admin, values.with),
          });
          return show(
            { key, ...listing },
            `${key}\n\nThis is "${listing.name}". It is not shown again: keep it safe.`,
          );
        }
        case "list": {
          const all = await keys.list();
          return show(all, all.length > 0 ? all.map(keyLine).join("\n") : "There are no keys.");
        }
        case "revoke": {
          if (await keys.revoke(target!)) return show({ revoked: target }, `Revoked ${target!}.`);
          throw new UsageError(
            `There is no usable key "${target!}", or several of that name; see dudak keys list.`,
          );
        }
        case "secret": {
          const settings = tables.settings;
          const secret = values.rotate ? await rotateWebhookSecret(settings) : await webhookSecret(settings);
          return show({ secret }, secret);
        }
        default:
          throw new UsageError(`There is no "keys ${command}".`);
      }
    } finally {
      await tables.close();
    }
  });
}

function tenantOption(admin: boolean | undefined, other: string | undefined): NewKey["tenant"] {
  if (admin && other !== undefined) throw new UsageError("Give either --admin or --with.");
  if (admin) return undefined;
  return other === undefined ? "own" : { of: other };
}

function keyLine(key: KeyListing): string {
  const day = (ms: number | undefined) =>
    ms === undefined ? "never" : new Date(ms).toISOString().slice(0, 16);
  const state =
    key.revokedAt === undefined ? `last used ${day(key.lastUsedAt)}` : `revoked ${day(key.revokedAt)}`;
  const sees = key.tenant === undefined ? "sees all" : key.tenant === key.prefix ? "" : `with ${key.tenant}`;
  return [key.prefix, key.name, state, sees, key.origin].filter(Boolean).join("  ");
}

function parse<const Options extends NonNullable<ParseArgsConfig["options"]>>(
  argv: readonly string[],
  options: Options,
) {
  try {
    return parseArgs({ args: [...argv], options, allowPositionals: true });
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

async function guarded(command: string, json: boolean, work: () => Promise<number>): Promise<number> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof UsageError) {
      console.error(`dudak: ${error.message} See dudak ${command} --help.`);
      return EXIT.usage;
    }
    const failure = toEngineError(error, "storage/failed");
    if (json) console.log(JSON.stringify(failureJson(failure)));
    else console.error(`dudak: ${failure.message} [${failure.code}]`);
    return exitCodeOf(failure.code);
  }
}

function stopSignal(): Promise<void> {
  return new Promise((done) => {
    process.once("SIGINT", () => done());
    process.once("SIGTERM", () => done());
  });
}

async function packageVersion(): Promise<string> {
  const text = await readFile(join(PROJECT_ROOT, "package.json"), "utf8");
  return (JSON.parse(text) as { version: string }).version;
}
