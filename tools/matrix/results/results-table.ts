import { judgeResult } from "./judge-result.ts";
import { ALWAYS_FINE } from "./result-cases.ts";
import type { ResultOutcome } from "./run-results.ts";

const ms = (seconds: number | undefined) =>
  seconds === undefined ? "–" : `${Math.round(1000 * seconds) || 0}`;
const fixed = (value: number | undefined, digits: number) =>
  value === undefined ? "–" : value.toFixed(digits);

/** The results' table in Markdown. */
export function resultsTable(outcomes: readonly ResultOutcome[], browser: string): string {
  const good = outcomes.filter((outcome) => judgeResult(outcome).length === 0).length;
  return [
    `Chromium ${browser} on Linux: ${good} of ${outcomes.length} videos are as they should be.`,
    "",
    "| File | As | Result | Told | Length, s (voice) | Frames, /s | Sound, ms (begin, end) | Louder, dB | Colours, of 255 | Pictures, ms | Mouth: open / shut | r, ms |",
    "|---|---|---|---|---|---|---|---|---|---|---|---|",
    ...outcomes.map((outcome) => {
      const { given, told, sound, picture, mouth } = outcome;
      const faults = judgeResult(outcome);
      const codes = told.filter((code) => !ALWAYS_FINE.has(code)).map((code) => `\`${code}\``);
      const role = given.backend === undefined ? given.role : `${given.role}, ${given.backend}`;
      return `| ${given.name} | ${role} | ${faults.length === 0 ? "right" : faults.join(", ")} | ${codes.join(", ")} | ${fixed(picture?.seconds, 2)} (${fixed(sound?.wanted, 2)}) | ${picture?.frames ?? "–"}, ${picture ? Number(picture.fps.toFixed(2)) : "–"} | ${ms(sound?.first?.lag)}, ${ms(sound?.last?.lag)} | ${fixed(sound?.gain, 1)} | ${fixed(picture?.levels, 0)} | ${ms(picture?.shift)} | ${fixed(mouth?.open, 2)} / ${fixed(mouth?.shut, 2)} | ${fixed(mouth?.r, 2)}, ${ms(mouth?.lag)} |`;
    }),
  ].join("\n");
}
