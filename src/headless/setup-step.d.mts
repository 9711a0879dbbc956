/** Runs a program as one step of setting up; see `setup-step.mjs`. */
export function runStep(
  label: string,
  program: string,
  args: readonly string[],
  options?: { readonly cwd?: string; readonly stream?: NodeJS.WriteStream; readonly silentMs?: number },
): Promise<{ readonly code: number; readonly said: string }>;

/** Why a program failed, in a few words, from what it printed. */
export function reasonOf(said: string): string;
