import { toEngineError } from "../../job/errors.ts";
import type { Problem } from "./studio-state.ts";

/** A failure as the interface keeps it. */
export function asProblem(thrown: unknown): Problem {
  const { code, message, details } = toEngineError(thrown);
  return { code, message, details };
}
