import { expect, test } from "vitest";
import { NATURAL_STYLE, parsePrompt } from "./prompt-style.ts";

test("an empty prompt is the natural style", () => {
  expect(parsePrompt(undefined)).toEqual({ style: NATURAL_STYLE, unknown: [] });
  expect(parsePrompt("  ")).toEqual({ style: NATURAL_STYLE, unknown: [] });
});

test("English and Turkish words mean the same", () => {
  expect(parsePrompt("calm, still head").style).toEqual(parsePrompt("sakin, SABİT baş").style);
  expect(parsePrompt("still head").style.headMotion).toBe(0);
});

test("an adverb scales the word after it", () => {
  const smile = (prompt: string) => parsePrompt(prompt).style.smile;
  expect(smile("slightly smiling")).toBeLessThan(smile("smiling"));
  expect(smile("çok mutlu")).toBeGreaterThan(smile("mutlu"));
});

test("words that are not understood are named once each, fillers are not", () => {
  expect(parsePrompt("a smiling woman in cyberpunk zxq!").unknown).toEqual(["cyberpunk", "zxq"]);
});

test("no prompt leaves the safe ranges", () => {
  const { style } = parsePrompt(
    "very expressive very expressive very expressive energetic energetic smile smile smile",
  );
  expect(style.expressiveness).toBeLessThanOrEqual(1.5);
  expect(style.energy).toBeLessThanOrEqual(2);
  expect(style.smile).toBeLessThanOrEqual(1);
});
