import fc from "fast-check";
import { expect, test } from "vitest";
import { NATURAL_STYLE, parsePrompt, PROMPT_VOCABULARY } from "./prompt-style.ts";

const LIMITS = {
  headMotion: [0, 2],
  blinkRate: [0, 60],
  energy: [0, 2],
  expressiveness: [0.4, 1.5],
  smile: [-1, 1],
} as const;
const phrase = fc.constantFrom(...PROMPT_VOCABULARY.flatMap(({ en, tr }) => [...en, ...tr]));
const amount = fc.constantFrom("", "very ", "slightly ", "çok ", "biraz ");
const term = fc.tuple(amount, phrase).map(([strength, words]) => strength + words);

test("whatever is written, the style stays within its limits and words are told at most once each", () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string({ unit: "grapheme" }),
        fc.array(term).map((terms) => terms.join(" ")),
      ),
      (text) => {
        const { style, unknown } = parsePrompt(text);
        for (const [name, [low, high]] of Object.entries(LIMITS)) {
          const value = style[name as keyof typeof LIMITS];
          expect(value).toBeGreaterThanOrEqual(low);
          expect(value).toBeLessThanOrEqual(high);
        }
        expect(unknown.join(" ").length).toBeLessThanOrEqual(text.normalize("NFC").length * 2);
      },
    ),
  );
});

test("each phrase of the vocabulary is understood in any case, between any marks", () => {
  fc.assert(
    fc.property(phrase, fc.constantFrom(",", ".", " ; ", "!", "\n"), (words, mark) => {
      const plain = parsePrompt(words);
      expect(plain.unknown).toEqual([]);
      expect(parsePrompt(`${mark}${words}${mark}`)).toEqual(plain);
    }),
  );
});

test("words without a meaning change nothing and are all told, in their order", () => {
  fc.assert(
    fc.property(fc.array(fc.stringMatching(/^zq[a-z]{1,6}$/), { maxLength: 6 }), (words) => {
      expect(parsePrompt(words.join(", "))).toEqual({ style: NATURAL_STYLE, unknown: words });
    }),
  );
});
