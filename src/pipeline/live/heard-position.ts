import type { SpeechClock } from "../../worker-rpc/live-view-api.ts";

const sinceEpochMs = () => performance.timeOrigin + performance.now();

/**
 * The second of a voice that is heard now, in another thread than the one that plays it; never falling.
 * @param clock what was last told of it; between two tellings it goes on by this thread's clock.
 * @param nowMs milliseconds since 1970.
 */
export function positionOf(clock: () => SpeechClock, nowMs: () => number = sinceEpochMs): () => number {
  let latest = -Infinity;
  return () => {
    const { position, epochMs, running, until } = clock();
    const gone = running ? (nowMs() - epochMs) / 1000 : 0;
    latest = Math.max(latest, Math.min(until, position + gone));
    return latest;
  };
}
