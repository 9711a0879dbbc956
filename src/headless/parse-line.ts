import { parseArgs, type ParseArgsConfig } from "node:util";
import { UsageError } from "./exit-codes.ts";

/**
 * The options and words of a command line.
 * @throws UsageError for an option that is not known.
 */
export function parseLine<const Options extends NonNullable<ParseArgsConfig["options"]>>(
  argv: readonly string[],
  options: Options,
  allowPositionals = false,
) {
  try {
    return parseArgs({ args: [...argv], options, allowPositionals });
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}
