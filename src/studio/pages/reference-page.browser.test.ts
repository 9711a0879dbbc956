import axe from "axe-core";
import { afterEach, expect, test } from "vitest";
import { openApiDocument } from "../../rest/reference/openapi.ts";
import { ROUTES } from "../../rest/routes.ts";
import { POLICY } from "../../job/errors.ts";
import { StudioApiReference } from "./reference-page.ts";

afterEach(() => document.body.replaceChildren());

async function shown(describe: () => Promise<unknown>): Promise<ShadowRoot> {
  const page = new StudioApiReference();
  page.describe = describe;
  document.body.append(page);
  await expect.poll(() => page.shadowRoot?.querySelector("h3, [role=alert]")).not.toBeNull();
  return page.shadowRoot!;
}

test("every route and every error code of the API's description is on the page, without barriers", async () => {
  const root = await shown(() => Promise.resolve(openApiDocument("http://localhost/api/v1", "1")));
  const headings = Array.from(root.querySelectorAll("h3"), (heading) => heading.textContent);
  for (const { method, path } of ROUTES) {
    expect(headings).toContain(`${method.toUpperCase()} ${path.replace(/:(\w+)/g, "{$1}")}`);
  }
  const codes = root.querySelectorAll('[aria-label="Error codes"] tbody tr');
  expect(codes).toHaveLength(Object.keys(POLICY).length);
  const { violations } = await axe.run(document.body, { runOnly: ["wcag2a", "wcag2aa"] });
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0]!.html}`)).toEqual([]);
});

test("a description that cannot be had is told", async () => {
  const root = await shown(() => Promise.reject(new Error("the storage is closed")));
  expect(root.querySelector("[role=alert]")!.textContent).toContain("the storage is closed");
});
