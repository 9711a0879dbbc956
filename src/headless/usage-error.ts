import { inEnglish, sentence, type CliWords, type Sentence } from "./words/words.ts";
import type { MISTAKES } from "./words/mistakes.ts";

type MistakeId = keyof typeof MISTAKES;

/** A mistake in the command line; its message is a whole English sentence. */
export class UsageError extends Error {
  override readonly name = "UsageError";
  constructor(readonly mistake: Sentence) {
    super(inEnglish(mistake));
  }
}

/** The error of a mistake and what it is about. */
export function usageError<Id extends MistakeId>(...told: Parameters<typeof sentence<Id>>): UsageError {
  return new UsageError(sentence<Id>(...told));
}

/**
 * What a mistake says on a terminal, with where there is help and its code.
 * @param command whose help it is; empty: that of all.
 */
export function usageText({ mistake }: UsageError, { tell, say }: CliWords, command: string): string {
  const help = say("seeHelp", { command: `dudak ${command && `${command} `}--help` });
  return `dudak: ${tell(mistake)} ${help} [${mistake.id}]`;
}
