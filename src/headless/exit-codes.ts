import { hasDetails, type EngineError, type ErrorCode } from "../job/errors.ts";

/** Exit codes of the command line. */
export const EXIT = { ok: 0, failed: 1, usage: 2, input: 3, device: 4, cancelled: 130 } as const;

/** The exit code that tells a script what kind of failure it was. */
export function exitCodeOf(code: ErrorCode): number {
  if (code === "job/cancelled") return EXIT.cancelled;
  if (code.startsWith("input/")) return EXIT.input;
  if (code.startsWith("device/") || code.startsWith("codec/") || code.startsWith("model/"))
    return EXIT.device;
  return EXIT.failed;
}

/** A failure as `--json` prints it, with the names of the REST API. */
export function failureJson({ code, message, details }: EngineError): object {
  return { error: message, errorCode: code, ...(hasDetails(details) ? { details } : {}) };
}
