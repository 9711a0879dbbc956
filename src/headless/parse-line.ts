import { parseArgs, type ParseArgsConfig } from "node:util";
import { usageError } from "./usage-error.ts";

type Options = NonNullable<ParseArgsConfig["options"]>;

/** Tells the first thing that `parseArgs` would refuse, in words of our own. @throws UsageError. */
function check(
  argv: readonly string[],
  options: Options,
  loose: ((word: string) => Error) | undefined,
): void {
  const { tokens } = parseArgs({ args: [...argv], options, strict: false, tokens: true });
  for (const token of tokens) {
    if (token.kind === "positional" && loose) throw loose(token.value);
    if (token.kind !== "option") continue;
    const known = Object.hasOwn(options, token.name) ? options[token.name] : undefined;
    const option = token.rawName;
    if (!known) throw usageError("usage/unknown-option", { option });
    const { value, inlineValue } = token;
    if (known.type === "boolean" && value !== undefined) throw usageError("usage/extra-value", { option });
    const missing = value === undefined || (!inlineValue && /^-./.test(value));
    if (known.type === "string" && missing) throw usageError("usage/no-value", { option });
  }
}

/**
 * The options and words of a command line.
 * @param loose what a word that belongs to no option means; absent: it is taken.
 * @throws UsageError for an option that is not known, a value that is missing or too many.
 */
export function parseLine<const Known extends Options>(
  argv: readonly string[],
  options: Known,
  loose?: (word: string) => Error,
) {
  check(argv, options, loose);
  return parseArgs({ args: [...argv], options, allowPositionals: true });
}

/** What a word means to a command that takes none. */
export const noWords = (word: string): Error => usageError("usage/extra-word", { word });
