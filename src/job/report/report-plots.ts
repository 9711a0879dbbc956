import type { JobTimeline, Stage, VoiceTimeline } from "../job.ts";
import type { ReportWords } from "./report-words.ts";

const WIDTH = 900;
const LABEL = 110;
const INNER = WIDTH - LABEL - 10;
const ROW = 64;

/** Text inside HTML. */
export function escaped(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}

const fixed = (value: number) => value.toFixed(1);

/** A number as a language writes it, with so many decimals. */
export function decimals(value: number, digits: number, language: string): string {
  return value.toLocaleString(language, { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

/** A filled line of values from 0 to 1, in a row whose foot is at `foot`. */
function area(
  values: readonly number[],
  { from, step, seconds, foot }: { from: number; step: number; seconds: number; foot: number },
  kind: string,
): string {
  const x = (i: number) => fixed(LABEL + (INNER * Math.min(seconds, from + i * step)) / seconds);
  const points = values.map((value, i) => `${x(i)},${fixed(foot - value * (ROW - 14))}`);
  return `<polygon class="${kind}" points="${x(0)},${String(foot)} ${points.join(" ")} ${x(values.length)},${String(foot)}"/>`;
}

const rowLabel = (text: string, foot: number) =>
  `<text x="0" y="${String(foot - 20)}">${escaped(text)}</text><line class="axis" x1="${String(LABEL)}" x2="${String(LABEL + INNER)}" y1="${String(foot)}" y2="${String(foot)}"/>`;

/** Marks at the foot of a row. */
function spans(times: VoiceTimeline["closures"], seconds: number, foot: number): string {
  return times
    .map(([begin, end]) => {
      const width = Math.max(1.5, (INNER * (end - begin)) / seconds);
      return `<rect class="shut" x="${fixed(LABEL + (INNER * begin) / seconds)}" y="${String(foot - 6)}" width="${fixed(width)}" height="6"/>`;
    })
    .join("");
}

/** A second's name on the time axis, at most twelve of them. */
function ticks(seconds: number, foot: number): string {
  const every = [0.5, 1, 2, 5, 10, 30, 60, 120, 300].find((step) => seconds / step <= 12) ?? 600;
  return Array.from({ length: Math.floor(seconds / every) + 1 }, (_, i) => {
    const x = fixed(LABEL + (INNER * i * every) / seconds);
    return `<text class="tick" x="${x}" y="${String(foot + 14)}">${String(i * every)} s</text>`;
  }).join("");
}

/** Sound, opening with closures, and strength along the video, as SVG. */
export function timelinePlot(
  { stepSeconds, voices, strength }: JobTimeline,
  seconds: number,
  { say }: ReportWords,
): string {
  let foot = 0;
  const rows = voices.flatMap((voice, i) => {
    const number = { number: i + 1 };
    const names =
      voices.length > 1 ? [say("voiceOf", number), say("mouthOf", number)] : [say("voice"), say("mouth")];
    const at = (row: number) => ({ from: voice.startSeconds, step: stepSeconds, seconds, foot: row });
    const [sound, mouth] = [(foot += ROW), (foot += ROW)];
    return [
      rowLabel(names[0]!, sound) + area(voice.loudness, at(sound), "sound"),
      rowLabel(names[1]!, mouth) +
        area(voice.aperture, at(mouth), "mouth") +
        spans(voice.closures, seconds, mouth),
    ];
  });
  foot += ROW;
  rows.push(
    rowLabel(say("strength"), foot) +
      area(strength, { from: 0, step: stepSeconds, seconds, foot }, "strength"),
  );
  return `<svg viewBox="0 0 ${String(WIDTH)} ${String(foot + 20)}" role="img" aria-label="${escaped(say("videoLabel"))}">${rows.join("")}${ticks(seconds, foot)}</svg>`;
}

/** Where the time went, a bar a stage, as SVG. */
export function timingsPlot(
  timings: Readonly<Partial<Record<Stage, number>>>,
  { say, language }: ReportWords,
): string {
  const spent = (Object.entries(timings) as [Stage, number][]).filter(([, ms]) => ms > 0);
  const most = Math.max(1, ...spent.map(([, ms]) => ms));
  const bars = spent.map(([stage, ms], i) => {
    const y = i * 24;
    const width = (ms / most) * (WIDTH - 340);
    return `<text x="0" y="${String(y + 15)}">${escaped(say(`stage:${stage}`))}</text><rect class="time" x="200" y="${String(y + 3)}" width="${fixed(width)}" height="15"/><text x="${fixed(208 + width)}" y="${String(y + 15)}">${decimals(ms / 1000, 2, language)} s</text>`;
  });
  return `<svg viewBox="0 0 ${String(WIDTH)} ${String(spent.length * 24)}" role="img" aria-label="${escaped(say("time"))}">${bars.join("")}</svg>`;
}
