import { Webhook } from "standardwebhooks";
import { expect, test, vi } from "vitest";
import { createApi } from "../../tests/api/harness.ts";
import { EngineError } from "../job/errors.ts";
import { failedRow } from "../queue/job-row.ts";
import type { Delivery } from "./sign-delivery.ts";
import { createWebhookSender, webhookSecret, type WebhookSecret } from "./webhooks.ts";

async function withFinishedJob() {
  const api = await createApi();
  const id = await api.submit({ webhook: "https://example.com/hook" });
  await api.storage.store.update(id, (row) =>
    failedRow(row, Date.now(), new EngineError("input/audio", "No sound.")),
  );
  const secret = await webhookSecret(api.storage.table<WebhookSecret>("settings"));
  return { ...api, id, secret, row: async () => (await api.storage.store.get(id))! };
}

test("a receiver that fails five times gets it the sixth, signed right, always with the same id", async () => {
  const { storage, id, secret, row } = await withFinishedJob();
  const seen: Delivery[] = [];
  const stop = new AbortController();
  const run = createWebhookSender({
    store: storage.store,
    secret: () => Promise.resolve(secret),
    pausesMs: [1, 2, 4, 8, 16, 32],
    send: (delivery) => {
      seen.push(delivery);
      if (seen.length === 1) return Promise.reject(new Error("refused"));
      return Promise.resolve(seen.length < 6 ? 503 : 204);
    },
  })(stop.signal);
  await vi.waitFor(async () => {
    expect((await row()).webhook?.deliveredAt).toBeDefined();
  }, 60_000);
  stop.abort();
  await run;
  expect(seen).toHaveLength(6);
  expect(new Set(seen.map((delivery) => delivery.headers["webhook-id"]))).toEqual(new Set([`msg_${id}`]));
  const body = new Webhook(secret).verify(seen[5]!.body, { ...seen[5]!.headers }) as object;
  expect(body).toMatchObject({
    id,
    status: "failed",
    error: "No sound.",
    errorCode: "input/audio",
    output: null,
  });
  expect(await row()).toMatchObject({ webhook: { attempts: 6 }, webhookDueAt: undefined });
});

test("what is owed survives a restart of the sender", async () => {
  const { storage, secret, row } = await withFinishedJob();
  const options = { store: storage.store, secret: () => Promise.resolve(secret), pausesMs: [60_000] };
  const first = new AbortController();
  const failing = createWebhookSender({ ...options, send: () => Promise.resolve(500) })(first.signal);
  await vi.waitFor(async () => {
    expect((await row()).webhook?.attempts).toBe(1);
  }, 60_000);
  first.abort();
  await failing;
  const second = new AbortController();
  const later = { ...options, now: () => Date.now() + 61_000 };
  const working = createWebhookSender({ ...later, send: () => Promise.resolve(200) })(second.signal);
  await vi.waitFor(async () => {
    expect((await row()).webhook).toMatchObject({ attempts: 2 });
    expect((await row()).webhook?.deliveredAt).toBeDefined();
  }, 60_000);
  second.abort();
  await working;
});

test("a silent receiver is given up after the time-out, and for good after the last pause", async () => {
  const { storage, secret, row } = await withFinishedJob();
  const stop = new AbortController();
  const run = createWebhookSender({
    store: storage.store,
    secret: () => Promise.resolve(secret),
    pausesMs: [1],
    timeoutMs: 20,
    send: (_, signal) =>
      new Promise((_resolve, reject) => {
        signal.addEventListener("abort", () => {
          reject(new Error("aborted"));
        });
      }),
  })(stop.signal);
  await vi.waitFor(async () => {
    expect((await row()).webhook?.abandonedAt).toBeDefined();
  }, 60_000);
  stop.abort();
  await run;
  expect(await row()).toMatchObject({ webhook: { attempts: 2, lastError: "no answer within 0.02 s" } });
});

test("the secret stays the same until it is rotated", async () => {
  const api = await createApi();
  const settings = api.storage.table<WebhookSecret>("settings");
  const secret = await webhookSecret(settings);
  expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
  expect(await webhookSecret(settings)).toBe(secret);
});
