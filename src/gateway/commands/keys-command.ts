import { createKeyStore, type KeyListing, type NewKey } from "../../rest/keys.ts";
import { rotateWebhookSecret, webhookSecret } from "../../rest/webhooks.ts";
import { EXIT, UsageError } from "../../headless/exit-codes.ts";
import { guarded } from "./command.ts";
import { parseLine } from "../../headless/parse-line.ts";
import { PLACE_HELP, PLACE_OPTIONS, visit } from "./visit.ts";

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

  --json           answer in JSON

${PLACE_HELP}`;

/**
 * `dudak keys create | list | revoke | secret`; works while a gateway runs on the same folder.
 * @returns the exit code; see {@link EXIT}.
 */
export async function keysCommand(argv: readonly string[]): Promise<number> {
  return guarded("keys", argv.includes("--json"), async () => {
    const { values, positionals } = parseLine(
      argv,
      {
        name: { type: "string" },
        origin: { type: "string" },
        admin: { type: "boolean" },
        with: { type: "string" },
        rotate: { type: "boolean" },
        ...PLACE_OPTIONS,
        json: { type: "boolean" },
        help: { type: "boolean", short: "h" },
      },
      true,
    );
    const [command, target, ...rest] = positionals;
    if (values.help || command === undefined) {
      console.log(KEYS_HELP);
      return values.help ? EXIT.ok : EXIT.usage;
    }
    const expected = command === "revoke" ? 1 : 0;
    if (rest.length > 0 || (target === undefined) === (expected === 1)) {
      throw new UsageError(`"keys ${command}" takes ${expected === 1 ? "one key" : "no further words"}.`);
    }
    const tables = await visit(values);
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
