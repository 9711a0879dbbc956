import { expect, test } from "vitest";
import {
  isolate,
  isolationQuery,
  readIsolation,
  type Isolation,
  type IsolationRequest,
} from "./isolation.ts";

const page: IsolationRequest = {
  url: "https://example.org/shop/index.html",
  mode: "navigate",
  destination: "document",
  referrer: "",
};
const sent = (isolation: Isolation, request: Partial<IsolationRequest> = {}, init?: ResponseInit) =>
  isolate(isolation, { ...page, ...request }, new Response("x", init)).headers.get(
    "Cross-Origin-Embedder-Policy",
  );

test("settings survive the way through the service worker's address, and there are good ones without", () => {
  for (const isolation of [
    { mode: "credentialless", pages: [] },
    { mode: "none", pages: [] },
    { mode: "require-corp", pages: ["/a b/", "/ç/"] },
  ] as const)
    expect(readIsolation(new URLSearchParams(isolationQuery(isolation).toString()))).toEqual(isolation);
  expect(readIsolation(new URLSearchParams("isolation=odd"))).toEqual({ mode: "credentialless", pages: [] });
});

test("pages and workers are isolated, and nothing else that the host sends is touched", () => {
  const all: Isolation = { mode: "credentialless", pages: [] };
  expect(sent(all)).toBe("credentialless");
  expect(sent(all, { mode: "same-origin", destination: "worker" })).toBe("credentialless");
  expect(sent(all, { mode: "no-cors", destination: "image" })).toBeNull();
  expect(sent(all, {}, { headers: { "Cross-Origin-Embedder-Policy": "require-corp" } })).toBe("require-corp");
  expect(sent({ mode: "none", pages: [] })).toBeNull();
  expect(sent({ mode: "none", pages: [] }, { mode: "same-origin", destination: "worker" })).toBeNull();
});

test("a host names the pages that are isolated; frames in them are, too", () => {
  const some: Isolation = { mode: "require-corp", pages: ["/studio/"] };
  expect(sent(some)).toBeNull();
  expect(sent(some, { url: "https://example.org/studio/a" })).toBe("require-corp");
  const frame = { destination: "iframe" } as const;
  expect(sent(some, { ...frame, referrer: "https://example.org/studio/a" })).toBe("require-corp");
  expect(sent(some, { ...frame, referrer: "https://example.org/shop/" })).toBeNull();
});
