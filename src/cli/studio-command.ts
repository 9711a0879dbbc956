import { serveApp } from "../headless/app-server.ts";
import { EXIT } from "../headless/exit-codes.ts";
import { appFolders } from "../headless/installation.ts";
import { whole } from "../headless/option-values.ts";
import { noWords, parseLine } from "../headless/parse-line.ts";
import { UsageError, usageError, usageText } from "../headless/usage-error.ts";
import {
  COMMON_OPTIONS,
  helpText,
  rowsOf,
  type HelpPage,
  type OptionTable,
} from "../headless/words/help-page.ts";
import { sentence, wordsHere, type CliWords } from "../headless/words/words.ts";

const PORT = 5173;

const OPTIONS = {
  port: {
    type: "string",
    value: "N",
    text: sentence("help:port"),
    initial: sentence("studio:portOrFree", { port: String(PORT) }),
  },
  host: { type: "string", value: "{ADDRESS}", text: sentence("help:host"), initial: "127.0.0.1" },
  ...COMMON_OPTIONS,
} as const satisfies OptionTable;

const PAGE: HelpPage = {
  usage: ["studio [{OPTIONS}]"],
  parts: [sentence("studio:about"), { rows: rowsOf(OPTIONS) }],
};

async function serve(argv: readonly string[], words: CliWords): Promise<void> {
  const { values } = parseLine(argv, OPTIONS, noWords);
  if (values.help) {
    console.log(helpText(PAGE, words));
    return;
  }
  const port = whole(values.port, "--port", 0, 65_535) ?? PORT;
  const host = values.host ?? "127.0.0.1";
  const folders = await appFolders();
  const server = await serveApp(folders, { host, port, compress: true })
    .catch((error: unknown) => {
      if (values.port !== undefined) throw error;
      return serveApp(folders, { host, compress: true });
    })
    .catch((error: unknown) => {
      const { code } = error as NodeJS.ErrnoException;
      throw usageError("usage/port", { code: code ?? String(error) });
    });
  console.log(`${words.say("studioAt", { address: server.origin })}\n${words.say("stopIt")}`);
}

/**
 * `dudak studio` and `npm start`: serves the studio; the process stays until it is stopped.
 * @returns the exit code; see {@link EXIT}.
 */
export async function studioCommand(argv: readonly string[]): Promise<number> {
  const words = await wordsHere();
  try {
    await serve(argv, words);
    return EXIT.ok;
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    console.error(usageText(error, words, "studio"));
    return EXIT.usage;
  }
}
