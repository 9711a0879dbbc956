import { readFile, stat, writeFile } from "node:fs/promises";
import { dirname, join, relative, resolve } from "node:path";
import { writeCsv } from "../core/csv.ts";
import { createEngineHost } from "../headless/engine-host.ts";
import { failureText } from "../headless/failure-text.ts";
import { EXIT, exitCodeOf } from "../headless/exit-codes.ts";
import { machineError } from "../headless/told-error.ts";
import { UsageError, usageError, usageText } from "../headless/usage-error.ts";
import { helpText } from "../headless/words/help-page.ts";
import { wordsHere, type CliWords } from "../headless/words/words.ts";
import { batchTemplate, columnOf, readBatch, type BatchFault, type BatchLine } from "../job/batch-table.ts";
import { mapMedia, mediaOf } from "../job/job-spec.ts";
import { BATCH_HELP, parseBatchOptions, type BatchOptions } from "./batch-options.ts";
import { reserveOutput } from "./output-place.ts";
import { createProgressBar } from "./progress-bar.ts";

const VIDEO = /\.(mp4|m4v|mov|webm|mkv|avi|wmv|flv|ts|mpe?g|3gp|ogv)$/i;

/** What is wrong, as a terminal says it. */
const faultText = ({ kind, column, value }: BatchFault, { say }: CliWords): string =>
  say(`fault:${kind}`, { column, value });

const isFile = async (path: string) => (await stat(path).catch(() => undefined))?.isFile() ?? false;

/** The faults of a row, files that are not there included. */
async function faultsOf({ spec, faults }: BatchLine, folder: string): Promise<readonly BatchFault[]> {
  const missing: BatchFault[] = [];
  for (const [field, name] of spec ? mediaOf(spec) : []) {
    if (!(await isFile(resolve(folder, name))))
      missing.push({ kind: "file", column: columnOf(field), value: name });
  }
  return [...faults, ...missing];
}

/**
 * `dudak batch`: makes a video of each row of a table, one after the other in one browser.
 * @returns the exit code of the first row that was not made, else {@link EXIT}.ok.
 */
export async function batchCommand(argv: readonly string[]): Promise<number> {
  let options: ReturnType<typeof parseBatchOptions>;
  let text: string;
  const words = await wordsHere();
  try {
    options = parseBatchOptions(argv);
    if (typeof options === "string") {
      console.log(options === "help" ? helpText(BATCH_HELP, words) : batchTemplate().trimEnd());
      return EXIT.ok;
    }
    const { table } = options;
    text = await readFile(table, "utf8").catch((error: NodeJS.ErrnoException) => {
      throw usageError("usage/file-unread", { file: table, code: error.code ?? error.message });
    });
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    console.error(usageText(error, words, "batch"));
    return EXIT.usage;
  }
  const { lines, faults } = readBatch(text, { isVideo: (name) => VIDEO.test(name) });
  for (const fault of faults) console.error(`dudak: ${faultText(fault, words)}.`);
  if (lines.length === 0) return EXIT.input;
  return makeAll(lines, options, words);
}

async function makeAll(
  lines: readonly BatchLine[],
  { table, out, replace, verbose }: BatchOptions,
  words: CliWords,
): Promise<number> {
  const folder = dirname(table);
  const cancelled = new AbortController();
  const onInterrupt = () => {
    if (cancelled.signal.aborted) process.exit(EXIT.cancelled);
    cancelled.abort();
  };
  process.on("SIGINT", onInterrupt);
  process.on("SIGTERM", onInterrupt);
  const host = await createEngineHost({
    ownSignals: true,
    ...(verbose ? { onLog: (line: string) => console.error(line) } : {}),
  });
  const list: string[][] = [["name", "line", "state", "error", "file"]];
  let exit: number = EXIT.ok;
  try {
    for (const [index, line] of lines.entries()) {
      const { spec, name } = line;
      const note = (state: string, error: string, file: string) =>
        list.push([name, String(line.line), state, error, file]);
      const told = `${String(index + 1)}/${String(lines.length)} ${name}`;
      if (cancelled.signal.aborted) {
        note("waiting", "", "");
        continue;
      }
      const wrong = await faultsOf(line, folder);
      if (!spec || wrong.length > 0) {
        const why = wrong.map((fault) => faultText(fault, words)).join("; ");
        console.error(`${told}: ${words.say("row", { line: String(line.line), why })}`);
        note("wrong", why, "");
        exit ||= EXIT.input;
        continue;
      }
      const file = `${name}.${spec.format ?? "mp4"}`;
      const path = join(out, file);
      if (!replace && (await isFile(path))) {
        console.log(`${told}: ${words.say("thereAlready")}`);
        note("completed", "", file);
        continue;
      }
      const request = mapMedia(spec, (medium) => ({ path: resolve(folder, medium) }));
      const bar = createProgressBar(process.stderr, words);
      const place = await reserveOutput(
        path,
        [...mediaOf(request).values()].map((medium) => medium.path),
      );
      try {
        await host.run(
          { ...request, outputPath: place.partial },
          { signal: cancelled.signal, onProgress: (progress) => bar.show(progress) },
        );
        await place.keep();
        bar.end();
        console.log(`${told}: ${relative(process.cwd(), path)}`);
        note("completed", "", file);
      } catch (error) {
        bar.end();
        const failure = machineError(error);
        console.error(`${told}: ${await failureText(failure)}`);
        note("failed", failure.code, "");
        exit ||= exitCodeOf(failure.code);
      } finally {
        await place.discard();
      }
    }
    await reserveOutput(join(out, "results.csv"), []);
    await writeFile(join(out, "results.csv"), writeCsv(list));
    return cancelled.signal.aborted ? EXIT.cancelled : exit;
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    console.error(usageText(error, words, "batch"));
    return EXIT.usage;
  } finally {
    await host.close();
    process.off("SIGINT", onInterrupt);
    process.off("SIGTERM", onInterrupt);
  }
}
