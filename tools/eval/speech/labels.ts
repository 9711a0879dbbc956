/** A phone: its IPA letters (empty for silence), start and end in seconds. */
export type Phone = readonly [ipa: string, start: number, end: number];

/** What is known of a clip. */
export interface ClipLabels {
  readonly clip: string;
  /** Name of the sound file. */
  readonly file: string;
  readonly language: string;
  /** How the labels were made. */
  readonly source: string;
  /** Groups clips in the table, for instance `unseen languages`. */
  readonly group: string;
  /** Stretches in seconds that are labelled; phones outside are unknown. */
  readonly spans: readonly (readonly [number, number])[];
  readonly phones: readonly Phone[];
  /** Exact aperture at 100 Hz, of synthesised clips only. */
  readonly aperture?: readonly number[];
}

const letters = (text: string): ReadonlySet<string> => new Set(text.split(" "));

/** Phone classes that the measures compare. */
export const PHONES = {
  bilabial: letters("p b m ɓ pʰ bʰ"),
  /** Consonants that leave the lips apart. */
  lingual: letters("t d n k ɡ g ŋ h l s ɹ r ɾ x ɣ z ɲ ʎ"),
  labiodental: letters("f v"),
  /** What is told apart from f and v. */
  notLabiodental: letters("t d n k ɡ g h l ɹ r ɾ ɑ a i"),
  openVowel: letters("ɑ æ ɔ aʊ aɪ ɛ a ɐ ʌ"),
  closeVowel: letters("i u ʊ ɪ y ɨ"),
  roundVowel: letters("u oʊ ʊ o y ø œ"),
  spreadVowel: letters("i eɪ æ ɪ ɛ e"),
} as const;

/** Whether a phone or one next to it is of a class. */
export function near(phones: readonly Phone[], index: number, kind: ReadonlySet<string>): boolean {
  return [index - 1, index, index + 1].some((i) => kind.has(phones[i]?.[0] ?? ""));
}
