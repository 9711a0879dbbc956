import { createKeyStore, type KeyListing, type NewKey } from "../../rest/keys.ts";
import { rotateWebhookSecret, webhookSecret } from "../../rest/webhooks.ts";
import { EXIT } from "../../headless/exit-codes.ts";
import { parseLine } from "../../headless/parse-line.ts";
import { usageError } from "../../headless/usage-error.ts";
import {
  COMMON_OPTIONS,
  helpText,
  rowsOf,
  type HelpPage,
  type OptionTable,
} from "../../headless/words/help-page.ts";
import { sentence, type CliWords } from "../../headless/words/words.ts";
import { guarded } from "./command.ts";
import { PLACE_HELP, PLACE_OPTIONS, visit } from "./visit.ts";

const CREATE_OPTIONS = {
  name: { type: "string", value: "{NAME}", text: sentence("keys:name") },
  origin: { type: "string", value: "{ORIGIN}", text: sentence("keys:origin") },
  admin: { type: "boolean", text: sentence("keys:admin") },
  with: { type: "string", value: "{KEY}", text: sentence("keys:with") },
} as const satisfies OptionTable;

const SECRET_OPTIONS = {
  rotate: { type: "boolean", text: sentence("keys:rotate") },
} as const satisfies OptionTable;

const OPTIONS = {
  json: { type: "boolean", text: sentence("help:answerJson") },
  ...COMMON_OPTIONS,
} as const satisfies OptionTable;

const PAGE: HelpPage = {
  usage: ["keys {COMMAND} [{OPTIONS}]"],
  parts: [
    {
      rows: [
        { term: "create", text: sentence("keys:create") },
        ...rowsOf(CREATE_OPTIONS, true),
        { term: "list", text: sentence("keys:list") },
        { term: "revoke {KEY}", text: sentence("keys:revoke") },
        { term: "secret", text: sentence("keys:secret") },
        ...rowsOf(SECRET_OPTIONS, true),
      ],
    },
    { rows: rowsOf(OPTIONS) },
    ...PLACE_HELP,
  ],
};

/**
 * `dudak keys create | list | revoke | secret`; works while a gateway runs on the same folder.
 * @returns the exit code; see {@link EXIT}.
 */
export async function keysCommand(argv: readonly string[]): Promise<number> {
  return guarded("keys", argv.includes("--json"), async (words) => {
    const { say } = words;
    const known = { ...CREATE_OPTIONS, ...SECRET_OPTIONS, ...PLACE_OPTIONS, ...OPTIONS };
    const { values, positionals } = parseLine(argv, known);
    const [command, target, ...rest] = positionals;
    if (values.help || command === undefined) {
      console.log(helpText(PAGE, words));
      return values.help ? EXIT.ok : EXIT.usage;
    }
    const expected = command === "revoke" ? 1 : 0;
    if (rest.length > 0 || (target === undefined) === (expected === 1)) {
      throw usageError(expected === 1 ? "usage/one-key" : "usage/no-more-words", {
        command: `keys ${command}`,
      });
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
          return show({ key, ...listing }, `${key}\n\n${say("keys:made", { name: listing.name })}`);
        }
        case "list": {
          const all = await keys.list();
          return show(all, all.map((key) => keyLine(key, words)).join("\n") || say("keys:none"));
        }
        case "revoke": {
          if (await keys.revoke(target!))
            return show({ revoked: target }, say("keys:revoked", { name: target! }));
          throw usageError("usage/no-key", { key: target! });
        }
        case "secret": {
          const settings = tables.settings;
          const secret = values.rotate ? await rotateWebhookSecret(settings) : await webhookSecret(settings);
          return show({ secret }, secret);
        }
        default:
          throw usageError("usage/unknown-word", { command: "keys", word: command });
      }
    } finally {
      await tables.close();
    }
  });
}

function tenantOption(admin: boolean | undefined, other: string | undefined): NewKey["tenant"] {
  if (admin && other !== undefined)
    throw usageError("usage/exclusive", { first: "--admin", second: "--with" });
  if (admin) return undefined;
  return other === undefined ? "own" : { of: other };
}

function keyLine(key: KeyListing, { say }: CliWords): string {
  const day = (ms: number | undefined) =>
    ms === undefined ? say("keys:never") : new Date(ms).toISOString().slice(0, 16);
  const state =
    key.revokedAt === undefined
      ? say("keys:lastUsed", { when: day(key.lastUsedAt) })
      : say("keys:revokedAt", { when: day(key.revokedAt) });
  const sees =
    key.tenant === undefined
      ? say("keys:seesAll")
      : key.tenant === key.prefix
        ? ""
        : say("keys:shares", { key: key.tenant });
  return [key.prefix, key.name, state, sees, key.origin].filter(Boolean).join("  ");
}
