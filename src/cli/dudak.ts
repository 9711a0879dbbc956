import { VERSION } from "../core/version.ts";
import { EXIT, exitCodeOf } from "../headless/exit-codes.ts";
import { failureText } from "../headless/failure-text.ts";
import { machineError } from "../headless/told-error.ts";
import { UsageError, usageError, usageText } from "../headless/usage-error.ts";
import { COMMON_OPTIONS, helpText, rowsOf, type HelpPage } from "../headless/words/help-page.ts";
import { speak } from "../headless/words/choose-language.ts";
import { sentence, wordsHere } from "../headless/words/words.ts";
import { LANGUAGE_NAMES, LANGUAGES, matchLanguage } from "../job/sentences/languages.ts";

/** The commands, in the order of the help. */
export const COMMANDS = [
  "render",
  "batch",
  "demo",
  "studio",
  "model",
  "create",
  "serve",
  "work",
  "jobs",
  "keys",
] as const;

const OVERVIEW: HelpPage = {
  usage: ["{COMMAND} [{OPTIONS}]"],
  parts: [
    { rows: COMMANDS.map((name) => ({ term: name, text: sentence(`command:${name}`) })) },
    { rows: rowsOf(COMMON_OPTIONS) },
    sentence("more", { COMMAND: "COMMAND" }),
  ],
};

/**
 * Takes `--language CODE` out of a command line, wherever it stands, and speaks it from now on.
 * @returns the other arguments.
 * @throws UsageError when it is missing, or none of ours.
 */
function takeLanguage(argv: readonly string[]): string[] {
  const rest = [...argv];
  const option = "--language";
  const end = rest.indexOf("--");
  const at = rest.findIndex((word) => word === option || word.startsWith(`${option}=`));
  if (at < 0 || (end >= 0 && at > end)) return rest;
  const [word = ""] = rest.splice(at, 1);
  const given = word === option ? rest.splice(at, 1)[0] : word.slice(option.length + 1);
  if (!given || given.startsWith("-")) throw usageError("usage/no-value", { option });
  const language = matchLanguage(given);
  if (!language) {
    const all = LANGUAGES.map((tag) => `${tag} (${LANGUAGE_NAMES[tag]})`).join(", ");
    throw usageError("usage/language", { given, all });
  }
  speak(language);
  return rest;
}

async function run([command, ...rest]: readonly string[]): Promise<number> {
  switch (command) {
    case "render":
      return (await import("./render-command.ts")).renderCommand(rest);
    case "batch":
      return (await import("./batch-command.ts")).batchCommand(rest);
    case "demo":
      return (await import("./demo-command.ts")).demoCommand(rest);
    case "studio":
      return (await import("./studio-command.ts")).studioCommand(rest);
    case "model":
      return (await import("./model-command.ts")).modelCommand(rest);
    case "create":
      return (await import("./create-command.ts")).createCommand(rest);
    case "serve":
      return (await import("../gateway/commands/serve-command.ts")).serveCommand(rest);
    case "keys":
      return (await import("../gateway/commands/keys-command.ts")).keysCommand(rest);
    case "jobs":
      return (await import("../gateway/commands/jobs-command.ts")).jobsCommand(rest);
    case "work":
      return (await import("../gateway/commands/work-command.ts")).workCommand(rest);
    case "version":
    case "--version":
      console.log(VERSION);
      return EXIT.ok;
    case undefined:
    case "help":
    case "--help":
    case "-h":
      console.log(helpText(OVERVIEW, await wordsHere()));
      return EXIT.ok;
    default:
      throw usageError("usage/unknown-command", { name: command });
  }
}

/** Says what went wrong; of a fault of our own also where, for whoever reports it. @returns the exit code. */
async function told(error: unknown): Promise<number> {
  const failure = machineError(error);
  console.error(await failureText(failure));
  if (failure.code === "internal/bug") console.error(error);
  return exitCodeOf(failure.code);
}

/**
 * The `dudak` command.
 * @returns the exit code; see {@link EXIT}.
 */
export async function dudak(argv: readonly string[]): Promise<number> {
  try {
    return await run(takeLanguage(argv));
  } catch (error) {
    if (!(error instanceof UsageError)) return await told(error);
    const words = await wordsHere();
    console.error(usageText(error, words, ""));
    if (error.mistake.id === "usage/unknown-command") console.error(`\n${helpText(OVERVIEW, words)}`);
    return EXIT.usage;
  }
}
