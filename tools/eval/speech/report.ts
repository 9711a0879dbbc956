import type { Figures } from "./score.ts";
import type { Column, SpeechEval } from "./run.ts";

/** What the throw-away prototype reached, by the name of the measure. */
const SPIKE: Partial<Record<string, Partial<Record<keyof Figures, number>>>> = {
  "unseen languages": { apertureR: 0.89, closureHits: 0.96 },
  "unseen voices": { apertureR: 0.85, closureHits: 0.75 },
  "real English": {
    closureAuc: 0.89,
    closureHits: 0.9,
    closed25: 0.8,
    falseClosed25: 0.028,
    labiodentalAuc: 0.86,
    roundingAuc: 0.93,
    openCloseAuc: 0.95,
    offsetMs: -10,
  },
  "real German and French": { closureAuc: 0.74 },
};

/** Title, unit and target of each row. */
const ROWS: readonly [keyof Figures, string][] = [
  ["apertureR", "aperture r against the truth, as heard"],
  ["shownR", "aperture r against the truth, as shown"],
  ["closureAuc", "closure AUC (p, b, m against t, d, n, k, …)"],
  ["closureHits", "closure hits at 10 % false"],
  ["closed25", "closed at 25 fps"],
  ["falseClosed25", "falsely closed on open vowels at 25 fps"],
  ["labiodentalAuc", "f, v AUC"],
  ["roundingAuc", "rounding AUC"],
  ["openCloseAuc", "open against close vowels AUC"],
  ["offsetMs", "offset in ms (positive: the mouth is late)"],
  ["silenceLeak", "widest aperture in silence"],
  ["jitter", "aperture faster than 8 Hz, root mean square"],
];

const COLUMNS: readonly [Column, string][] = [
  ["model", "this model"],
  ["loudness", "loudness only"],
  ["shuffled", "shuffled"],
];

/** A figure for people: two or three decimals, a dash where nothing was measured. */
const show = (value: number | undefined): string =>
  value === undefined || !Number.isFinite(value)
    ? "–"
    : Math.abs(value) >= 10
      ? value.toFixed(0)
      : value.toFixed(3);

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n");

/** The evaluation as Markdown: a table for each group of clips, then robustness, silence and speed. */
export function speechReport(result: SpeechEval): string {
  const parts = Object.entries(result.groups).map(([group, columns]) => {
    const { clips, bilabials } = columns.model;
    const rows = ROWS.map(([key, title]) => [
      title,
      ...COLUMNS.map(([column]) => show(columns[column][key])),
      show(SPIKE[group]?.[key]),
    ]);
    const heading = `### ${group[0]!.toUpperCase()}${group.slice(1)}\n\n${clips} clips, ${bilabials} bilabials.`;
    return `${heading}\n\n${table(["Measure", ...COLUMNS.map(([, name]) => name), "spike"], rows)}`;
  });
  const conditions = Object.entries(result.robustness).map(([name, f]) => [
    name,
    ...[f.closureAuc, f.closureHits, f.closed25, f.falseClosed25, f.openCloseAuc].map(show),
  ]);
  if (conditions.length > 0) {
    const head = [
      "Real voices after",
      "closure AUC",
      "hits at 10 % false",
      "closed at 25 fps",
      "false",
      "open-close AUC",
    ];
    parts.push(`### Robustness\n\n${table(head, conditions)}`);
  }
  const live = Object.entries(result.streamed).flatMap(([group, { low, quality }]) => {
    const whole = result.groups[group]!.model;
    const keys = ["closureAuc", "closureHits", "shownR", "closed25", "falseClosed25"] as const;
    return [["whole", whole] as const, ["quality", quality] as const, ["low", low] as const].map(
      ([name, figures]) => [`${group}, ${name}`, ...keys.map((key) => show(figures[key]))],
    );
  });
  if (live.length > 0) {
    const head = [
      "Heard while it is spoken",
      "closure AUC",
      "hits at 10 % false",
      "aperture r as shown",
      "closed at 25 fps",
      "false",
    ];
    parts.push(`### While it is spoken\n\n${table(head, live)}`);
  }
  const quiet = Object.entries(result.voiceless).map(([name, aperture]) => [name, show(aperture)]);
  parts.push(`### Without a voice\n\n${table(["Sound", "widest aperture"], quiet)}`);
  parts.push(`Speed: ${result.speed.toFixed(0)} × real time.`);
  if (result.absent.length > 0)
    parts.push(`Left out, because the file is not here: ${result.absent.join(", ")}.`);
  return `${parts.join("\n\n")}\n`;
}
