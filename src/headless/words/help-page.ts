import { LANGUAGES } from "../../job/sentences/languages.ts";
import { fillIn } from "../../job/sentences/message.ts";
import { padded, widthOf, wrapped } from "./columns.ts";
import { HELP } from "./help-sentences.ts";
import { sentence, type CliWords, type Sentence } from "./words.ts";

/** A word such as FILE that stands for what the user gives; in braces in what follows. */
type ArgumentName = keyof typeof HELP extends infer Id
  ? Id extends `arg:${infer Name}`
    ? Name
    : never
  : never;

/** An option, as `parseArgs` takes it and as the help tells it. */
export interface Option {
  readonly type: "string" | "boolean";
  readonly short?: string;
  readonly multiple?: boolean;
  /** What its value is; literal, or a word of the catalogue in braces. */
  readonly value?: string;
  readonly text: Sentence;
  /** What holds when it is left out. */
  readonly initial?: string | Sentence;
}

/** The options of a command, in the order of its help. */
export type OptionTable = Readonly<Record<string, Option>>;

/** A line of two columns. */
interface Row {
  readonly term: string;
  readonly text: Sentence;
  readonly initial?: string | Sentence | undefined;
  /** Belongs to the line above. */
  readonly within?: boolean;
}

/** A part of a help page: a paragraph, lines as they are, or two columns. */
export type HelpPart = Sentence | { readonly literal: string } | { readonly rows: readonly Row[] };

/** What a command's `--help` prints. */
export interface HelpPage {
  /** What comes after `dudak`, a line each. */
  readonly usage: readonly string[];
  readonly parts: readonly HelpPart[];
}

/** The lines of options. */
export function rowsOf(options: OptionTable, within = false): Row[] {
  return Object.entries(options).map(([name, { value, text, initial }]) => ({
    ...{ term: `--${name}${value === undefined ? "" : ` ${value}`}`, text, initial, within },
  }));
}

/** Options that every command has. */
export const COMMON_OPTIONS = {
  language: {
    type: "string",
    value: "{CODE}",
    text: sentence("help:language", { all: LANGUAGES.join(", ") }),
    initial: sentence("help:languageHere"),
  },
  help: { type: "boolean", short: "h", text: sentence("help:help") },
} as const satisfies OptionTable;

/** A term that is wider has a line of its own. */
const WIDEST_TERM = 24;
/** Lines are no wider than most terminals. */
const WIDTH = 80;

/** How a command is called, in lines that break between options and begin below the first one. */
function calling(line: string, lead: string): string {
  const [command = "", ...units] = line.match(/\[[^\]]*\]|--\S+ \S+|\S+/g) ?? [];
  let text = `${lead} dudak ${command}`;
  const start = widthOf(text);
  let column = start;
  for (const unit of units) {
    const width = widthOf(unit) + 1;
    if (column + width > WIDTH) {
      text += `\n${" ".repeat(start)}`;
      column = start;
    }
    text += ` ${unit}`;
    column += width;
  }
  return text;
}

/** The help of a command in a language. */
export function helpText({ usage, parts }: HelpPage, words: CliWords): string {
  const { language, say } = words;
  const names = Object.fromEntries(
    Object.keys(HELP)
      .filter((id) => id.startsWith("arg:"))
      .map((id) => [id.slice(4), say(id as `arg:${ArgumentName}`)]),
  );
  const named = (text: string) => fillIn(text, names);
  const tell = ({ id, values }: Sentence) => words.tell({ id, values: { ...values, ...names } });
  const lead = say("help:usage");
  const called = usage.map((line, i) => calling(named(line), i === 0 ? lead : padded("", widthOf(lead))));

  const columns = (rows: readonly Row[]): string => {
    const terms = rows.map(({ term, within }) => `${within ? "    " : "  "}${named(term)}`);
    const fitting = terms.map(widthOf).filter((width) => width <= WIDEST_TERM + 2);
    const start = Math.max(...fitting, 0) + 2;
    const lines = rows.flatMap(({ text, initial }, i) => {
      const unset = typeof initial === "object" ? tell(initial) : initial && named(initial);
      const told = `${tell(text)}${unset === undefined ? "" : ` [${unset}]`}`;
      const own = widthOf(terms[i]!) + 2 > start;
      return [
        ...(own ? [terms[i]!] : []),
        ...wrapped(told, WIDTH - start, language).map(
          (line, j) => padded(j === 0 && !own ? terms[i]! : "", start) + line,
        ),
      ];
    });
    return lines.join("\n");
  };
  const shown = parts.map((part) =>
    "rows" in part
      ? columns(part.rows)
      : "literal" in part
        ? wrapped(part.literal, WIDTH - 2, language)
            .map((line) => `  ${line}`)
            .join("\n")
        : wrapped(tell(part), WIDTH, language).join("\n"),
  );
  return [called.join("\n"), ...shown].join("\n\n");
}
