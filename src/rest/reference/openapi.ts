import { z } from "zod";
import { POLICY } from "../../job/errors.ts";
import { ERROR_MEANINGS } from "./error-meanings.ts";
import { ROUTES, type Route } from "../routes.ts";
import { ApiError, Job, JobList, Submitted, UploadedFile } from "../schemas.ts";

const COMPONENTS = { Job, JobList, Submitted, UploadedFile, ApiError };

/**
 * The OpenAPI 3.1 document, made from the schemas and the table of routes that answer.
 * @param server address of the API.
 */
export function openApiDocument(server: string, version: string): Record<string, unknown> {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const route of ROUTES) {
    const path = route.path.replace(/:(\w+)/g, "{$1}");
    paths[path] = { ...paths[path], [route.method]: operation(route) };
  }
  return {
    openapi: "3.1.0",
    info: {
      title: "Dudak",
      version,
      description:
        "Lip-sync on your own machine. Jobs are submitted, then polled, awaited or sent to a webhook.",
    },
    servers: [{ url: server }],
    security: [{ key: [] }],
    paths,
    // What stands behind every `errorCode`: status, whether the same request can succeed later, meaning.
    "x-error-codes": Object.entries(POLICY).map(([code, { status, retry }]) => ({
      code,
      status,
      retry,
      meaning: ERROR_MEANINGS[code as keyof typeof POLICY],
    })),
    components: {
      securitySchemes: { key: { type: "http", scheme: "bearer", bearerFormat: "sk_XXXX_YYYY" } },
      schemas: componentSchemas(),
    },
  };
}

function operation(route: Route): Record<string, unknown> {
  const { answer } = route;
  const content = answer.schema
    ? { "application/json": { schema: reference(answer.schema) } }
    : { [answer.media ?? "application/octet-stream"]: { schema: { type: "string", format: "binary" } } };
  return {
    summary: route.summary,
    ...(route.description ? { description: route.description } : {}),
    operationId: `${route.method}${route.path.replace(/[^a-z]+(\w?)/gi, (_, letter: string) => letter.toUpperCase())}`,
    ...(route.access === "open" ? { security: [] } : {}),
    ...(route.access === "own" ? { security: [{ key: [] }, {}] } : {}),
    parameters: parameters(route),
    ...(route.body ? { requestBody: requestBody(route.body) } : {}),
    responses: {
      [answer.status]: { description: answer.meaning ?? route.summary, content },
      ...Object.fromEntries(
        Object.entries(route.alternatives ?? {}).map(([status, description]) => [status, { description }]),
      ),
      default: {
        description: "The request was refused; `errorCode` says why.",
        content: { "application/json": { schema: reference(ApiError) } },
      },
    },
  };
}

function parameters(route: Route): unknown[] {
  const inPath = [...route.path.matchAll(/:(\w+)/g)].map((match) => ({
    name: match[1],
    in: "path",
    required: true,
    schema: { type: "string", format: "uuid" },
  }));
  const inQuery = Object.entries(route.query?.shape ?? {}).map(([name, schema]) => ({
    name,
    in: "query",
    required: false,
    schema: jsonSchema(schema as z.ZodType),
  }));
  const jsonBody = route.body && "schema" in route.body;
  const idempotency = {
    name: "Idempotency-Key",
    in: "header",
    required: false,
    schema: { type: "string", maxLength: 255, description: "Makes a repeated request harmless." },
  };
  return [...inPath, ...inQuery, ...(jsonBody ? [idempotency] : [])];
}

function requestBody(body: NonNullable<Route["body"]>): unknown {
  if ("schema" in body) {
    return { required: true, content: { "application/json": { schema: jsonSchema(body.schema) } } };
  }
  const form = {
    type: "object",
    required: ["file"],
    properties: { file: { type: "string", format: "binary" } },
  };
  const bytes = { type: "string", format: "binary" };
  const entries = body.media.map((type) => [type, { schema: type.startsWith("multipart/") ? form : bytes }]);
  return { required: true, content: Object.fromEntries(entries) as unknown };
}

function reference(schema: z.ZodType): unknown {
  const name = Object.entries(COMPONENTS).find(([, component]) => component === schema)?.[0];
  return name ? { $ref: `#/components/schemas/${name}` } : jsonSchema(schema);
}

/** The components, which name each other by reference. */
function componentSchemas(): Record<string, unknown> {
  const registry = z.registry<{ id: string }>();
  for (const [id, schema] of Object.entries(COMPONENTS)) registry.add(schema, { id });
  const { schemas } = z.toJSONSchema(registry, {
    io: "input",
    uri: (id) => `#/components/schemas/${id}`,
  });
  for (const schema of Object.values(schemas)) {
    delete schema.$schema;
    delete schema.$id;
  }
  return schemas;
}

function jsonSchema(schema: z.ZodType): unknown {
  const document = z.toJSONSchema(schema, { io: "input", unrepresentable: "any" });
  delete document.$schema;
  return document;
}
