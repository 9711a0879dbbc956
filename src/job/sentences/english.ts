import type { Finding, LipModelFinding } from "../findings.ts";
import type { JobWarning, Warning } from "../warnings.ts";
import { FINDINGS } from "./findings.ts";
import { fillIn } from "./message.ts";
import { WARNINGS } from "./warnings.ts";

/** A warning with its English sentence; a code of another release stands for itself. */
export function tellWarning(warning: Warning): JobWarning {
  const { code, values } = warning;
  return { ...warning, message: fillIn(WARNINGS[code] ?? code, values) };
}

/** A finding with its English sentence. */
export function tellFinding(finding: Finding): LipModelFinding {
  const { code, values } = finding;
  return { ...finding, message: fillIn(FINDINGS[code], values) };
}
