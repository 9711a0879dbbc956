import type { JobRow } from "../queue/job-row.ts";
import type { JobTable } from "../queue/store/job-store.ts";
import { pause } from "../queue/leading-tab.ts";
import type { RecordTable } from "../queue/store/record-table.ts";
import type { Delivery } from "./sign-delivery.ts";

/**
 * Carries one delivery; the receiver's status.
 * Rejects when there was no answer; `signal` is aborted after the time-out.
 */
export type SendWebhook = (delivery: Delivery, signal: AbortSignal) => Promise<number>;

/** The secret that signs webhooks. */
export interface WebhookSecret {
  readonly id: "webhook-secret";
  /** `whsec_` and base64, as Standard Webhooks has it. */
  readonly secret: string;
}

/** Options of {@link createDeliverer}. */
export interface DeliverOptions {
  readonly store: JobTable;
  readonly secret: () => Promise<string>;
  readonly send: SendWebhook;
  /** Pauses before each retry in ms; after the last one the delivery is given up. */
  readonly pausesMs?: readonly number[];
  readonly timeoutMs?: number;
  readonly now?: () => number;
  /** Address of a result; with its lasting token when absent. */
  readonly address?: (row: JobRow) => string;
}

/** Sends the webhook of a finished row once and notes in the row how it went; the row after it. */
export type Deliver = (row: JobRow, stop: AbortSignal) => Promise<JobRow | undefined>;

const SECONDS = 1000;
const MINUTES = 60 * SECONDS;
const HOURS = 60 * MINUTES;

/** Pauses before the retries of a webhook: some 40 hours in all. */
export const RETRY_PAUSES_MS: readonly number[] = [
  5 * SECONDS,
  30 * SECONDS,
  2 * MINUTES,
  10 * MINUTES,
  30 * MINUTES,
  1 * HOURS,
  3 * HOURS,
  10 * HOURS,
  24 * HOURS,
];

const PARALLEL = 4;
const POLL_MS = 5000;

/** The installation's webhook secret, drawn at the first call. */
export async function webhookSecret(settings: RecordTable<WebhookSecret>): Promise<string> {
  const drawn = btoa(String.fromCharCode(...crypto.getRandomValues(new Uint8Array(32))));
  const row = await settings.add({ id: "webhook-secret", secret: `whsec_${drawn}` });
  return row.secret;
}

/** Replaces the webhook secret; deliveries from now on are signed with the new one. */
export async function rotateWebhookSecret(settings: RecordTable<WebhookSecret>): Promise<string> {
  await settings.delete("webhook-secret");
  return webhookSecret(settings);
}

/** The way of one delivery: signed, timed, noted. A crash before the note delivers once more, with the same id. */
export function createDeliverer(options: DeliverOptions): Deliver {
  const { store, secret, send, pausesMs = RETRY_PAUSES_MS, timeoutMs = 10_000 } = options;
  const { now = Date.now, address } = options;
  return async (row, stop) => {
    let failure: string | undefined;
    const timeout = new AbortController();
    const timer = setTimeout(() => {
      timeout.abort();
    }, timeoutMs);
    try {
      // Its code is fetched with the first delivery: most pages never make one.
      const { signDelivery } = await import("./sign-delivery.ts");
      const delivery = signDelivery(row, await secret(), now(), address);
      const status = await send(delivery, AbortSignal.any([stop, timeout.signal]));
      if (status < 200 || status > 299) failure = `the receiver answered ${String(status)}`;
    } catch (error) {
      failure = timeout.signal.aborted
        ? `no answer within ${String(timeoutMs / 1000)} s`
        : `not reached: ${error instanceof Error ? error.message : String(error)}`;
    } finally {
      clearTimeout(timer);
    }
    if (failure !== undefined && stop.aborted) return undefined;
    return store.update(row.id, (current) =>
      current.webhook ? afterAttempt(current, failure, pausesMs, now()) : current,
    );
  };
}

/**
 * Delivers the webhooks that the queue owes until the signal: work for the one runner.
 * What is owed lies in the rows themselves, so nothing is lost by a crash, and a crash between the receiver's answer
 * and the note of it delivers once more: at least once, with a stable id.
 */
export function createWebhookSender(options: DeliverOptions): (signal: AbortSignal) => Promise<void> {
  const { store, now = Date.now } = options;
  const deliver = createDeliverer(options);
  const inFlight = new Map<string, Promise<void>>();

  return async (signal) => {
    let wake: () => void = () => undefined;
    const unsubscribe = store.subscribe(() => {
      wake();
    });
    try {
      while (!signal.aborted) {
        const woken = new Promise<void>((resolve) => {
          wake = resolve;
        });
        const owed = await store.owedWebhooks(50).catch((): readonly JobRow[] => []);
        const waiting = owed.filter((row) => !inFlight.has(row.id));
        for (const row of waiting) {
          if (inFlight.size >= PARALLEL || row.webhookDueAt! > now()) break;
          const sending = deliver(row, signal)
            .then(
              () => undefined,
              () => undefined,
            )
            .finally(() => {
              inFlight.delete(row.id);
              wake();
            });
          inFlight.set(row.id, sending);
        }
        const full = inFlight.size >= PARALLEL;
        const next = full
          ? Infinity
          : (waiting.find((row) => !inFlight.has(row.id))?.webhookDueAt ?? Infinity);
        const nap = new AbortController();
        const napMs = Math.min(POLL_MS, Math.max(10, next - now()));
        await Promise.race([woken, pause(napMs, AbortSignal.any([signal, nap.signal]))]);
        nap.abort();
      }
    } finally {
      unsubscribe();
      await Promise.all(inFlight.values());
    }
  };
}

/** The row after a try: delivered, due again after a pause, or given up. */
function afterAttempt(
  row: JobRow,
  failure: string | undefined,
  pausesMs: readonly number[],
  nowMs: number,
): JobRow {
  const attempts = row.webhook!.attempts + 1;
  const { url } = row.webhook!;
  if (failure === undefined) {
    return { ...row, webhookDueAt: undefined, webhook: { url, attempts, deliveredAt: nowMs } };
  }
  const wait = pausesMs[attempts - 1];
  return wait === undefined
    ? { ...row, webhookDueAt: undefined, webhook: { url, attempts, lastError: failure, abandonedAt: nowMs } }
    : { ...row, webhookDueAt: nowMs + wait, webhook: { url, attempts, lastError: failure } };
}
