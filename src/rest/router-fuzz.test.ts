import fc from "fast-check";
import { expect, test } from "vitest";
import { createApi } from "../../tests/api/harness.ts";
import { isErrorCode } from "../job/errors.ts";
import { JOB_MODELS } from "../job/job.ts";
import { WIRE_SHAPES } from "./read-submission.ts";

const FIELDS = [...new Set(Object.values(WIRE_SHAPES).flatMap((shape) => Object.keys(shape)))];

/** Values of every type for every field, right and wrong. */
const value = fc.oneof(
  fc.jsonValue(),
  fc.webUrl(),
  fc.string({ unit: "binary" }),
  fc.constantFrom(
    "data:,",
    "data:;base64,%%%",
    "data:image/png;base64,AA==",
    "/api/v1/files/x",
    "480p",
    -1,
    1e308,
    "",
  ),
);
const body = fc.oneof(
  fc.record(
    {
      webhook: value,
      formState: fc.oneof(
        value,
        fc.dictionary(fc.constantFrom(...FIELDS, "__proto__", "constructor", "x"), value),
      ),
    },
    { requiredKeys: [] },
  ),
  fc.jsonValue(),
);
const text = fc.oneof(
  { weight: 6, arbitrary: body.map((value) => JSON.stringify(value)) },
  fc.string({ unit: "binary" }),
  fc.tuple(body, fc.nat(200)).map(([value, end]) => JSON.stringify(value).slice(0, end)),
);

test("1,000 malformed bodies: each an answer with a code, no crash, nothing left behind", async () => {
  const api = await createApi({ maxUnfinished: 1e9 });
  const counts: Record<number, number> = {};
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...JOB_MODELS), text, async (model, sent) => {
      const response = await api.call(`/${model}`, {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: sent,
      });
      counts[response.status] = (counts[response.status] ?? 0) + 1;
      const answer = (await response.json()) as { id?: string; errorCode?: string; error?: string };
      if (response.status === 200) expect(answer.id).toBeDefined();
      else {
        expect(response.status).toBeGreaterThanOrEqual(400);
        expect(response.status).toBeLessThan(500);
        expect(isErrorCode(answer.errorCode)).toBe(true);
        expect(answer.error).not.toBe("");
      }
    }),
    { numRuns: 1000 },
  );
  expect(counts[400] ?? 0).toBeGreaterThan(500);
  const jobs = new Set((await api.storage.store.list({ limit: 1e6 })).map((row) => row.id));
  expect((await api.storage.media.list()).filter((file) => !jobs.has(file.owner))).toEqual([]);
});

test("500 requests with wild paths, methods and headers never get a 5xx", async () => {
  const api = await createApi();
  const segment = fc.oneof(fc.constantFrom("jobs", "files", "output", "events", "health"), fc.webSegment());
  await fc.assert(
    fc.asyncProperty(
      fc.array(segment, { maxLength: 4 }),
      fc.webQueryParameters(),
      fc.constantFrom("GET", "HEAD", "DELETE", "PUT", "PATCH", "OPTIONS"),
      fc.string().filter((header) => /^[\x20-\x7e]*$/.test(header)),
      async (segments, query, method, header) => {
        const response = await api.call(`/${segments.join("/")}?${query}`, {
          method,
          headers: { Range: header, "If-Range": header, "Last-Event-ID": header, Origin: header },
        });
        expect(response.status).toBeLessThan(500);
      },
    ),
    { numRuns: 500 },
  );
});
