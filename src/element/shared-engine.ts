import type { Engine } from "../engine/engine-types.ts";
import { fetchMedia, type ElementMedia } from "./element-request.ts";

let sharedEngine: Promise<Engine> | undefined;

/** One engine for all elements of the page; its code, workers and models load at the first use. */
export function loadEngine(): Promise<Engine> {
  sharedEngine ??= import("../engine/engine.ts").then(({ createEngine }) => createEngine());
  sharedEngine.catch(() => (sharedEngine = undefined));
  return sharedEngine;
}

/** How far each voice opens the mouth, every 10 ms; null for one that cannot be heard, which fails in its job. */
export function apertures(
  engine: Engine,
  voices: readonly ElementMedia[],
  signal: AbortSignal,
): Promise<(Float32Array | null)[]> {
  return Promise.all(
    voices.map(async (voice) => {
      try {
        return (await engine.hear(await fetchMedia(voice, "audio"), { signal })).aperture;
      } catch {
        return null;
      }
    }),
  );
}
