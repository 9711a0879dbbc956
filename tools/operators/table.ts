import type { OperatorCase } from "./cases.ts";
import type { Outcome } from "./compare-in-browser.ts";

/** Largest difference, as a share of the largest value, that sums in another order explain. */
export const SAME = 1e-4;

const percent = (share: number) =>
  Number.isFinite(share) ? `${Number((share * 100).toPrecision(2))} %` : "no number";

/** What came of one case, in words; undefined where it is right and on the graphics device. */
export function outcomeText({ onGpu, difference, refused, silent }: Outcome): string | undefined {
  if (silent) return "never answers";
  if (refused)
    return refused.at === "opening" ? "refused when it is opened" : "opens, refused at the first run";
  if (difference === undefined || !(difference <= SAME))
    return `**wrong**, off by ${percent(difference ?? Number.NaN)}`;
  return onGpu ? undefined : "right, but on the processor";
}

/**
 * The table of the manual: one row for each group of cases, which says what is right and what is not.
 * @param outcomes in the order of the cases.
 */
export function operatorTable(
  cases: readonly OperatorCase[],
  outcomes: readonly Outcome[],
  versions: { readonly onnxruntime: string; readonly browser: string },
): string {
  const groups = new Map<string, { right: number; notes: string[] }>();
  for (const [i, { group, name }] of cases.entries()) {
    const row = groups.get(group) ?? { right: 0, notes: [] };
    groups.set(group, row);
    const text = outcomeText(outcomes[i]!);
    if (text === undefined) row.right++;
    else row.notes.push(`${name}: ${text}`);
  }
  const rows = [...groups].map(
    ([group, { right, notes }]) =>
      `| ${group} | ${right} of ${right + notes.length} | ${notes.join("; ") || "–"} |`,
  );
  return [
    `onnxruntime-web ${versions.onnxruntime}, native WebGPU provider, Chromium ${versions.browser} with an emulated adapter; differences as shares of the largest value on wasm.`,
    "",
    "| Operator | right on the device | otherwise |",
    "|---|---|---|",
    ...rows,
  ].join("\n");
}
