import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from "prom-client";
import type { JobRow } from "../../queue/job-row.ts";
import { isFinished } from "../../queue/job-row.ts";
import type { QueueFigures } from "../job-store.ts";

const SECONDS = [0.1, 0.5, 1, 2, 5, 10, 30, 60, 120, 300, 600, 1800, 3600];
const HTTP_SECONDS = [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5, 30];

/** What is asked at every scrape. */
export interface Scraped {
  readonly figures: () => Promise<QueueFigures>;
  /** Browsers that run jobs here, and whether they answer. */
  readonly hosts?: () => Promise<{ readonly count: number; readonly healthy: boolean }>;
  /** Workers that are connected, where there are several machines. */
  readonly workers?: () => Promise<number>;
}

/** The figures of one process, for Prometheus. */
export interface Metrics {
  job(before: JobRow | undefined, after: JobRow): void;
  request(method: string, path: string, status: number, seconds: number): void;
  /** The text of `GET /metrics`, and its media type. */
  scrape(): Promise<{ readonly text: string; readonly type: string }>;
}

/** Starts counting. */
export function createMetrics({ figures, hosts, workers }: Scraped): Metrics {
  const registers = [new Registry()];
  const [register] = registers as [Registry];
  collectDefaultMetrics({ register });
  const gauge = (name: string, help: string, labelNames: string[] = []) =>
    new Gauge({ name: `dudak_${name}`, help, labelNames, registers });
  const histogram = (name: string, help: string, labelNames: string[], buckets = SECONDS) =>
    new Histogram({ name: `dudak_${name}`, help, labelNames, buckets, registers });

  const jobs = gauge("jobs", "Jobs in the storage, by state", ["state"]);
  const oldest = gauge("queue_oldest_seconds", "Age of the oldest waiting job");
  const owed = gauge("webhooks_owed", "Finished jobs whose webhook is still to be delivered");
  const up = gauge("storage_up", "1 while the storage of jobs answers");
  const hostCount = hosts && gauge("hosts", "Headless browsers that run");
  const hostsHealthy = hosts && gauge("hosts_healthy", "1 while every headless browser answers");
  const workerCount = workers && gauge("workers", "Workers that are connected to the queue");
  const wait = histogram("job_wait_seconds", "From submission to the start of a run", ["model"]);
  const run = histogram("job_seconds", "From the start of the last run to the end", ["model", "outcome"]);
  const stage = histogram("stage_seconds", "In one stage of a completed job", ["model", "stage"]);
  const finished = new Counter({
    name: "dudak_jobs_finished_total",
    help: "Jobs that this process brought to their end, by error code",
    labelNames: ["model", "outcome", "code"],
    registers,
  });
  const http = histogram("http_seconds", "Answers to requests", ["method", "route", "status"], HTTP_SECONDS);

  const collect = async () => {
    const found = await figures().catch(() => undefined);
    up.set(found ? 1 : 0);
    if (found) {
      for (const state of ["queued", "running", "completed", "failed"] as const) {
        jobs.set({ state }, found[state]);
      }
      const since = found.oldestQueuedAt;
      oldest.set(since === undefined ? 0 : Math.max(0, (Date.now() - since) / 1000));
      owed.set(found.webhooksOwed);
    }
    const running = await hosts?.().catch(() => undefined);
    if (running) {
      hostCount?.set(running.count);
      hostsHealthy?.set(running.healthy ? 1 : 0);
    }
    const connected = await workers?.().catch(() => undefined);
    if (connected !== undefined) workerCount?.set(connected);
  };

  return {
    job(before, after) {
      const { model } = after.spec;
      const { startedAt, finishedAt = Date.now() } = after;
      if (before?.state === "queued" && after.state === "running" && startedAt !== undefined) {
        wait.observe({ model }, Math.max(0, startedAt - after.createdAt) / 1000);
      }
      if (!before || isFinished(before) || !isFinished(after)) return;
      const outcome = after.errorCode === "job/cancelled" ? "cancelled" : after.state;
      finished.inc({ model, outcome, code: after.errorCode ?? "" });
      if (startedAt !== undefined)
        run.observe({ model, outcome }, Math.max(0, finishedAt - startedAt) / 1000);
      for (const [name, ms] of Object.entries(after.timings ?? {})) {
        stage.observe({ model, stage: name }, ms / 1000);
      }
    },
    request(method, path, status, seconds) {
      http.observe({ method, route: routeOf(path), status }, seconds);
    },
    async scrape() {
      await collect();
      return { text: await register.metrics(), type: register.contentType };
    },
  };
}

const ROUTES =
  /^\/api\/v1\/(lipsync-[a-z-]+|jobs|jobs\/:id(\/(output|events))?|files(\/:id)?|health|openapi\.json)$/;

/** The route of a path, so that ids and typing errors make no series of their own. */
function routeOf(path: string): string {
  const named = path.replaceAll(/[0-9a-f]{8}-[0-9a-f-]{27}/gi, ":id");
  return ROUTES.test(named) || /^\/(metrics|livez|readyz)$/.test(named) ? named : "other";
}
