import { expect, test } from "vitest";
import { STAGES } from "../../job/job.ts";
import { wordsHere } from "./words.ts";

test("the command line speaks the environment's language: stages, results, numbers", async () => {
  const german = await wordsHere({ LANG: "de_DE.UTF-8" });
  expect(german.say("stage:finding faces")).toBe("Gesichter werden gesucht");
  expect(german.say("fault:value", { column: "size", value: "2" })).toBe("„2“ passt nicht zu „size“");
  expect(german.decimal(1234.56)).toBe("1234,6");
  const english = await wordsHere({ LANG: "C" });
  expect(STAGES.map((stage) => english.say(`stage:${stage}`))).toEqual([...STAGES]);
  expect(english.say("report", { file: "a.html" })).toBe("Report: a.html");
});
