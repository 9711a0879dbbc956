import stringWidth from "fast-string-width";

/** Columns of a terminal that a text fills. */
export const widthOf = (text: string): number => stringWidth(text.normalize("NFC"));

/** Whether a letter is one of those that fill two columns, as Chinese and Japanese do. */
const isWide = (letter: string | undefined) => letter !== undefined && widthOf(letter) > 1;

/** The text, filled up with spaces to a width. */
export const padded = (text: string, width: number): string =>
  text + " ".repeat(Math.max(0, width - widthOf(text)));

/** What may not begin a line, and what may not end one (JIS X 4051, the common ones). */
const NOT_FIRST = /^[\p{Pe}\p{Pf}\p{Po}ー…]/u;
const NOT_LAST = /[\p{Ps}\p{Pi}]$/u;

/** A word in parts between which a line may break: none of words of letters, every word of Chinese or Japanese. */
function partsOf(word: string, segmenter: Intl.Segmenter): string[] {
  if (![...word].some(isWide)) return [word];
  const parts: string[] = [];
  for (const { segment } of segmenter.segment(word)) {
    const last = parts.at(-1);
    // Beside what is not wide (names of options, addresses) only a wide neighbour may be parted.
    const joined =
      last !== undefined &&
      (NOT_FIRST.test(segment) ||
        NOT_LAST.test(last) ||
        !(isWide([...segment][0]) || isWide([...last].at(-1))));
    if (joined) parts[parts.length - 1] = last + segment;
    else parts.push(segment);
  }
  return parts;
}

/**
 * Breaks a text into lines no wider than `width` columns; a word that is wider stands alone.
 * @param language decides where words of scripts without spaces end.
 */
export function wrapped(text: string, width: number, language: string): string[] {
  const segmenter = new Intl.Segmenter(language, { granularity: "word" });
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    for (const [index, part] of partsOf(word, segmenter).entries()) {
      const joint = index === 0 && line !== "" ? " " : "";
      if (line !== "" && widthOf(line + joint + part) > width) {
        lines.push(line);
        line = part;
      } else line += joint + part;
    }
  }
  return [...lines, line];
}
