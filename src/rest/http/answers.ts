import {
  hasDetails,
  POLICY,
  toEngineError,
  type EngineError,
  type ErrorCode,
  type ErrorDetails,
} from "../../job/errors.ts";

/** One wrong field of a request. */
export interface WrongField {
  /** Path of the field, for instance `formState.audio`. */
  readonly field: string;
  readonly error: string;
}

/** A JSON answer; never cached, because jobs change. */
export function json(body: unknown, status = 200, headers: Record<string, string> = {}): Response {
  return new Response(JSON.stringify(body), {
    status,
    headers: { "Content-Type": "application/json; charset=utf-8", "Cache-Control": "no-store", ...headers },
  });
}

/** The refusal of a request: the sentence, the code, and the status that the code stands for unless another is given. */
export function refuse(
  code: ErrorCode,
  error: string,
  extra: {
    fields?: readonly WrongField[];
    headers?: Record<string, string>;
    details?: ErrorDetails;
    status?: number;
  } = {},
): Response {
  const { fields, headers, details = {}, status = POLICY[code].status } = extra;
  const named = fields?.length ? { field: fields[0]!.field, fields } : {};
  const facts = hasDetails(details) ? { details } : {};
  return json({ error, errorCode: code, ...named, ...facts }, status, headers);
}

/** The refusal that names every wrong field. */
export function refuseFields(fields: readonly WrongField[]): Response {
  const sentences = fields.map(({ field, error }) => `${field} ${error}.`);
  return refuse("input/field", sentences.join(" "), { fields });
}

/** The answer to an error that a handler threw. Foreign errors keep their text to themselves. */
export function refuseError(error: unknown): Response {
  const known: EngineError = toEngineError(error);
  if (known.code === "internal/bug") {
    return refuse("internal/bug", "Something went wrong inside Dudak. Please report what you sent.");
  }
  const { code, message, details } = known;
  const headers = code === "storage/unavailable" ? { "Retry-After": "5" } : undefined;
  return refuse(code, message, { details, ...(headers && { headers }) });
}
