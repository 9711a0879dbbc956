import { basename, extname, join, resolve } from "node:path";
import { parseLine } from "../headless/parse-line.ts";
import { usageError } from "../headless/usage-error.ts";
import { COMMON_OPTIONS, rowsOf, type HelpPage, type OptionTable } from "../headless/words/help-page.ts";
import { sentence } from "../headless/words/words.ts";
import { BATCH_COLUMNS } from "../job/batch-table.ts";

const OPTIONS = {
  out: { type: "string", value: "{FOLDER}", text: sentence("batch:out"), initial: "out/{NAME}" },
  replace: { type: "boolean", text: sentence("batch:replace") },
  template: { type: "boolean", text: sentence("batch:template") },
  verbose: { type: "boolean", text: sentence("help:engineLog") },
  ...COMMON_OPTIONS,
} as const satisfies OptionTable;

/** Help of `dudak batch`. */
export const BATCH_HELP: HelpPage = {
  usage: ["batch {FILE}.csv [{OPTIONS}]"],
  parts: [
    sentence("batch:about"),
    { literal: BATCH_COLUMNS.join(", ") },
    { rows: rowsOf(OPTIONS) },
    sentence("batch:kept"),
    sentence("batch:exitCodes"),
  ],
};

/** What the user asked for on the command line. */
export interface BatchOptions {
  readonly table: string;
  readonly out: string;
  readonly replace: boolean;
  readonly verbose: boolean;
}

/**
 * Reads the arguments of `dudak batch`.
 * @returns what to print in place of work.
 * @throws UsageError.
 */
export function parseBatchOptions(argv: readonly string[]): BatchOptions | "help" | "template" {
  const { values, positionals } = parseLine(argv, OPTIONS);
  if (values.help) return "help";
  if (values.template) return "template";
  const [table, ...more] = positionals;
  if (table === undefined || more.length > 0) throw usageError("usage/one-table");
  return {
    table: resolve(table),
    out: resolve(values.out ?? join("out", basename(table, extname(table)))),
    replace: values.replace ?? false,
    verbose: values.verbose ?? false,
  };
}
