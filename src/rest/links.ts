import { EngineError } from "../job/errors.ts";
import type { JobRow } from "../queue/job-row.ts";
import { equalInConstantTime } from "./keys.ts";

/** Addresses of results that are signed and expire. */
export interface ResultLinks {
  /** Seconds for which the `output` of every answer is valid; absent: it has the job's lasting token. */
  readonly always?: number | undefined;
  /** The signature of an address of the row's result that is valid until `expires`, in epoch seconds. */
  sign(row: JobRow, expires: number): string;
}

interface LinkDeps {
  readonly links?: ResultLinks;
  readonly now: () => number;
}

/**
 * The address of a result.
 * @param seconds for which it is to be valid; absent: as the installation has it.
 */
export function outputAddress(row: JobRow, deps: LinkDeps, seconds = deps.links?.always): string {
  const path = `${row.baseUrl}/jobs/${row.id}/output`;
  if (!deps.links || seconds === undefined) return `${path}?token=${encodeURIComponent(row.outputToken)}`;
  const expires = Math.ceil(deps.now() / 1000) + seconds;
  return `${path}?expires=${String(expires)}&signature=${deps.links.sign(row, expires)}`;
}

/** Whether a token opens a result; never where all links are to expire. */
export function mayByToken({ links }: Pick<LinkDeps, "links">, row: JobRow, token: string | null): boolean {
  return token !== null && links?.always === undefined && equalInConstantTime(token, row.outputToken);
}

/**
 * Whether an address carries a signature that opens the result; false when it carries none.
 * @throws EngineError `auth/link` when it has expired or is not the address that was signed.
 */
export function mayBySignature(deps: LinkDeps, row: JobRow | undefined, query: URLSearchParams): boolean {
  const [expires, signature] = [query.get("expires"), query.get("signature")];
  if (expires === null && signature === null) return false;
  const valid =
    row !== undefined &&
    deps.links !== undefined &&
    /^\d{1,12}$/.test(expires ?? "") &&
    equalInConstantTime(signature ?? "", deps.links.sign(row, Number(expires)));
  if (!valid || Number(expires) * 1000 < deps.now()) {
    throw new EngineError(
      "auth/link",
      "This link has expired or was changed. Ask for the job again: its answer has a new one.",
    );
  }
  return true;
}
