import type { EngineError } from "../job/errors.ts";
import { loadSentences, type Sentences } from "../job/sentences/load.ts";
import { ToldError } from "./told-error.ts";
import { FAILURES } from "./words/failures.ts";
import { languageHere } from "./words/choose-language.ts";
import { wordsHere } from "./words/words.ts";

/** The sentences of facts in {@link languageHere}. */
export function sentencesHere(env: NodeJS.ProcessEnv = process.env): Promise<Sentences> {
  return loadSentences(languageHere(env));
}

/** The sentence that the command line says instead of the studio's, whose advice needs a page. */
const insteadOf = (code: string): keyof typeof FAILURES | undefined => {
  const id = `instead:${code}`;
  return id in FAILURES ? (id as keyof typeof FAILURES) : undefined;
};

/**
 * What a failure says on a terminal: its own sentence, where that is known in the language; else the engine's, after
 * that of its code where the language is another.
 */
export async function failureText(failure: EngineError, env?: NodeJS.ProcessEnv): Promise<string> {
  const { code, message } = failure;
  const { tell, language } = await wordsHere(env);
  if (failure instanceof ToldError) return `dudak: ${tell(failure.told)} [${code}]`;
  if (language === "en") return `dudak: ${message} [${code}]`;
  const instead = insteadOf(code);
  const { title, body } = (await sentencesHere(env)).error(code);
  const advice = instead ? tell({ id: instead, values: {} }) : `${title}. ${body}`;
  return `dudak: ${advice} (${message}) [${code}]`;
}
