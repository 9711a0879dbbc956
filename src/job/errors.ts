/**
 * The closed list of error codes. Interface, queue and REST branch on the code, never on the text.
 * `status` is the HTTP status of the API; `retry` says whether the same job can succeed when run again.
 */
export const POLICY = {
  "input/missing": { status: 400, retry: false },
  "input/field": { status: 400, retry: false },
  "input/image": { status: 415, retry: false },
  "input/image-too-small": { status: 422, retry: false },
  "input/image-too-large": { status: 413, retry: false },
  "input/audio": { status: 415, retry: false },
  "input/audio-empty": { status: 422, retry: false },
  "input/audio-too-long": { status: 413, retry: false },
  "input/video": { status: 415, retry: false },
  "input/video-empty": { status: 422, retry: false },
  "input/video-too-large": { status: 413, retry: false },
  "input/encrypted": { status: 415, retry: false },
  "input/mask": { status: 415, retry: false },
  "input/too-large": { status: 413, retry: false },
  "input/no-face": { status: 422, retry: false },
  "input/one-face": { status: 422, retry: false },
  "input/face-too-small": { status: 422, retry: false },
  "input/face-turned": { status: 422, retry: false },
  "input/fetch": { status: 422, retry: true },
  "codec/missing": { status: 415, retry: false },
  "codec/failed": { status: 500, retry: true },
  "device/lost": { status: 503, retry: true },
  "device/memory": { status: 503, retry: true },
  "device/backend": { status: 503, retry: false },
  "device/unsupported": { status: 503, retry: false },
  "model/load": { status: 503, retry: true },
  "model/integrity": { status: 503, retry: true },
  "model/unsupported": { status: 422, retry: false },
  "model/licence": { status: 422, retry: false },
  "auth/missing": { status: 401, retry: false },
  "auth/unknown": { status: 401, retry: false },
  "auth/origin": { status: 403, retry: false },
  "auth/link": { status: 403, retry: false },
  "job/not-found": { status: 404, retry: false },
  "job/conflict": { status: 409, retry: false },
  "job/cancelled": { status: 409, retry: false },
  "job/crashed": { status: 500, retry: false },
  "queue/full": { status: 429, retry: true },
  "storage/full": { status: 507, retry: true },
  "storage/failed": { status: 500, retry: true },
  "storage/unavailable": { status: 503, retry: true },
  "route/not-found": { status: 404, retry: false },
  "route/method": { status: 405, retry: false },
  "route/media-type": { status: 415, retry: false },
  "route/too-many": { status: 429, retry: true },
  "internal/bug": { status: 500, retry: false },
} as const satisfies Record<string, { status: number; retry: boolean }>;

/** One of the codes of {@link POLICY}. */
export type ErrorCode = keyof typeof POLICY;

/** What an error is about, as facts for programs; plain data that can be cloned and written as JSON. */
export interface ErrorDetails {
  /** The parameter or option, by its name. */
  readonly field?: string;
  /** What was given for it, as text where it was neither text nor a number. */
  readonly value?: string | number;
  /** The values that it may have. */
  readonly allowed?: readonly (string | number)[];
  /** Least and largest value that it may have, or that a file may have, in `unit`. */
  readonly limits?: { readonly least?: number; readonly most?: number };
  /** Unit of `value` and `limits`: "seconds", "pixels", "bytes", "degrees". */
  readonly unit?: string;
  /** The address that did not answer, or answered with something else. */
  readonly url?: string;
  /** Its HTTP status. */
  readonly status?: number;
  /** The job that an Idempotency-Key was used for before. */
  readonly jobId?: string;
}

/** Whether there are facts behind an error beside its code. */
export function hasDetails(details: ErrorDetails): boolean {
  return Object.keys(details).length > 0;
}

/** Options of {@link EngineError}. */
export interface EngineErrorOptions extends ErrorOptions {
  readonly details?: ErrorDetails;
}

/** The only error class that crosses a module's border; foreign errors are wrapped with `cause`. */
export class EngineError extends Error {
  override readonly name = "EngineError";
  /** The facts behind the message; empty where the code says it all. */
  readonly details: ErrorDetails;
  constructor(
    readonly code: ErrorCode,
    message: string,
    { details = {}, ...options }: EngineErrorOptions = {},
  ) {
    super(message, options);
    this.details = details;
  }
}

/** An error as it crosses between threads and processes. */
export interface PlainError {
  readonly code: string;
  readonly message: string;
  readonly details?: ErrorDetails;
}

/** The error of a plain one; a code of another release counts as `internal/bug`. */
export function fromPlainError({ code, message, details = {} }: PlainError): EngineError {
  return new EngineError(isErrorCode(code) ? code : "internal/bug", message, { details });
}

/** Whether `code` is one of the closed list. */
export function isErrorCode(code: unknown): code is ErrorCode {
  return typeof code === "string" && Object.hasOwn(POLICY, code);
}

/** What browsers say when they refuse memory to arrays or to WebAssembly. */
const REFUSED_MEMORY =
  /out of memory|allocation failed|array buffer allocation|invalid (typed )?array length|could not allocate memory|to grow (instance )?memory|maximum memory size exceeded/i;

/**
 * The error as an {@link EngineError}: unchanged when it is one, an abort as `job/cancelled`,
 * a refused allocation as `device/memory`, anything else as `fallback` with the original as `cause`.
 */
export function toEngineError(error: unknown, fallback: ErrorCode = "internal/bug", tried = ""): EngineError {
  if (error instanceof EngineError) return error;
  const text = error instanceof Error ? error.message : String(error);
  if (error instanceof Error && error.name === "AbortError") {
    return new EngineError("job/cancelled", "The job was cancelled.", { cause: error });
  }
  if (REFUSED_MEMORY.test(text)) {
    return new EngineError(
      "device/memory",
      `The browser refused the memory that this job needs${tried && ` (${tried})`}. Close other tabs or choose 480p and try again.`,
      { cause: error },
    );
  }
  return new EngineError(fallback, tried ? `${tried}: ${text}` : text, { cause: error });
}

/** Throws `job/cancelled` when the signal is aborted. */
export function throwIfCancelled(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw new EngineError("job/cancelled", "The job was cancelled.");
}
