import type { EngineError } from "../job/errors.ts";
import { chooseLanguage } from "../job/sentences/languages.ts";
import { loadSentences, type Sentences } from "../job/sentences/load.ts";

/** The sentences of facts in the language that the environment asks for (`LC_ALL`, `LC_MESSAGES`, `LANG`), else English. */
export function sentencesHere(env: NodeJS.ProcessEnv = process.env): Promise<Sentences> {
  const asked = env["LC_ALL"] || env["LC_MESSAGES"] || env["LANG"] || "";
  return loadSentences(chooseLanguage([asked.split(/[.@]/, 1)[0]!]));
}

/** What a failure says on a terminal: the engine's own sentence, after that of its code where the language is another. */
export async function failureText(failure: EngineError, env?: NodeJS.ProcessEnv): Promise<string> {
  const { code, message } = failure;
  const { language, error } = await sentencesHere(env);
  const { title, body } = error(code);
  const own = language === "en" ? message : `${title}. ${body} (${message})`;
  return `dudak: ${own} [${code}]`;
}
