/** A service that has not answered yet. */
export interface Wait {
  readonly service: "Redis" | "S3";
  /** The option that names it. */
  readonly option: "--redis" | "--storage";
  readonly address: string;
  /** What the last try came to. */
  readonly reason: string;
}

/** How long to wait for a service. */
export interface Patience {
  /** Milliseconds for which one that is not there yet is asked again. */
  readonly patienceMs: number;
  /** Told once of each service of which nothing was heard for {@link SILENCE_MS}; `leftMs` it will be waited for. */
  readonly onWaiting?: ((wait: Wait & { readonly leftMs: number }) => void) | undefined;
}

/** Milliseconds without an answer that are worth a word. */
const SILENCE_MS = 2000;

/** Tells of a service that does not answer. @returns to be called when it has, or was given up. */
export function tellSilence({ patienceMs, onWaiting }: Patience, wait: () => Wait): () => void {
  const timer = setTimeout(() => {
    onWaiting?.({ ...wait(), leftMs: Math.max(0, patienceMs - SILENCE_MS) });
  }, SILENCE_MS);
  return () => {
    clearTimeout(timer);
  };
}
