import type { FactOf, ValuesFor } from "./sentences/message.ts";
import type { WARNINGS } from "./sentences/warnings.ts";

type Warnings = typeof WARNINGS;

/** The code of one warning. */
export type WarningCode = keyof Warnings;

/** What a job did otherwise than asked: a code and what it is about, never a sentence. */
export type Warning = FactOf<Warnings>;

/** A warning as the JavaScript API tells it: also the English sentence made of code and values. */
export type JobWarning = Warning & { readonly message: string };

/** A warning, with the values that its sentence names. */
export function warning<Code extends WarningCode>(code: Code, ...values: ValuesFor<Warnings[Code]>): Warning {
  return { code, values: values[0] ?? {} } as Warning;
}

/** Warnings as any release stored them: the first ones kept their sentences, which stand as they are. */
export function storedWarnings(stored: readonly (Warning | string)[]): readonly Warning[] {
  return stored.map((each) =>
    typeof each === "string" ? warning("stored/sentence", { sentence: each }) : each,
  );
}

/** Tells warnings apart. */
export function warningKey({ code, values }: Warning): string {
  return JSON.stringify([code, values]);
}

/** Adds a warning unless it stands there already. */
export function tellOnce(warnings: Warning[], told: Warning): void {
  if (!warnings.some((each) => warningKey(each) === warningKey(told))) warnings.push(told);
}

/** Each warning once, in the order in which they came. */
export function withoutRepeats<Told extends Warning>(warnings: readonly Told[]): readonly Told[] {
  return [...new Map(warnings.map((each) => [warningKey(each), each])).values()];
}
