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

test.each([
  ["slight smile", "smile", "big smile"],
  ["hafif gülümseme", "gülümseme", "büyük gülümseme"],
])("%s is less than %s, which is less than %s", (less, plain, more) => {
  const style = (prompt: string) => {
    const parsed = parsePrompt(prompt);
    expect(parsed.unknown).toEqual([]);
    return parsed.style;
  };
  expect(style(less).smile).toBeLessThan(style(plain).smile);
  expect(style(more).smile).toBeGreaterThan(style(plain).smile);
  expect(style(less).energy).toBe(style(plain).energy);
});

test("a word that is a term and an amount is a term where none follows", () => {
  expect(parsePrompt("hafif").style).toEqual(parsePrompt("ölçülü").style);
  expect(parsePrompt("hafif, gülümseyen").style).toEqual(parsePrompt("gülümseyen, ölçülü").style);
});

test("the README's prompts are understood", async () => {
  const { default: readme } = await import("../../README.md?raw");
  const prompts = [...readme.matchAll(/prompt[= ]"([^"]+)"/g)].map(([, prompt]) => prompt!);
  expect(prompts.length).toBeGreaterThan(1);
  expect(prompts.flatMap((prompt) => parsePrompt(prompt).unknown)).toEqual([]);
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

type Trait = "headMotion" | "blinkRate" | "energy" | "expressiveness" | "smile";

/** What each word does: more, less, or all of it taken away. */
const DIRECTIONS: readonly (readonly [
  word: string,
  change: Partial<Record<Trait, "more" | "less" | "none">>,
])[] = [
  ["still head", { headMotion: "none" }],
  ["less head motion", { headMotion: "less" }],
  ["lively head", { headMotion: "more" }],
  ["no blinking", { blinkRate: "none" }],
  ["blink less", { blinkRate: "less" }],
  ["blink more", { blinkRate: "more" }],
  ["calm", { energy: "less", headMotion: "less", expressiveness: "less" }],
  ["energetic", { energy: "more", headMotion: "more", expressiveness: "more" }],
  ["expressive", { expressiveness: "more", energy: "more" }],
  ["subtle", { expressiveness: "less", energy: "less" }],
  ["smiling", { smile: "more" }],
  ["sad", { smile: "less" }],
  ["natural", {}],
];

test.each(DIRECTIONS)(
  "“%s” moves what it names its way and nothing else, and with “very” farther",
  (word, change) => {
    const { style, unknown } = parsePrompt(word);
    const very = parsePrompt(`very ${word}`).style;
    expect(unknown).toEqual([]);
    for (const trait of ["headMotion", "blinkRate", "energy", "expressiveness", "smile"] as const) {
      const [plain, natural, strong] = [style[trait], NATURAL_STYLE[trait], very[trait]];
      const way = change[trait];
      if (way === "none") expect(plain).toBe(0);
      if (way === "more") expect([plain > natural, strong >= plain]).toEqual([true, true]);
      if (way === "less") expect([plain < natural, strong <= plain]).toEqual([true, true]);
      if (way === undefined) expect(plain).toBe(natural);
    }
  },
);

test.each(["calm", "energetic", "expressive", "subtle", "smiling", "sad"])(
  "“slightly %s” lies between natural and the word alone",
  (word) => {
    const [slight, whole] = [parsePrompt(`slightly ${word}`).style, parsePrompt(word).style];
    for (const trait of ["headMotion", "energy", "expressiveness", "smile"] as const) {
      const [from, to] = [NATURAL_STYLE[trait], whole[trait]];
      if (from === to) continue;
      const way = (slight[trait] - from) / (to - from);
      expect(way).toBeGreaterThan(0.1);
      expect(way).toBeLessThan(0.9);
    }
  },
);

test("signs between words part them, and blanks of any kind and number are one", () => {
  expect(parsePrompt("still/head;smiling").unknown).toEqual([]);
  expect(parsePrompt("still \n\t head").style.headMotion).toBe(0);
});
