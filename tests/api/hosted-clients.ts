// Clients in the style of the hosted API's documentation: nothing in them knows that the answer comes from this machine.
import express from "express";
import type { AddressInfo } from "node:net";

/** A job as the hosted API's clients read it. */
export interface HostedJob {
  id: string;
  model: string;
  status: "processing" | "completed" | "failed";
  output: string | null;
  error: string;
  executionTime: number | null;
  timings: unknown;
}

/** A submission, for each of the three models. */
export interface Submission {
  webhook?: string;
  format?: string;
  backend?: string;
  hashFrames?: boolean;
  formState: Record<string, string | number>;
}

/** Submits a job; the answer's id. */
export async function submitJob(
  baseUrl: string,
  apiKey: string,
  model: string,
  body: Submission,
): Promise<string> {
  const response = await fetch(`${baseUrl}/${model}`, {
    method: "POST",
    headers: { Authorization: `Bearer ${apiKey}`, "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`HTTP ${String(response.status)}: ${await response.text()}`);
  const { id, status } = (await response.json()) as HostedJob;
  if (status !== "processing") throw new Error(`Unexpected status ${status}`);
  return id;
}

/** Asks for a job every `pauseMs` until it is finished. */
export async function pollJob(
  baseUrl: string,
  apiKey: string,
  id: string,
  pauseMs = 5000,
): Promise<HostedJob> {
  for (;;) {
    const response = await fetch(`${baseUrl}/jobs/${id}`, {
      headers: { Authorization: `Bearer ${apiKey}`, "Content-Type": "application/json" },
    });
    const job = (await response.json()) as HostedJob;
    if (job.status !== "processing") return job;
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
  }
}

/** An Express server that receives webhooks as the hosted API's documentation shows it. */
export async function startWebhookReceiver(
  onJob: (job: HostedJob, raw: { body: string; headers: Record<string, string> }) => number | undefined,
) {
  const app = express();
  app.use(
    express.json({
      verify: (request, _response, body) => {
        (request as { rawBody?: string }).rawBody = body.toString();
      },
    }),
  );
  app.post("/webhook", (request, response) => {
    const body = (request as { rawBody?: string }).rawBody ?? "";
    const headers = request.headers as Record<string, string>;
    response.sendStatus(onJob(request.body as HostedJob, { body, headers }) ?? 200);
  });
  const server = app.listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${String(port)}/webhook`,
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
}
