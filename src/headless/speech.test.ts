import { expect, test } from "vitest";
import { EngineError } from "../job/errors.ts";
import { failureText, sentencesHere } from "./speech.ts";

test("the environment's language is spoken, by the variable that counts most", async () => {
  const language = async (env: NodeJS.ProcessEnv) => (await sentencesHere(env)).language;
  expect(await language({ LANG: "de_DE.UTF-8" })).toBe("de");
  expect(await language({ LANG: "de_DE.UTF-8", LC_MESSAGES: "pt_BR" })).toBe("pt-BR");
  expect(await language({ LANG: "de_DE.UTF-8", LC_ALL: "ja_JP.eucJP@x" })).toBe("ja");
  for (const none of ["C", "POSIX", "C.UTF-8", "eo", ""]) expect(await language({ LC_ALL: none })).toBe("en");
});

test("a failure says what to do in that language, with the engine's own words and the code", async () => {
  const failure = new EngineError("input/no-face", "No face was found in me.png.");
  expect(await failureText(failure, { LANG: "C" })).toBe(
    "dudak: No face was found in me.png. [input/no-face]",
  );
  expect(await failureText(failure, { LANG: "fr_FR.UTF-8" })).toBe(
    "dudak: Aucun visage trouvé. Toute l’image a été examinée. Un visage vu de face, bien éclairé, convient le mieux. (No face was found in me.png.) [input/no-face]",
  );
});
