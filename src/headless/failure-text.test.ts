import { expect, test } from "vitest";
import { EngineError, isErrorCode } from "../job/errors.ts";
import { failureText, sentencesHere } from "./failure-text.ts";
import { FAILURES } from "./words/failures.ts";
import { machineError, toldError } from "./told-error.ts";

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

test("a failure of this machine is told in the language alone, and what the file system refused by its path", async () => {
  const missing = toldError("input/missing", undefined, "host/no-file", { path: "a.png", role: "--image" });
  expect(missing.message).toBe("There is no file a.png (--image). Check its name and folder.");
  expect(await failureText(missing, { LANG: "es_ES" })).toBe(
    "dudak: No existe el archivo a.png (--image). Comprueba el nombre y la carpeta. [input/missing]",
  );
  const refused = (code: string) => Object.assign(new Error(code), { code, path: "/x", syscall: "open" });
  expect(machineError(refused("EROFS"))).toMatchObject({
    code: "storage/failed",
    told: { id: "host/path-unusable", values: { path: "/x", code: "EROFS" } },
  });
  expect(machineError(refused("ENOSPC")).code).toBe("storage/full");
  expect(machineError(new Error("odd")).code).toBe("internal/bug");
  expect(machineError(missing)).toBe(missing);
});

test("where the studio's advice needs a page, the command line has its own", async () => {
  const failure = new EngineError("device/memory", "No memory.");
  expect(await failureText(failure, { LANG: "de_DE" })).toBe(
    "dudak: Der Browser hat den Speicher verweigert, den dieser Auftrag braucht. Beenden Sie andere Programme, oder geben Sie --resolution 480p an. (No memory.) [device/memory]",
  );
  const codes = Object.keys(FAILURES).filter((id) => id.startsWith("instead:"));
  expect(codes.map((id) => id.slice(8)).filter((code) => !isErrorCode(code))).toEqual([]);
});
