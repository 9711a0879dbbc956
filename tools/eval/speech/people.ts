import { correlation } from "../../../src/core/correlation.ts";
import { mean } from "./metrics.ts";

/** A word of a transcript with its start and end in seconds. */
export type Word = readonly [text: string, start: number, end: number];

/** What a landmarker saw of a speaking face, one value per output frame, in distances between the eyes. */
export interface FaceTruth {
  readonly speaker: string;
  readonly clip: string;
  /** Frames per second. */
  readonly fps: number;
  /** Mean gap between the inner lips. */
  readonly gap: readonly number[];
  /** Distance between the corners of the mouth. */
  readonly width: readonly number[];
  /** Words as spoken, in order, without silence. */
  readonly words: readonly Word[];
}

/** The same two measures of the drawn mouth, one value per output frame. */
export interface ShownMouth {
  readonly gap: readonly number[];
  readonly width: readonly number[];
}

/** How well a drawn mouth follows a speaker's own; shares are of frames or of clips, NaN where there are none. */
export interface PeopleFigures {
  readonly clips: number;
  /** Correlation over all frames, and over those from the first word's start to the last one's end. */
  readonly openingR: number;
  readonly openingSpeechR: number;
  readonly widthR: number;
  readonly widthSpeechR: number;
  /** Truly shut frames of speech that are shown shut: all, at p, b, m, and at f, v. */
  readonly shutShown: number;
  readonly shutShownBilabial: number;
  readonly shutShownLabiodental: number;
  /** Open frames of speech that are shown shut. */
  readonly openShownShut: number;
  /** 95th percentile of the shown gap by that of the speaker's. */
  readonly reach: number;
  /** Spread of the shown width by that of the speaker's, from the 5th to the 95th percentile. */
  readonly widthReach: number;
  /** Clips in which the lips part in the 0.6 s before the first word: the speaker's, and those shown. */
  readonly partedTruly: number;
  readonly partedShown: number;
}

/** Lips nearer together than this share of a mouth's own 95th-percentile gap are shut. */
const SHUT = 0.15;
/** Lips further apart than this share are open. */
const OPEN = 0.3;
/** Before the first word lips are looked at for so long, in seconds. */
const BEFORE = 0.6;

/** Parts of the words of the GRID corpus in which lips touch, as shares of the word, and seconds added before and after. */
interface Contact {
  readonly words: ReadonlySet<string>;
  readonly from: number;
  readonly to: number;
  readonly before: number;
  readonly after: number;
}
const contact = (words: string, from: number, to: number, before: number, after: number): Contact => ({
  words: new Set(words.split(" ")),
  from,
  to,
  before,
  after,
});
const BILABIAL = [contact("bin blue by place please b p", 0, 0.45, 0.1, 0), contact("m", 0.5, 1, 0, 0.08)];
const LABIODENTAL = [
  contact("four five v", 0, 0.45, 0.06, 0),
  contact("five f", 0.55, 1, 0, 0.06),
  contact("seven", 0.3, 0.75, 0, 0),
];

const within = (contacts: readonly Contact[], words: readonly Word[], seconds: number): boolean =>
  words.some(([text, start, end]) =>
    contacts.some(
      (c) =>
        c.words.has(text) &&
        seconds >= start + c.from * (end - start) - c.before &&
        seconds <= start + c.to * (end - start) + c.after,
    ),
  );

const percentile = (values: readonly number[], share: number): number => {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
};

/** The figures of one speaker: clips with what was shown for them. */
export function scorePeople(
  pairs: readonly { readonly truth: FaceTruth; readonly shown: ShownMouth }[],
): PeopleFigures {
  const frames = pairs.flatMap(({ truth, shown }) => {
    const first = truth.words[0]?.[1] ?? 0;
    const last = truth.words.at(-1)?.[2] ?? 0;
    return truth.gap.slice(0, shown.gap.length).map((gap, i) => {
      const seconds = i / truth.fps;
      return {
        gap,
        width: truth.width[i]!,
        shownGap: shown.gap[i]!,
        shownWidth: shown.width[i]!,
        speech: seconds >= first && seconds <= last,
        bilabial: within(BILABIAL, truth.words, seconds),
        labiodental: within(LABIODENTAL, truth.words, seconds),
      };
    });
  });
  type Frame = (typeof frames)[number];
  const spoken = frames.filter(({ speech }) => speech);
  const r = (of: readonly Frame[], a: "gap" | "width", b: "shownGap" | "shownWidth") =>
    correlation(
      of.map((f) => f[a]),
      of.map((f) => f[b]),
    );
  const reach = percentile(
    frames.map((f) => f.gap),
    0.95,
  );
  const shownReach = percentile(
    frames.map((f) => f.shownGap),
    0.95,
  );
  const spread = (values: readonly number[]) => percentile(values, 0.95) - percentile(values, 0.05);
  const shownShut = (of: readonly Frame[]) => mean(of.map((f) => (f.shownGap < SHUT * shownReach ? 1 : 0)));
  const near = frames.filter((f) => f.speech || f.bilabial || f.labiodental);
  const shut = near.filter((f) => f.gap < SHUT * reach);
  const parted = (gap: readonly number[], truth: FaceTruth, from: number) => {
    const start = truth.words[0]?.[1] ?? 0;
    const before = gap.filter((_, i) => i / truth.fps >= start - BEFORE && i / truth.fps < start);
    return Math.max(...before) > SHUT * from ? 1 : 0;
  };
  return {
    clips: pairs.length,
    openingR: r(frames, "gap", "shownGap"),
    openingSpeechR: r(spoken, "gap", "shownGap"),
    widthR: r(frames, "width", "shownWidth"),
    widthSpeechR: r(spoken, "width", "shownWidth"),
    shutShown: shownShut(shut),
    shutShownBilabial: shownShut(shut.filter((f) => f.bilabial)),
    shutShownLabiodental: shownShut(shut.filter((f) => f.labiodental)),
    openShownShut: shownShut(spoken.filter((f) => f.gap > OPEN * reach)),
    reach: shownReach / reach,
    widthReach: spread(frames.map((f) => f.shownWidth)) / spread(frames.map((f) => f.width)),
    partedTruly: mean(pairs.map(({ truth }) => parted(truth.gap, truth, reach))),
    partedShown: mean(pairs.map(({ truth, shown }) => parted(shown.gap, truth, shownReach))),
  };
}

/** Title of each row of {@link peopleReport}. */
const ROWS: readonly [keyof PeopleFigures, string][] = [
  ["openingR", "opening r at 25 fps, all frames"],
  ["openingSpeechR", "opening r, in speech"],
  ["widthR", "width r, all frames"],
  ["widthSpeechR", "width r, in speech"],
  ["shutShown", "truly shut frames shown shut: all"],
  ["shutShownBilabial", "… at p, b, m"],
  ["shutShownLabiodental", "… at f, v"],
  ["openShownShut", "open frames shown shut"],
  ["reach", "95th percentile of the gap by the speaker's"],
  ["widthReach", "spread of the width by the speaker's"],
  ["partedTruly", "clips whose speaker parts the lips before the first word"],
  ["partedShown", "clips that show it"],
];

/** A table: a row for each figure, a column for each speaker, their mean last. */
export function peopleReport(speakers: Readonly<Record<string, PeopleFigures>>): string {
  const names = Object.keys(speakers);
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  const show = (value: number) => (Number.isFinite(value) ? value.toFixed(2) : "–");
  return [
    line(["Measure", ...names, "mean"]),
    line(["---", ...names.map(() => "---"), "---"]),
    line([
      "clips",
      ...names.map((name) => String(speakers[name]!.clips)),
      String(names.reduce((sum, name) => sum + speakers[name]!.clips, 0)),
    ]),
    ...ROWS.map(([key, title]) => {
      const values = names.map((name) => speakers[name]![key]);
      return line([title, ...values.map(show), show(mean(values.filter(Number.isFinite)))]);
    }),
  ].join("\n");
}
