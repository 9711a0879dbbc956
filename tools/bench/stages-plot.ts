import { middleRun, type AgainstBench } from "./against.ts";
import type { StagedRun } from "./stages.ts";

const COLOURS = ["#4878a8", "#d98c3f", "#5a9e6f", "#b0524f", "#8367a8", "#7d7d7d", "#c2a83e"];

/** A page that shows the stages of two builds over time, one below the other. */
export function stagesPage({ machine, against, comparisons }: AgainstBench): string {
  const stages = [
    ...new Set(
      comparisons.flatMap(({ here, there }) =>
        [...here, ...there].flatMap(({ spans }) => spans.map(({ stage }) => stage)),
      ),
    ),
  ];
  const colourOf = (stage: string) => COLOURS[stages.indexOf(stage) % COLOURS.length]!;
  const bar = (name: string, { spans, totalMs, processorMs }: StagedRun, longest: number) => {
    const parts = spans.map(({ stage, fromMs, toMs, processorMs: used }) => {
      const [left, width] = [fromMs, toMs - fromMs].map((ms) => ((100 * ms) / longest).toFixed(2));
      const title = `${stage}: ${Math.round(toMs - fromMs)} ms, processor ${Math.round(used)} ms`;
      return `<i title="${title}" style="left:${left!}%;width:${width!}%;background:${colourOf(stage)}"></i>`;
    });
    const figures = `${(totalMs / 1000).toFixed(2)} s, processor ${(processorMs / 1000).toFixed(2)} s`;
    return `<tr><th>${name}</th><td><div class="bar">${parts.join("")}</div></td><td>${figures}</td></tr>`;
  };
  const sections = comparisons.map(({ kind, here, there, faster, sparing }) => {
    const runs = [middleRun(there), middleRun(here)] as const;
    const longest = Math.max(...runs.map(({ totalMs }) => totalMs));
    const rows = [bar(against, runs[0], longest), bar(machine.revision, runs[1], longest)];
    const ratios = `${faster.toFixed(2)} × as fast, processor time ${sparing.toFixed(2)} × as sparing`;
    return `<h2>${kind}</h2><p>${ratios}</p><table>${rows.join("")}</table>`;
  });
  const legend = stages.map((stage) => `<span style="background:${colourOf(stage)}">${stage}</span>`);
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>Stages of two builds</title>
<style>
body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem; max-width: 70rem; }
table { width: 100%; border-spacing: 0 4px; }
th { text-align: left; font-weight: 500; white-space: nowrap; padding-right: 1rem; }
td:last-child { white-space: nowrap; padding-left: 1rem; width: 14rem; }
.bar { position: relative; height: 28px; background: #8882; }
.bar i { position: absolute; top: 0; bottom: 0; }
.legend span { color: #fff; padding: 2px 8px; margin-right: 4px; }
</style>
<h1>Stages of two builds</h1>
<p>${machine.cpu}, ${machine.cores} cores, ${machine.browser}. Each bar is the run of median length; a stage's figures show when it is pointed at.</p>
<p class="legend">${legend.join("")}</p>
${sections.join("\n")}
</html>
`;
}
