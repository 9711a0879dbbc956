import type { Metrics } from "./metrics.ts";

/** What the operators' routes need. */
export interface OperationsDeps {
  readonly metrics: Metrics;
  /** Whether this process takes work: false while it drains. Rejects when something it needs does not answer. */
  readonly ready: () => Promise<boolean>;
  /** Whether a request may read the metrics. */
  readonly mayRead: (request: Request) => Promise<boolean>;
}

/**
 * The routes of an installation's operators, below the root: `/livez` and `/readyz` as Kubernetes asks for them (200
 * or 503), `/metrics` for Prometheus.
 * @returns undefined for every other path.
 */
export function createOperations(deps: OperationsDeps): (request: Request) => Promise<Response> | undefined {
  const answer = (status: number, text: string, type = "text/plain; charset=utf-8") =>
    new Response(`${text}\n`, { status, headers: { "Content-Type": type, "Cache-Control": "no-store" } });
  const ready = async () => {
    try {
      return (await deps.ready()) ? answer(200, "ready") : answer(503, "draining");
    } catch {
      return answer(503, "the storage does not answer");
    }
  };
  const metrics = async (request: Request) => {
    if (!(await deps.mayRead(request).catch(() => false))) {
      return answer(
        401,
        "The metrics need an administrator's key; see dudak keys create --admin, or --ops-port.",
      );
    }
    const { text, type } = await deps.metrics.scrape();
    return answer(200, text.trimEnd(), type);
  };
  return (request) => {
    const { pathname } = new URL(request.url);
    if (pathname === "/livez") return Promise.resolve(answer(200, "alive"));
    if (pathname === "/readyz") return ready();
    if (pathname === "/metrics") return metrics(request);
    return undefined;
  };
}
