import { Webhook } from "standardwebhooks";
import type { JobRow } from "../queue/job-row.ts";
import { jobView } from "./job-view.ts";

/** A webhook on its way out: the job's JSON, signed. */
export interface Delivery {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/**
 * The signed delivery of a finished job. Its `webhook-id` is the same at every retry.
 * @see https://www.standardwebhooks.com
 */
export function signDelivery(
  row: JobRow,
  secret: string,
  nowMs: number,
  address?: (row: JobRow) => string,
): Delivery {
  const id = `msg_${row.id}`;
  const body = JSON.stringify(jobView(row, address));
  const timestamp = new Date(nowMs);
  return {
    url: row.webhook!.url,
    body,
    headers: {
      "Content-Type": "application/json",
      "webhook-id": id,
      "webhook-timestamp": String(Math.floor(nowMs / 1000)),
      "webhook-signature": new Webhook(secret).sign(id, timestamp, body),
    },
  };
}
