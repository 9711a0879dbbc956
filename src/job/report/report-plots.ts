import type { JobTimeline, Stage, VoiceTimeline } from "../job.ts";

const WIDTH = 900;
const LABEL = 70;
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
export function timelinePlot({ stepSeconds, voices, strength }: JobTimeline, seconds: number): string {
  let foot = 0;
  const rows = voices.flatMap((voice, i) => {
    const number = voices.length > 1 ? ` ${String(i + 1)}` : "";
    const at = (row: number) => ({ from: voice.startSeconds, step: stepSeconds, seconds, foot: row });
    const [sound, mouth] = [(foot += ROW), (foot += ROW)];
    return [
      rowLabel(`Voice${number}`, sound) + area(voice.loudness, at(sound), "sound"),
      rowLabel(`Mouth${number}`, mouth) +
        area(voice.aperture, at(mouth), "mouth") +
        spans(voice.closures, seconds, mouth),
    ];
  });
  foot += ROW;
  rows.push(
    rowLabel("Strength", foot) + area(strength, { from: 0, step: stepSeconds, seconds, foot }, "strength"),
  );
  return `<svg viewBox="0 0 ${String(WIDTH)} ${String(foot + 20)}" role="img" aria-label="Voice, opening of the mouth and strength along the video">${rows.join("")}${ticks(seconds, foot)}</svg>`;
}

/** Where the time went, a bar a stage, as SVG. */
export function timingsPlot(timings: Readonly<Partial<Record<Stage, number>>>): string {
  const spent = Object.entries(timings).filter(([, ms]) => ms > 0);
  const most = Math.max(1, ...spent.map(([, ms]) => ms));
  const bars = spent.map(([stage, ms], i) => {
    const y = i * 24;
    const width = (ms / most) * (WIDTH - 270);
    return `<text x="0" y="${String(y + 15)}">${escaped(stage)}</text><rect class="time" x="130" y="${String(y + 3)}" width="${fixed(width)}" height="15"/><text x="${fixed(138 + width)}" y="${String(y + 15)}">${(ms / 1000).toFixed(2)} s</text>`;
  });
  return `<svg viewBox="0 0 ${String(WIDTH)} ${String(spent.length * 24)}" role="img" aria-label="Time by stage">${bars.join("")}</svg>`;
}
