/** Style of a performance, from the prompt; see {@link parsePrompt} in `prompt-style.ts`. */
export interface PerformanceStyle {
  /** Size of head motion, 0 = still, 1 = natural. */
  readonly headMotion: number;
  /** Blinks a minute, 0 = none. */
  readonly blinkRate: number;
  /** Liveliness of head and brows, 1 = natural. */
  readonly energy: number;
  /** Size of mouth motion, 1 = natural. */
  readonly expressiveness: number;
  /** Added smile, -1 to 1. */
  readonly smile: number;
}
