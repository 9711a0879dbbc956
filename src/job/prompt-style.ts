import { clamp } from "../core/scalar.ts";
import type { PerformanceStyle } from "./style.ts";

/** What a prompt's words mean: the changes they make to the natural style. */
interface Term {
  /** Words or word pairs, lower case, by language; the studio offers the first of each. */
  readonly en: readonly string[];
  readonly tr: readonly string[];
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

/** The vocabulary. Longer phrases are matched first. */
const TERMS: readonly Term[] = [
  {
    en: ["still head", "no head motion", "head still"],
    tr: ["sabit baş", "baş sabit", "sabit kafa", "hareketsiz baş"],
    change: (style) => (style.headMotion = 0),
  },
  {
    en: ["less head motion", "small head motion"],
    tr: ["az baş hareketi"],
    change: (style) => (style.headMotion *= 0.5),
  },
  {
    en: ["more head motion", "lively head"],
    tr: ["çok baş hareketi"],
    change: (style) => (style.headMotion *= 1.5),
  },
  {
    en: ["no blinking", "no blinks", "do not blink"],
    tr: ["göz kırpmasız", "göz kırpma yok", "kırpmadan"],
    change: (style) => (style.blinkRate = 0),
  },
  {
    en: ["blink less", "less blinking", "rare blinks"],
    tr: ["az göz kırpma", "az kırp"],
    change: (style) => (style.blinkRate *= 0.5),
  },
  {
    en: ["blink more", "more blinking", "frequent blinks"],
    tr: ["çok göz kırpma", "sık kırp"],
    change: (style) => (style.blinkRate *= 1.7),
  },
  {
    en: ["calm", "relaxed", "serene"],
    tr: ["sakin", "rahat", "dingin"],
    change: (style, amount) => {
      style.energy *= 1 - 0.4 * amount;
      style.headMotion *= 1 - 0.35 * amount;
      style.expressiveness *= 1 - 0.12 * amount;
    },
  },
  {
    en: ["energetic", "excited", "lively"],
    tr: ["enerjik", "heyecanlı", "canlı", "hareketli"],
    change: (style, amount) => {
      style.energy *= 1 + 0.5 * amount;
      style.headMotion *= 1 + 0.25 * amount;
      style.expressiveness *= 1 + 0.12 * amount;
    },
  },
  {
    en: ["expressive", "dramatic", "exaggerated"],
    tr: ["ifadeli", "abartılı", "dramatik"],
    change: (style, amount) => {
      style.expressiveness *= 1 + 0.25 * amount;
      style.energy *= 1 + 0.25 * amount;
    },
  },
  {
    en: ["subtle", "understated", "quiet", "mumbling"],
    tr: ["ölçülü", "hafif", "abartısız"],
    change: (style, amount) => {
      style.expressiveness *= 1 - 0.25 * amount;
      style.energy *= 1 - 0.25 * amount;
    },
  },
  {
    en: ["smile", "smiling", "happy", "cheerful", "friendly", "warm", "grin", "grinning"],
    tr: ["gülümseyen", "gülümseme", "gülümse", "mutlu", "neşeli", "güler yüzlü", "sıcak"],
    change: (style, amount) => (style.smile += 0.5 * amount),
  },
  {
    en: ["sad", "serious", "stern", "no smile"],
    tr: ["ciddi", "üzgün", "gülümsemesiz"],
    change: (style, amount) => (style.smile -= 0.35 * amount),
  },
  {
    en: ["natural", "normal"],
    tr: ["doğal"],
    change: () => undefined,
  },
];

/** Words that strengthen or weaken the next term. One that is a term too is that only where none follows it. */
const AMOUNTS: Readonly<Record<string, number>> = {
  very: 1.5,
  big: 1.5,
  broad: 1.5,
  wide: 1.5,
  extremely: 1.8,
  slightly: 0.5,
  slight: 0.5,
  small: 0.5,
  faint: 0.5,
  "a little": 0.5,
  "a bit": 0.5,
  çok: 1.5,
  büyük: 1.5,
  geniş: 1.5,
  "son derece": 1.8,
  biraz: 0.5,
  hafif: 0.5,
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

/** The whole vocabulary: words of one meaning by language. */
export const PROMPT_VOCABULARY: readonly Pick<Term, "en" | "tr">[] = TERMS;

const phrases: readonly { phrase: string; term: Term }[] = TERMS.flatMap((term) =>
  [...term.en, ...term.tr].map((phrase) => ({ phrase, term })),
).sort((a, b) => b.phrase.length - a.phrase.length);

const amountPhrases = Object.keys(AMOUNTS).sort((a, b) => b.length - a.length);

const startsWith = (text: string, phrase: string) => text === phrase || text.startsWith(`${phrase} `);
const termAt = (text: string) => phrases.find(({ phrase }) => startsWith(text, phrase));

/** Changes the style by the words between two commas; those that were not understood. */
function readClause(clause: string, style: Mutable): string[] {
  const unknown: string[] = [];
  let rest = clause;
  let amount = 1;
  while (rest) {
    const strength = amountPhrases.find((phrase) => startsWith(rest, phrase));
    const found = termAt(rest);
    const scales = strength !== undefined && termAt(rest.slice(strength.length + 1)) !== undefined;
    const hit = scales && found?.phrase === strength ? undefined : found;
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
  return unknown;
}

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
  const clauses = (prompt ?? "")
    .normalize("NFC")
    .replaceAll("İ", "i")
    .toLowerCase()
    .split(/[,;.:!?]/);
  for (const clause of clauses) {
    const text = clause.replace(/[^\p{L}\p{N}\s'-]/gu, " ").replace(/\s+/g, " ");
    unknown.push(...readClause(text.trim(), style));
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
