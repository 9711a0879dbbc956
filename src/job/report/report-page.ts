import type { ReportDocument, ReportedFile } from "./report-document.ts";
import { escaped, timelinePlot, timingsPlot } from "./report-plots.ts";

const STYLE = `
:root { color-scheme: light dark; --line: #8884; --text-2: #666; --a: #a8323e; --b: #3b6ea5; --c: #4b8b5a; }
@media (prefers-color-scheme: dark) { :root { --text-2: #aaa; --a: #f28b92; --b: #8fb8e6; --c: #8fce9f; } }
body { max-width: 60rem; margin: 2rem auto; padding: 0 1rem; font: 15px/1.5 system-ui, sans-serif; }
h1 { font-size: 1.5rem; } h2 { font-size: 1.1rem; margin-top: 2rem; }
svg { width: 100%; height: auto; font: 12px system-ui, sans-serif; } text { fill: currentColor; }
.tick { text-anchor: middle; fill: var(--text-2); } .axis { stroke: var(--line); }
.sound { fill: var(--b); } .mouth, .time { fill: var(--a); } .shut { fill: currentColor; } .strength { fill: var(--c); }
table { border-collapse: collapse; width: 100%; } th, td { text-align: start; padding: 4px 12px 4px 0; border-bottom: 1px solid var(--line); vertical-align: top; }
th { font-weight: 600; white-space: nowrap; } code { overflow-wrap: anywhere; font-size: 12px; }
figure { display: inline-block; margin: 0 8px 8px 0; } figure img { display: block; height: 96px; border-radius: 6px; } figcaption, .note { color: var(--text-2); font-size: 13px; }
`;

type Row = readonly [string, string];

const table = (rows: readonly Row[]) =>
  `<table>${rows.map(([name, value]) => `<tr><th scope="row">${escaped(name)}</th><td>${value}</td></tr>`).join("")}</table>`;

function fileCell({ name, bytes, sha256 }: ReportedFile): string {
  const size = bytes === undefined ? "" : `, ${(bytes / 1e6).toFixed(2)} MB`;
  return `${escaped(name)}${size}${sha256 ? `<br><code>SHA-256 ${escaped(sha256)}</code>` : ""}`;
}

/** Where the result is doubtful, and what to do. */
function doubts({ warnings }: ReportDocument): string {
  if (warnings.length === 0) return "<p>Nothing was found.</p>";
  const items = warnings.map(
    ({ message, advice, code }) =>
      `<li>${escaped(message)}${advice ? ` <b>${escaped(advice)}</b>` : ""} <code>${escaped(code)}</code></li>`,
  );
  return `<ul>${items.join("")}</ul>`;
}

/** Frames that were left as they were: their times, and what some of them look like. */
function left({ result, leftFrames = [] }: ReportDocument): string {
  const { facelessRanges, fps } = result;
  if (facelessRanges.length === 0) return "<p>None: every frame has a face that speaks.</p>";
  const ranges = facelessRanges.map(
    ([first, last]) =>
      `${String(first)}–${String(last)} (${(first / fps).toFixed(2)}–${((last + 1) / fps).toFixed(2)} s)`,
  );
  const pictures = leftFrames.map(
    ({ frame, seconds, picture }) =>
      `<figure><img src="${escaped(picture)}" alt="Frame ${String(frame)}"><figcaption>${String(frame)}, ${seconds.toFixed(2)} s</figcaption></figure>`,
  );
  return `<p>Frames ${ranges.join(", ")}.</p>${pictures.join("")}`;
}

function facesTable({ result }: ReportDocument): string {
  const rows = result.faces.map(({ x, y, width, height, animated }, i): Row => {
    const box = [x, y, width, height].map((value) => Math.round(value)).join(", ");
    return [`Face ${String(i + 1)}`, `${animated ? "speaks" : "stays as it is"}; box ${box} px`];
  });
  return table([...rows, ["Width of the mouth", `${result.mouthWidthPx.toFixed(0)} px`]]);
}

/** The report as one page that needs nothing else: no script, no other file, no network. */
export function reportPage(document: ReportDocument): string {
  const { result, settings, inputs, output, timings, seed, model, engine } = document;
  const { width, height, fps, frames, durationSeconds, backend, encoder, timeline, framesSha256 } = result;
  const chosen = Object.entries(settings).map(([name, value]): Row => [name, escaped(String(value))]);
  const hash: Row[] = framesSha256
    ? [["Frames before encoding", `<code>SHA-256 ${escaped(framesSha256)}</code>`]]
    : [];
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">
<title>Report: ${escaped(output.name)}</title>
<style>${STYLE}</style>
</head>
<body>
<h1>${escaped(output.name)}</h1>
<p>${String(width)} × ${String(height)}, ${durationSeconds.toFixed(1)} s, ${String(frames)} frames at ${fps.toFixed(3).replace(/\.?0+$/, "")} a second; ${escaped(encoder)}, networks on ${escaped(backend)}. Made by ${escaped(engine)} (${escaped(model)}).</p>
<h2>Where to look twice</h2>
${doubts(document)}
<h2>Along the video</h2>
${timeline ? timelinePlot(timeline, durationSeconds) : "<p>Not kept: an older version made this job.</p>"}
<p class="note">Voice: loudness. Mouth: how far the voice opens it; black marks are lips shut by a p, b or m. Strength: how much of the motion the face takes; less when it is turned or covered, none where the frame was left as it was. In a picture it is full throughout; a face that is turned too far is named above.</p>
<h2>Frames left as they were</h2>
${left(document)}
<h2>Faces</h2>
${facesTable(document)}
<h2>To make it again</h2>
${table([["Seed", String(seed)], ...chosen])}
<p class="note">The same files, settings and seed give the same frames on the same backend.</p>
<h2>Files</h2>
${table([...Object.entries(inputs).map(([field, file]): Row => [field, fileCell(file)]), ["Result", fileCell(output)], ...hash])}
<h2>Time</h2>
${timingsPlot(timings)}
</body>
</html>
`;
}
