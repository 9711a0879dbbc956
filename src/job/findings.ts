import type { FINDINGS } from "./sentences/findings.ts";
import type { FactOf, ValuesFor } from "./sentences/message.ts";

type Findings = typeof FINDINGS;

/** Something found out about a lip-sync model that a user brought: a code and its values. */
export type Finding = FactOf<Findings>;

/** A finding as the JavaScript API tells it: also the English sentence made of code and values. */
export type LipModelFinding = Finding & { readonly message: string };

/** A finding, with the values that its sentence names. */
export function finding<Code extends keyof Findings>(
  code: Code,
  ...values: ValuesFor<Findings[Code]>
): Finding {
  return { code, values: values[0] ?? {} } as Finding;
}
