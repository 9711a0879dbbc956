import type { ReportDocument, ReportedFile } from "./report-document.ts";
import { decimals, escaped, timelinePlot, timingsPlot } from "./report-plots.ts";
import type { ReportWords } from "./report-words.ts";

const STYLE = `
:root { color-scheme: light dark; --line: #8884; --text-2: #666; --a: #a8323e; --b: #3b6ea5; --c: #4b8b5a; }
@media (prefers-color-scheme: dark) { :root { --text-2: #aaa; --a: #f28b92; --b: #8fb8e6; --c: #8fce9f; } }
body { max-width: 60rem; margin: 2rem auto; padding: 0 1rem; font: 15px/1.5 system-ui, sans-serif; }
h1 { font-size: 1.5rem; } h2 { font-size: 1.1rem; margin-top: 2rem; }
svg { width: 100%; height: auto; font: 12px system-ui, sans-serif; } text { fill: currentColor; }
.tick { text-anchor: middle; fill: var(--text-2); } .axis { stroke: var(--line); }
.plot { overflow-x: auto; } .plot svg { min-width: 40rem; }
.sound { fill: var(--b); } .mouth, .time { fill: var(--a); } .shut { fill: #000; stroke: #fff; stroke-width: 0.5; } .strength { fill: var(--c); }
table { border-collapse: collapse; width: 100%; } th, td { text-align: start; padding: 4px 12px 4px 0; border-bottom: 1px solid var(--line); vertical-align: top; }
th { font-weight: 600; white-space: nowrap; } code { overflow-wrap: anywhere; font-size: 12px; }
figure { display: inline-block; margin: 0 8px 8px 0; } figure img { display: block; height: 96px; border-radius: 6px; } figcaption, .note { color: var(--text-2); font-size: 13px; }
`;

type Row = readonly [string, string];

const table = (rows: readonly Row[]) =>
  `<table>${rows.map(([name, value]) => `<tr><th scope="row">${escaped(name)}</th><td>${value}</td></tr>`).join("")}</table>`;

function fileCell({ name, bytes, sha256 }: ReportedFile, { language }: ReportWords): string {
  const size = bytes === undefined ? "" : `, ${decimals(bytes / 1e6, 2, language)} MB`;
  return `${escaped(name)}${size}${sha256 ? `<br><code>SHA-256 ${escaped(sha256)}</code>` : ""}`;
}

/** Where the result is doubtful, and what to do. */
function doubts({ warnings }: ReportDocument, words: ReportWords): string {
  if (warnings.length === 0) return `<p>${escaped(words.say("nothing"))}</p>`;
  const items = warnings.map((warning) => {
    const advice = words.advice(warning.code);
    return `<li>${escaped(words.warning(warning))}${advice ? ` <b>${escaped(advice)}</b>` : ""} <code>${escaped(warning.code)}</code></li>`;
  });
  return `<ul>${items.join("")}</ul>`;
}

/** Frames that were left as they were: their times, and what some of them look like. */
function left({ result }: ReportDocument, { say, language }: ReportWords): string {
  const { facelessRanges, fps, leftFrames = [] } = result;
  if (facelessRanges.length === 0) return `<p>${escaped(say("leftNone"))}</p>`;
  const at = (frame: number) => decimals(frame / fps, 2, language);
  const ranges = facelessRanges.map(([first, last]) =>
    say("range", { first: String(first), last: String(last), from: at(first), to: at(last + 1) }),
  );
  const pictures = leftFrames.map(({ frame, picture }) => {
    const name = say("frame", { frame: String(frame) });
    return `<figure><img src="${escaped(picture)}" alt="${escaped(name)}"><figcaption>${escaped(name)}, ${at(frame)} s</figcaption></figure>`;
  });
  return `<p>${escaped(say("leftRanges", { ranges: ranges.join(", ") }))}</p>${pictures.join("")}`;
}

function facesTable({ result }: ReportDocument, { say, language }: ReportWords): string {
  const rows = result.faces.map(({ x, y, width, height, animated }, i): Row => {
    const box = [x, y, width, height].map((value) => String(Math.round(value))).join(", ");
    return [say("face", { number: i + 1 }), escaped(say(animated ? "speaks" : "still", { box }))];
  });
  return table([...rows, [say("mouthWidth"), `${decimals(result.mouthWidthPx, 0, language)} px`]]);
}

/**
 * The report as one page that needs nothing else: no script, no other file, no network.
 * @param words the language that it speaks.
 */
export function reportPage(document: ReportDocument, words: ReportWords): string {
  const { result, settings, inputs, output, timings, seed, model, engine } = document;
  const { width, height, frames, durationSeconds, timeline, framesSha256 } = result;
  const { language } = words;
  const say: ReportWords["say"] = (id, values) => escaped(words.say(id, values));
  const heading = (id: Parameters<typeof say>[0]) => `<h2>${say(id)}</h2>`;
  const chosen = Object.entries(settings).map(([name, value]): Row => [name, escaped(String(value))]);
  const hash: Row[] = framesSha256
    ? [[words.say("framesHash"), `<code>SHA-256 ${escaped(framesSha256)}</code>`]]
    : [];
  const made = say("made", {
    ...{ width: String(width), height: String(height), frames, fps: result.fps },
    ...{ seconds: decimals(durationSeconds, 1, language), encoder: result.encoder, backend: result.backend },
    ...{ engine, model },
  });
  return `<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">
<title>${say("title", { name: output.name })}</title>
<style>${STYLE}</style>
</head>
<body>
<h1>${escaped(output.name)}</h1>
<p>${made}</p>
${heading("doubts")}
${doubts(document, words)}
${heading("video")}
${timeline ? `<div class="plot">${timelinePlot(timeline, durationSeconds, words)}</div>` : `<p>${say("noTimeline")}</p>`}
<p class="note">${say("videoNote")}</p>
${heading("left")}
${left(document, words)}
${heading("faces")}
${facesTable(document, words)}
${heading("again")}
${table([[words.say("seed"), String(seed)], ...chosen])}
<p class="note">${say("againNote")}</p>
${heading("files")}
${table([...Object.entries(inputs).map(([field, file]): Row => [field, fileCell(file, words)]), [words.say("result"), fileCell(output, words)], ...hash])}
${heading("time")}
<div class="plot">${timingsPlot(timings, words)}</div>
</body>
</html>
`;
}
