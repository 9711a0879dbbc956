import { basename, extname, join, resolve } from "node:path";
import { UsageError } from "../headless/exit-codes.ts";
import { parseLine } from "../headless/parse-line.ts";
import { BATCH_COLUMNS, batchTemplate } from "../job/batch-table.ts";

/** Help of `dudak batch`. */
export const BATCH_HELP = `Usage: dudak batch FILE.csv [options]

Makes a video of each row of a table. The first row names the columns; only
voice must be there. File names are meant from the table's folder.

  ${BATCH_COLUMNS.join(", ")}

  --out FOLDER    where the videos go                       [out/<table's name>]
  --replace       make videos again that are there already
  --template      print a table to begin with
  --verbose       also print what the engine logs
  --help

What is made is kept: after an interruption the same command goes on with what
is missing. results.csv in the folder lists every row with its state and error.

Exit codes: 0 every row is made, 1 internal error, 2 wrong usage, 3 a row has a fault or bad input, 4 device, codec or model, 130 cancelled.`;

/** What the user asked for on the command line. */
export interface BatchOptions {
  readonly table: string;
  readonly out: string;
  readonly replace: boolean;
  readonly verbose: boolean;
}

/**
 * Reads the arguments of `dudak batch`.
 * @returns a text to print in place of work.
 * @throws UsageError.
 */
export function parseBatchOptions(argv: readonly string[]): BatchOptions | string {
  const { values, positionals } = parseLine(
    argv,
    {
      out: { type: "string" },
      replace: { type: "boolean" },
      template: { type: "boolean" },
      verbose: { type: "boolean" },
      help: { type: "boolean" },
    },
    true,
  );
  if (values.help) return BATCH_HELP;
  if (values.template) return batchTemplate().trimEnd();
  const [table, ...more] = positionals;
  if (table === undefined || more.length > 0)
    throw new UsageError("Name one table, as in dudak batch list.csv.");
  return {
    table: resolve(table),
    out: resolve(values.out ?? join("out", basename(table, extname(table)))),
    replace: values.replace ?? false,
    verbose: values.verbose ?? false,
  };
}
