import { openApiDocument } from "../../src/rest/reference/openapi.ts";
import { referenceOf, type ReferenceField, type ReferenceRoute } from "../../src/rest/reference/reference.ts";
import { GUIDE_END, GUIDE_START } from "./api-guide.ts";

/** The whole of `docs/api.md`, from the OpenAPI document and the guide around it. */
export function apiMarkdown(): string {
  const { routes, objects, errors } = referenceOf(openApiDocument("http://127.0.0.1:8787/api/v1", ""));
  const errorRows = errors.map(({ code, status, retry, meaning }) => [
    `\`${code}\``,
    String(status),
    retry ? "yes" : "no",
    meaning,
  ]);
  return [
    GUIDE_START,
    "## Routes\n",
    ...routes.map(routeSection),
    "## Objects\n",
    ...objects.flatMap(({ name, fields }) => [`### ${name}\n`, fieldTable(fields)]),
    "## Errors\n",
    'A refusal is JSON: `{"error": "a sentence that says what to do", "errorCode": "…"}`, for wrong fields `field` and `fields`, and `details` where there are facts behind it (limits, unit, the address that did not answer). A job that fails later carries the same in `error`, `errorCode` and `errorDetails`. *Again* says whether the same request can succeed when it is sent again.\n',
    table(["Code", "Status", "Again", "Meaning"], errorRows),
    GUIDE_END,
  ].join("\n");
}

function routeSection(route: ReferenceRoute): string {
  const { method, path, summary, description, access, parameters, bodyTypes, body, answers } = route;
  const without = {
    key: "",
    "key or token": " Needs the key, or the token in the address.",
    open: " Needs no key.",
  };
  const parts = [
    `### ${method} ${path}\n`,
    `${summary}.${description ? ` ${description}` : ""}${without[access]}\n`,
  ];
  if (parameters.length > 0) {
    const rows = parameters.map((each) => [
      `\`${each.name}\``,
      each.place,
      cell(each.type),
      each.fallback && `\`${each.fallback}\``,
      each.description,
    ]);
    parts.push(table(["Parameter", "In", "Type", "Default", "Meaning"], rows));
  }
  if (bodyTypes.length > 0) parts.push(`Body: ${bodyTypes.map((type) => `\`${type}\``).join(" or ")}\n`);
  if (body.length > 0) parts.push(fieldTable(body, "Required"));
  const answerRows = answers.map(({ status, type, meaning }) => [status, typeCell(type), meaning]);
  parts.push(table(["Status", "Answer", "Meaning"], answerRows));
  return parts.join("\n");
}

function fieldTable(fields: readonly ReferenceField[], required?: string): string {
  const rows = fields.map((field) => [
    `\`${field.name}\``,
    cell(field.type),
    field.required ? "yes" : "no",
    field.fallback && `\`${field.fallback}\``,
    field.description,
  ]);
  return table(["Field", "Type", required ?? "Always", "Default", "Meaning"], rows);
}

/** A column without anything in it is left out. */
function table(titles: readonly string[], rows: readonly (readonly string[])[]): string {
  const kept = titles.map((_, column) => rows.some((row) => row[column] !== ""));
  const line = (cells: readonly string[]) => `| ${cells.filter((_, column) => kept[column]).join(" | ")} |`;
  return [line(titles), line(titles.map(() => "---")), ...rows.map((row) => line(row.map(cell))), ""].join(
    "\n",
  );
}

function typeCell(type: string): string {
  if (type.includes("/") || type.startsWith("{")) return `\`${type}\``;
  return type && `[${type}](#${type.toLowerCase()})`;
}

function cell(text: string): string {
  return text.replaceAll(/(?<!\\)\|/g, "\\|").replaceAll("\n", " ");
}
