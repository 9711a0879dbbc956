import type { EngineError } from "../job/errors.ts";
import { loadSentences, type Sentences } from "../job/sentences/load.ts";
import { ToldError } from "./told-error.ts";
import { languageHere, wordsHere } from "./words/words.ts";

/** The sentences of facts in {@link languageHere}. */
export function sentencesHere(env: NodeJS.ProcessEnv = process.env): Promise<Sentences> {
  return loadSentences(languageHere(env));
}

/**
 * What a failure says on a terminal: its own sentence, where that is known in the language; else the engine's, after
 * that of its code where the language is another.
 */
export async function failureText(failure: EngineError, env?: NodeJS.ProcessEnv): Promise<string> {
  const { code, message } = failure;
  if (failure instanceof ToldError) {
    return `dudak: ${(await wordsHere(env)).tell(failure.told)} [${code}]`;
  }
  const { language, error } = await sentencesHere(env);
  const { title, body } = error(code);
  const own = language === "en" ? message : `${title}. ${body} (${message})`;
  return `dudak: ${own} [${code}]`;
}
