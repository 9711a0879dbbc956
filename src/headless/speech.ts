import type { EngineError } from "../job/errors.ts";
import { chooseLanguage, type Language } from "../job/sentences/languages.ts";
import { loadSentences, type Sentences } from "../job/sentences/load.ts";

/** The language that the environment asks for (`LC_ALL`, `LC_MESSAGES`, `LANG`), else English. */
export function languageHere(env: NodeJS.ProcessEnv = process.env): Language {
  const asked = env["LC_ALL"] || env["LC_MESSAGES"] || env["LANG"] || "";
  return chooseLanguage([asked.split(/[.@]/, 1)[0]!]);
}

/** The sentences of facts in {@link languageHere}. */
export function sentencesHere(env: NodeJS.ProcessEnv = process.env): Promise<Sentences> {
  return loadSentences(languageHere(env));
}

/** What a failure says on a terminal: the engine's own sentence, after that of its code where the language is another. */
export async function failureText(failure: EngineError, env?: NodeJS.ProcessEnv): Promise<string> {
  const { code, message } = failure;
  const { language, error } = await sentencesHere(env);
  const { title, body } = error(code);
  const own = language === "en" ? message : `${title}. ${body} (${message})`;
  return `dudak: ${own} [${code}]`;
}
