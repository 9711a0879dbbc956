import { readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { EXIT, exitCodeOf, failureJson } from "../../headless/exit-codes.ts";
import { failureText } from "../../headless/failure-text.ts";
import { machineError } from "../../headless/told-error.ts";
import { UsageError, usageError, usageText } from "../../headless/usage-error.ts";
import { wordsHere, type CliWords } from "../../headless/words/words.ts";
import { PROJECT_ROOT } from "../../headless/installation.ts";

/** Folder of the gateway unless `--data` names another. */
export const DEFAULT_DATA_DIR = join(homedir(), ".dudak");

/** Runs a command; what it throws becomes a sentence and an exit code. */
export async function guarded(
  command: string,
  json: boolean,
  work: (words: CliWords) => Promise<number>,
): Promise<number> {
  const words = await wordsHere();
  try {
    return await work(words);
  } catch (error) {
    if (error instanceof UsageError) {
      console.error(usageText(error, words, command));
      return EXIT.usage;
    }
    const failure = machineError(error, "storage/failed");
    if (json) console.log(JSON.stringify(failureJson(failure)));
    else console.error(await failureText(failure));
    return exitCodeOf(failure.code);
  }
}

/** Explains why nothing could listen. @throws UsageError, or the error itself when it is another. */
export function explainPort(error: unknown): never {
  const { code } = error as NodeJS.ErrnoException;
  if (code !== "EADDRINUSE" && code !== "EACCES" && code !== "EADDRNOTAVAIL") throw error;
  throw usageError("usage/port", { code });
}

/**
 * Waits until the process is told to stop, then stops it: at once after SIGINT, with `drainMs` for jobs and answers
 * in the middle after SIGTERM. A second signal ends the waiting.
 */
export async function untilStopped(stop: (graceMs: number) => Promise<void>, drainMs: number): Promise<void> {
  const graceMs = await new Promise<number>((told) => {
    process.once("SIGINT", () => {
      told(0);
    });
    process.once("SIGTERM", () => {
      told(drainMs);
    });
  });
  const impatient = () => process.exit(EXIT.cancelled);
  process.once("SIGINT", impatient);
  process.once("SIGTERM", impatient);
  await stop(graceMs);
  process.off("SIGINT", impatient);
  process.off("SIGTERM", impatient);
}

/** Starts a headless browser with the engine; the bundler and the driver load with the first one. */
export async function startEngineHost(verbose: boolean) {
  const { createEngineHost } = await import("../../headless/engine-host.ts");
  const onLog = (line: string) => {
    console.error(line);
  };
  return createEngineHost({ ownSignals: true, ...(verbose ? { onLog } : {}) });
}

/** Version of the package. */
export async function packageVersion(): Promise<string> {
  const text = await readFile(join(PROJECT_ROOT, "package.json"), "utf8");
  return (JSON.parse(text) as { version: string }).version;
}
