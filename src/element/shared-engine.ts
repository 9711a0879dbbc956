import type { LipSync } from "../engine/lip-sync.ts";
import type { ElementMedia } from "./element-request.ts";

let sharedEngine: Promise<LipSync> | undefined;

/** One engine for all elements of the page; its code, workers and models load at the first use. */
export function loadEngine(): Promise<LipSync> {
  sharedEngine ??= import("../engine/lip-sync.ts").then(({ createLipSync }) => createLipSync());
  sharedEngine.catch(() => (sharedEngine = undefined));
  return sharedEngine;
}

/** How far each voice opens the mouth, every 10 ms; null for one that cannot be heard, which fails in its job. */
export function apertures(
  lipSync: LipSync,
  voices: readonly ElementMedia[],
  signal: AbortSignal,
): Promise<(Float32Array | null)[]> {
  return Promise.all(
    voices.map(async (voice) => {
      try {
        return (await lipSync.analyseVoice(voice, { signal })).aperture;
      } catch {
        return null;
      }
    }),
  );
}
