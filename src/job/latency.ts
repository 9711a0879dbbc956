/**
 * How much of a voice's future a live face waits for: `low` for calls, `quality` for replies, whose lips are nearly those
 * of a finished video.
 */
export type Latency = "low" | "quality";

/** What a latency means; frames last 10 ms. */
export interface LatencyTiming {
  /** By so much a sound that is followed is delayed, in seconds; its lips are drawn by then. */
  readonly delaySeconds: number;
  /** Frames that one run of the network adds, even. */
  readonly hop: number;
  /** Frames of future that a final frame depends on, even. */
  readonly future: number;
  /** Frames of past that it depends on, even. */
  readonly past: number;
  /** Sound that is kept in store at least when a stream begins or has run dry, in seconds. */
  readonly storeSeconds: number;
}

/** The timing of each latency; figures of the choice are in docs/live.md. */
export const LATENCIES: Readonly<Record<Latency, LatencyTiming>> = {
  low: { delaySeconds: 0.18, hop: 6, future: 8, past: 48, storeSeconds: 0.12 },
  quality: { delaySeconds: 0.6, hop: 12, future: 40, past: 64, storeSeconds: 0.16 },
};
