/** Submissions per minute and key where nothing else is said. */
export const DEFAULT_PER_MINUTE = 600;

/**
 * A token bucket per client: `burst` requests at once, then `perMinute`.
 * @returns seconds to wait for a client, 0 when the request counts.
 */
export function createThrottle(
  perMinute: number,
  burst: number,
  now: () => number = Date.now,
): (client: string) => number {
  const buckets = new Map<string, { tokens: number; at: number }>();
  return (client) => {
    const at = now();
    const bucket = buckets.get(client) ?? { tokens: burst, at };
    const tokens = Math.min(burst, bucket.tokens + ((at - bucket.at) / 60_000) * perMinute);
    if (tokens < 1) {
      buckets.set(client, { tokens, at });
      return ((1 - tokens) / perMinute) * 60;
    }
    buckets.set(client, { tokens: tokens - 1, at });
    return 0;
  };
}

/** How many submissions at once a key may send that may send so many per minute. */
export function burstOf(perMinute: number): number {
  return Math.max(30, perMinute / 4);
}
