import { clamp } from "../core/scalar.ts";
import type { PerformanceStyle } from "./style.ts";

/** What a prompt's words mean: the changes they make to the natural style. */
interface Term {
  /** Words or word pairs, lower case, English and Turkish. */
  readonly words: readonly string[];
  readonly change: (style: Mutable, amount: number) => void;
}

type Mutable = { -readonly [Key in keyof PerformanceStyle]: number };

/** The style when the prompt says nothing. */
export const NATURAL_STYLE: PerformanceStyle = {
  headMotion: 1,
  blinkRate: 20,
  energy: 1,
  expressiveness: 1,
  smile: 0,
};

/** The documented vocabulary; the README prints it. Longer phrases are matched first. */
const TERMS: readonly Term[] = [
  {
    words: [
      "still head",
      "no head motion",
      "head still",
      "sabit baş",
      "baş sabit",
      "sabit kafa",
      "hareketsiz baş",
    ],
    change: (style) => (style.headMotion = 0),
  },
  {
    words: ["less head motion", "az baş hareketi", "small head motion"],
    change: (style) => (style.headMotion *= 0.5),
  },
  {
    words: ["more head motion", "lively head", "çok baş hareketi"],
    change: (style) => (style.headMotion *= 1.5),
  },
  {
    words: ["no blinking", "no blinks", "do not blink", "göz kırpmasız", "göz kırpma yok", "kırpmadan"],
    change: (style) => (style.blinkRate = 0),
  },
  {
    words: ["blink less", "less blinking", "rare blinks", "az göz kırpma", "az kırp"],
    change: (style) => (style.blinkRate *= 0.5),
  },
  {
    words: ["blink more", "more blinking", "frequent blinks", "çok göz kırpma", "sık kırp"],
    change: (style) => (style.blinkRate *= 1.7),
  },
  {
    words: ["calm", "relaxed", "serene", "sakin", "rahat", "dingin"],
    change: (style, amount) => {
      style.energy *= 1 - 0.4 * amount;
      style.headMotion *= 1 - 0.35 * amount;
      style.expressiveness *= 1 - 0.12 * amount;
    },
  },
  {
    words: ["energetic", "excited", "lively", "enerjik", "heyecanlı", "canlı", "hareketli"],
    change: (style, amount) => {
      style.energy *= 1 + 0.5 * amount;
      style.headMotion *= 1 + 0.25 * amount;
      style.expressiveness *= 1 + 0.12 * amount;
    },
  },
  {
    words: ["expressive", "dramatic", "exaggerated", "ifadeli", "abartılı", "dramatik"],
    change: (style, amount) => {
      style.expressiveness *= 1 + 0.25 * amount;
      style.energy *= 1 + 0.25 * amount;
    },
  },
  {
    words: ["subtle", "understated", "quiet", "mumbling", "hafif", "ölçülü", "abartısız"],
    change: (style, amount) => {
      style.expressiveness *= 1 - 0.25 * amount;
      style.energy *= 1 - 0.25 * amount;
    },
  },
  {
    words: [
      "smile",
      "smiling",
      "happy",
      "cheerful",
      "friendly",
      "gülümseme",
      "gülümseyen",
      "gülümse",
      "mutlu",
      "neşeli",
      "güler yüzlü",
    ],
    change: (style, amount) => (style.smile += 0.5 * amount),
  },
  {
    words: ["sad", "serious", "stern", "no smile", "üzgün", "ciddi", "gülümsemesiz"],
    change: (style, amount) => (style.smile -= 0.35 * amount),
  },
  {
    words: ["natural", "normal", "doğal"],
    change: () => undefined,
  },
];

/** Words that strengthen or weaken the next term. */
const AMOUNTS: Readonly<Record<string, number>> = {
  very: 1.5,
  extremely: 1.8,
  slightly: 0.5,
  "a little": 0.5,
  "a bit": 0.5,
  çok: 1.5,
  "son derece": 1.8,
  biraz: 0.5,
  hafifçe: 0.5,
};

/** Words that carry no style of their own. */
const FILLERS = new Set(
  (
    "a an the and with of is be she he they it person man woman speaks speak speaking talks talking talk " +
    "please voice style look looks face head in to at while but more very keep make " +
    "ve ile bir bu da de olsun konuşsun konuşan konuşma kişi kadın adam lütfen tarzı yüz için ama gibi"
  ).split(" "),
);

/** The whole vocabulary, for documentation and completion. */
export const PROMPT_VOCABULARY: readonly (readonly string[])[] = TERMS.map((term) => term.words);

const phrases: readonly { phrase: string; term: Term }[] = TERMS.flatMap((term) =>
  term.words.map((phrase) => ({ phrase, term })),
).sort((a, b) => b.phrase.length - a.phrase.length);

const amountPhrases = Object.keys(AMOUNTS).sort((a, b) => b.length - a.length);

/**
 * Reads the style out of a prompt.
 * @returns the style and the words that were not understood, in the order in which they stand.
 */
export function parsePrompt(prompt: string | undefined): {
  readonly style: PerformanceStyle;
  readonly unknown: readonly string[];
} {
  const style: Mutable = { ...NATURAL_STYLE };
  const unknown: string[] = [];
  let rest = (prompt ?? "")
    .normalize("NFC")
    .replaceAll("İ", "i")
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s'-]/gu, " ")
    .replace(/\s+/g, " ")
    .trim();
  let amount = 1;
  const startsWith = (phrase: string) => rest === phrase || rest.startsWith(`${phrase} `);
  while (rest) {
    const hit = phrases.find(({ phrase }) => startsWith(phrase));
    const strength = hit ? undefined : amountPhrases.find(startsWith);
    const taken = hit?.phrase ?? strength ?? rest.split(" ", 1)[0]!;
    rest = rest.slice(taken.length).trimStart();
    if (hit) {
      hit.term.change(style, amount);
      amount = 1;
    } else if (strength) {
      amount = AMOUNTS[strength]!;
    } else if (!FILLERS.has(taken)) {
      unknown.push(taken);
      amount = 1;
    }
  }
  return {
    style: {
      headMotion: clamp(style.headMotion, 0, 2),
      blinkRate: clamp(style.blinkRate, 0, 60),
      energy: clamp(style.energy, 0, 2),
      expressiveness: clamp(style.expressiveness, 0.4, 1.5),
      smile: clamp(style.smile, -1, 1),
    },
    unknown,
  };
}
