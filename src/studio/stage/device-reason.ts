import { t } from "../strings.ts";

/** Why a camera or microphone did not start, in words. */
export function deviceReason(error: unknown): string {
  const name = error instanceof Error ? error.name : "";
  if (name === "NotAllowedError" || name === "SecurityError") return t.denied();
  if (name === "NotFoundError" || name === "OverconstrainedError") return t.noDevice();
  if (!("mediaDevices" in navigator)) return t.notHere();
  return error instanceof Error ? error.message : String(error);
}
