import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { openApiDocument } from "../../src/rest/reference/openapi.ts";
import { referenceOf } from "../../src/rest/reference/reference.ts";
import { ROUTES } from "../../src/rest/routes.ts";
import { POLICY } from "../../src/job/errors.ts";
import { apiMarkdown } from "./api-markdown.ts";

test("docs/api.md is what the API's own description gives; npm run docs writes it anew", async () => {
  const written = await readFile(new URL("../../docs/api.md", import.meta.url), "utf8");
  expect(written.replaceAll("\r\n", "\n")).toBe(apiMarkdown());
});

test("the reference has every route and every error code", () => {
  const page = apiMarkdown();
  for (const { method, path } of ROUTES) {
    expect(page).toContain(`### ${method.toUpperCase()} ${path.replace(/:(\w+)/g, "{$1}")}\n`);
  }
  for (const [code, { status }] of Object.entries(POLICY)) {
    expect(page).toContain(`| \`${code}\` | ${String(status)} |`);
  }
});

test("a field carries its path, its type with bounds, and its default", () => {
  const { routes } = referenceOf(openApiDocument("http://localhost", "1"));
  const body = routes.find(({ path }) => path === "/lipsync-image-multi")!.body;
  const { name, type, required, fallback } = body.find((field) => field.name === "formState.order")!;
  expect({ name, type, required, fallback }).toEqual({
    name: "formState.order",
    type: '"meanwhile" or "left_right" or "right_left"',
    required: false,
    fallback: '"meanwhile"',
  });
  const limit = routes
    .find(({ method, path }) => method === "GET" && path === "/jobs")!
    .parameters.find((parameter) => parameter.name === "limit")!;
  expect(limit).toMatchObject({ place: "query", type: "integer, 1 to 100", fallback: "20" });
});
