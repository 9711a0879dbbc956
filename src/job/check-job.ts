import * as z from "zod/mini";
import { EngineError, type ErrorDetails } from "./errors.ts";
import { jobSpecSchema, LIVE_SETTINGS, liveFormSchema, type MediaSchema } from "./job-spec-schema.ts";
import { JOB_LIMITS, type JobSpec } from "./job-spec.ts";

/** One wrong field of a request. */
export interface Fault {
  /** Path of the field, for instance `formState.leftAudio`. */
  readonly field: string;
  /** Reads on after the name of the field. */
  readonly error: string;
  /** The value that was given; undefined when the field is missing. */
  readonly given: unknown;
  /** The words that it may be, where it must be one of some. */
  readonly allowed?: readonly (string | number)[];
}

/** The checked request, or every wrong field. */
export type CheckedJob<Media> =
  | { readonly ok: true; readonly spec: JobSpec<Media> }
  | { readonly ok: false; readonly faults: readonly Fault[] };

/** What a door that throws needs to know of its media. */
export interface DoorOptions<Media> {
  /** Whether a value can be a medium here; null, undefined and `""` never are. */
  readonly isMedia?: (value: unknown) => value is Media;
  /** The sentence for a medium that is not there; `field` is its name without the path. */
  readonly missing?: (field: string) => string;
}

/** The schema of each door: to make one takes ten times as long as to check a request by it. */
const schemas = new WeakMap<object, unknown>();

function schemaOf<Media>(media: MediaSchema<Media>): ReturnType<typeof jobSpecSchema<Media>> {
  const made = schemas.get(media) as ReturnType<typeof jobSpecSchema<Media>> | undefined;
  const schema = made ?? jobSpecSchema(media);
  schemas.set(media, schema);
  return schema;
}

/**
 * Checks a whole request: the one check, used at every door.
 * @param media how a medium looks at this door.
 */
export function readJobSpec<Media>(value: unknown, media: MediaSchema<Media>): CheckedJob<Media> {
  const result = schemaOf(media).safeParse(value);
  if (result.success) return { ok: true, spec: result.data };
  return { ok: false, faults: faultsOf(result.error, value) };
}

/**
 * Checks a whole request that no type checker has seen; null counts as absent.
 * @throws EngineError `input/missing` for an absent medium, `input/field` otherwise, naming the first wrong field,
 * what it may be and what was given.
 */
export function checkJobSpec<Media>(value: object, options: DoorOptions<Media> = {}): JobSpec<Media> {
  const checked = readJobSpec(withoutNulls(value), mediaSchemaOf(options));
  if (checked.ok) return checked.spec;
  throw refusal(checked.faults, options);
}

/**
 * Checks what a live portrait is made of and how it is shown; null counts as absent.
 * @throws EngineError as {@link checkJobSpec}.
 */
export function checkLive<Media>(formState: object, settings: object, options: DoorOptions<Media> = {}) {
  const given = { formState: withoutNulls(formState), ...withoutNulls(settings) };
  const schema = z.extend(LIVE_SETTINGS, { formState: liveFormSchema(mediaSchemaOf(options)) });
  const result = schema.safeParse(given);
  if (result.success) return result.data.formState;
  throw refusal(faultsOf(result.error, given), options);
}

function mediaSchemaOf<Media>({ isMedia }: DoorOptions<Media>): MediaSchema<Media> {
  const present = (value: unknown) =>
    value !== undefined && value !== null && value !== "" && (isMedia?.(value) ?? true);
  return () => z.custom<Media>(present, "must be a file or its address");
}

function faultsOf(error: z.core.$ZodError, value: unknown): Fault[] {
  return error.issues.map((issue) => ({
    field: issue.path.map(String).join("."),
    error: issue.message,
    ...(issue.code === "invalid_value" ? { allowed: issue.values as (string | number)[] } : {}),
    given: issue.path.reduce<unknown>(
      (part, name) => (part as Record<PropertyKey, unknown> | undefined)?.[name],
      value,
    ),
  }));
}

function refusal<Media>(faults: readonly Fault[], { missing }: DoorOptions<Media>): EngineError {
  // A request without its media is told so first, whatever else is wrong with it.
  const absent = faults.find(({ given }) => given === undefined || given === "");
  const { field: path, error, given, allowed } = absent ?? faults[0]!;
  const field = path.replace(/^formState\./, "");
  if (absent) {
    return new EngineError("input/missing", missing?.(field) ?? `${field} is missing.`, {
      details: { field },
    });
  }
  const details: ErrorDetails = {
    field,
    value: typeof given === "number" ? given : textOf(given),
    ...(allowed ? { allowed } : {}),
    ...(field in JOB_LIMITS ? { limits: JOB_LIMITS[field as keyof typeof JOB_LIMITS] } : {}),
  };
  return new EngineError("input/field", `${field} ${error}, not ${shown(given)}.`, { details });
}

/** The object without fields that are null, also in its `formState` and its model. */
function withoutNulls(value: object): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, part]) => part !== null && part !== undefined)
      .map(([name, part]: [string, unknown]) => [
        name,
        (name === "formState" || name === "lipModel") && typeof part === "object"
          ? withoutNulls(part as object)
          : part,
      ]),
  );
}

/** The beginning of anything as text; what has no text of its own, as `{ "toString": null }`, is an object. */
function textOf(value: unknown): string {
  try {
    return String(value).slice(0, 60);
  } catch {
    return "[object Object]";
  }
}

const shown = (value: unknown): string => (typeof value === "string" ? `"${textOf(value)}"` : textOf(value));
