import { judge, liesBy, type Judgement } from "./judge.ts";
import type { Reading } from "./reading.ts";
import type { Outcome } from "./run.ts";

const ms = (seconds: number | undefined) => (seconds === undefined ? "–" : `${(1000 * seconds).toFixed(1)}`);

function cells(judgement: Judgement, reading: Reading): string {
  if (reading.error !== undefined) return `refused: \`${reading.error}\``;
  const told = reading.warnings?.length ? ", told" : "";
  return judgement.faults.length === 0 ? `as ffmpeg${told}` : `${judgement.faults.join(", ")}${told}`;
}

function noteOf({ given, wanted }: Outcome): string {
  if (wanted.error !== undefined) return "ffmpeg cannot read it either";
  return liesBy(given) ?? "";
}

function rows(outcomes: readonly Outcome[]): string[] {
  return outcomes.map((outcome) => {
    const { given, chosen, fallback } = outcome;
    const [own, other] = [judge(outcome, chosen), judge(outcome, fallback)];
    const by = chosen.decoder === "webcodecs" ? "browser" : chosen.decoder === "ffmpeg" ? "ffmpeg" : "–";
    const more =
      given.kind === "sound"
        ? `${ms(own.seconds)} | ${ms(own.offset)}`
        : `${own.frames ?? "–"} | ${ms(own.offset)} | ${own.levels?.toFixed(0) ?? "–"} | ${chosen.outputRate === undefined ? "–" : Number(chosen.outputRate.toFixed(3))}`;
    const second = chosen === fallback ? "the same" : cells(other, fallback);
    return `| ${given.container} | ${given.codec} | ${given.trait} | ${by} | ${cells(own, chosen)} | ${more} | ${second} | ${noteOf(outcome)} |`;
  });
}

/** The matrix's table in Markdown. */
export function matrixTable(outcomes: readonly Outcome[], browser: string): string {
  const of = (kind: "sound" | "video") => outcomes.filter(({ given }) => given.kind === kind);
  const good = (list: readonly Outcome[]) =>
    list.filter((outcome) => judge(outcome, outcome.chosen).faults.length === 0).length;
  const [sounds, videos] = [of("sound"), of("video")];
  return [
    `Chromium ${browser} on Linux: ${good(sounds)} of ${sounds.length} sounds and ${good(videos)} of ${videos.length} videos are read as ffmpeg reads them.`,
    "",
    "| Container | Codec | What is special | Read by | Result | Length, ms | Click, ms | By our ffmpeg | The file itself |",
    "|---|---|---|---|---|---|---|---|---|",
    ...rows(sounds),
    "",
    "| Container | Codec | What is special | Read by | Result | Frames | Flash, ms | Colours, of 255 | Output, /s | By our ffmpeg | The file itself |",
    "|---|---|---|---|---|---|---|---|---|---|---|",
    ...rows(videos),
  ].join("\n");
}
