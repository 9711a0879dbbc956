import type { Call } from "./api-deps.ts";
import { refuse } from "./http/answers.ts";

/** 429 when the client is too fast or the queue too long. */
export async function refuseWhenBusy({ deps, key }: Call): Promise<Response | undefined> {
  const [seconds = 0, unfinished] = await Promise.all([
    deps.throttle?.(key?.prefix ?? "own"),
    deps.store.countUnfinished(),
  ]);
  if (seconds > 0) {
    return refuse("route/too-many", `Too many requests. Try again in ${String(Math.ceil(seconds))} s.`, {
      headers: { "Retry-After": String(Math.ceil(seconds)) },
    });
  }
  if (unfinished < deps.maxUnfinished) return undefined;
  return refuse(
    "queue/full",
    `The queue holds ${String(deps.maxUnfinished)} unfinished jobs, which is its limit. Try again when some are done.`,
    { headers: { "Retry-After": "30" } },
  );
}
