/** One field, header or parameter, as a table shows it. */
export interface ReferenceField {
  /** Path within the body (`formState.audio`), or the parameter's name. */
  readonly name: string;
  readonly type: string;
  readonly required: boolean;
  /** JSON of the default; empty without one. */
  readonly fallback: string;
  readonly description: string;
}

/** A route, ready to be read. */
export interface ReferenceRoute {
  readonly method: string;
  /** Path below the base, parameters as `{name}`. */
  readonly path: string;
  readonly summary: string;
  readonly description: string;
  /** `key`: with an API key; `key or token`: the address itself can allow it; `open`: without. */
  readonly access: "key" | "key or token" | "open";
  /** Path, query and header parameters with their place. */
  readonly parameters: readonly (ReferenceField & { readonly place: string })[];
  /** Media types of the body; empty without one. */
  readonly bodyTypes: readonly string[];
  readonly body: readonly ReferenceField[];
  /** Every answer that is no refusal. */
  readonly answers: readonly { readonly status: string; readonly type: string; readonly meaning: string }[];
}

/** One row of the table of error codes. */
export interface ReferenceError {
  readonly code: string;
  /** HTTP status. */
  readonly status: number;
  /** Whether the same request or job can succeed when it is sent again. */
  readonly retry: boolean;
  readonly meaning: string;
}

/** The OpenAPI document as headings and tables need it. */
export interface Reference {
  readonly routes: readonly ReferenceRoute[];
  /** The named objects of the answers. */
  readonly objects: readonly { readonly name: string; readonly fields: readonly ReferenceField[] }[];
  readonly errors: readonly ReferenceError[];
}

/** What is read of a JSON schema. */
interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly format?: string;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly Schema[];
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly maxLength?: number;
  readonly default?: unknown;
  readonly description?: string;
}
interface Content {
  readonly content?: Readonly<Record<string, { readonly schema: Schema }>>;
}
interface Operation {
  readonly summary: string;
  readonly description?: string;
  readonly security?: readonly object[];
  readonly parameters: readonly {
    readonly name: string;
    readonly in: string;
    readonly required: boolean;
    readonly schema: Schema;
  }[];
  readonly requestBody?: Content;
  readonly responses: Readonly<Record<string, Content & { readonly description: string }>>;
}
interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
  readonly "x-error-codes": readonly ReferenceError[];
}

/** A longer list of values is told elsewhere: it is that of the error codes. */
const LONGEST_LIST = 12;

/**
 * The reference that an OpenAPI document holds.
 * @param document a document of `openApiDocument`, or the same over HTTP.
 */
export function referenceOf(document: unknown): Reference {
  const { paths, components, "x-error-codes": errors } = document as Document;
  const routes = Object.entries(paths).flatMap(([path, operations]) =>
    Object.entries(operations).map(([method, operation]) => route(method, path, operation)),
  );
  const objects = Object.entries(components.schemas).map(([name, schema]) => ({
    name,
    fields: fields(schema),
  }));
  return { routes, objects, errors };
}

function route(method: string, path: string, operation: Operation): ReferenceRoute {
  const { summary, description = "", security, parameters, requestBody, responses } = operation;
  const bodies = Object.entries(requestBody?.content ?? {});
  const first = bodies.find(([, { schema }]) => schema.properties)?.[1].schema;
  return {
    method: method.toUpperCase(),
    path,
    summary,
    description,
    access: security === undefined ? "key" : security.length === 0 ? "open" : "key or token",
    parameters: parameters.map(({ name, in: place, required, schema }) => ({
      ...field(name, schema, required),
      place,
    })),
    bodyTypes: bodies.map(([type]) => type),
    body: first ? fields(first) : [],
    answers: Object.entries(responses)
      .filter(([status]) => status !== "default")
      .map(([status, { description: meaning, content }]) => ({
        status,
        type: contentType(content),
        meaning: meaning === summary ? "" : meaning,
      })),
  };
}

function contentType(content: Content["content"]): string {
  const [first] = Object.entries(content ?? {});
  if (!first) return "";
  const [type, { schema }] = first;
  if (schema.$ref) return typeOf(schema);
  const names = Object.keys(schema.properties ?? {});
  return names.length > 0 ? `{ ${names.join(", ")} }` : type;
}

/** The fields of an object, those of objects within it after them. */
function fields(schema: Schema, prefix = ""): readonly ReferenceField[] {
  return Object.entries(schema.properties ?? {}).flatMap(([name, inner]) => {
    const path = prefix + name;
    const own = field(path, inner, schema.required?.includes(name) ?? false);
    return [own, ...fields(inner, `${path}.`), ...fields(inner.items ?? {}, `${path}[].`)];
  });
}

function field(name: string, schema: Schema, required: boolean): ReferenceField {
  const { default: fallback, description = "" } = schema;
  return {
    name,
    type: typeOf(schema),
    required,
    fallback: fallback === undefined ? "" : JSON.stringify(fallback),
    description,
  };
}

function typeOf(schema: Schema): string {
  if (schema.$ref) return schema.$ref.slice(schema.$ref.lastIndexOf("/") + 1);
  if (schema.anyOf) return schema.anyOf.map(typeOf).join(" or ");
  if (schema.enum && schema.enum.length <= LONGEST_LIST) {
    return schema.enum.map((value) => JSON.stringify(value)).join(" or ");
  }
  if (schema.items) return `list of ${typeOf(schema.items)}`;
  const name = typeof schema.type === "object" ? schema.type.join(" or ") : (schema.type ?? "any");
  const format = schema.format ? ` (${schema.format})` : "";
  return name + format + bounds(schema);
}

function bounds({ minimum, maximum, maxLength }: Schema): string {
  const from = minimum !== undefined && minimum > Number.MIN_SAFE_INTEGER ? minimum : undefined;
  const to = maximum !== undefined && maximum < Number.MAX_SAFE_INTEGER ? maximum : undefined;
  if (maxLength !== undefined) return `, at most ${String(maxLength)} characters`;
  if (from !== undefined && to !== undefined) return `, ${String(from)} to ${String(to)}`;
  if (from !== undefined) return `, at least ${String(from)}`;
  return to === undefined ? "" : `, at most ${String(to)}`;
}
