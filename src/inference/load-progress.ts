import type { Backend } from "../job/job.ts";
import { ASSETS, type AssetName } from "./model-registry.ts";
import { ORT_FILES, ortBuildFor } from "./ort.ts";
import { probeBackend } from "./choose-backend.ts";

/** Bytes of what is loaded, before any compression on the way. */
interface Loading {
  readonly loadedBytes: number;
  readonly totalBytes: number;
}

/** Progress is told at most so often. */
const PROGRESS_MS = 50;

/** What is watched while networks start. */
export interface ObservedLoading {
  /** Tells that everything is there; resolves when it was told, also in another thread. */
  complete(): Promise<void>;
  /** Watches no longer. */
  end(): void;
}

/**
 * Watches this thread's requests for onnxruntime's WebAssembly and for models, and counts their bytes as they come. The
 * answers themselves are read by whoever asked for them: a copy is counted, so the browser compiles while it loads.
 * @param assets the models and data that will be loaded.
 * @param started whether loading began before; what has come until now then counts with the end.
 */
export async function observeLoading(
  backend: Backend | undefined,
  assets: readonly AssetName[],
  started: boolean,
  tell: (loading: Loading) => unknown,
): Promise<ObservedLoading> {
  const ort = ORT_FILES[ortBuildFor((await probeBackend(backend)).backend)];
  const files = [ort, ...assets.map((name) => ASSETS[name])];
  const sizes = new Map(files.map(({ url, bytes }) => [new URL(url, location.href).href, bytes]));
  const totalBytes = [...sizes.values()].reduce((sum, bytes) => sum + bytes, 0);
  const counted = new Map<string, number>();
  let told = -Infinity;
  let ended = false;
  const loadedBytes = () => [...counted.values()].reduce((sum, bytes) => sum + bytes, 0);

  async function count(url: string, response: Response): Promise<void> {
    const reader = response.body!.getReader();
    for (;;) {
      const { done, value } = await reader.read();
      if (ended) return;
      const bytes = (counted.get(url) ?? 0) + (value?.length ?? 0);
      counted.set(url, Math.min(bytes, sizes.get(url)!));
      const now = performance.now();
      if (done || now - told >= PROGRESS_MS) tell({ loadedBytes: loadedBytes(), totalBytes });
      if (done) return;
      if (now - told >= PROGRESS_MS) told = now;
    }
  }

  const original = globalThis.fetch;
  const watching: typeof fetch = async (input, init) => {
    const response = await original(input, init);
    const url = new URL(input instanceof Request ? input.url : input, location.href).href;
    if (!ended && sizes.has(url) && response.ok && response.body)
      void count(url, response.clone()).catch(() => undefined);
    return response;
  };
  if (!started) globalThis.fetch = watching;
  tell({ loadedBytes: 0, totalBytes });
  return {
    async complete() {
      // A function of another thread answers with a promise.
      await tell({ loadedBytes: totalBytes, totalBytes });
    },
    end() {
      ended = true;
      // Whoever watches since then goes on.
      if (globalThis.fetch === watching) globalThis.fetch = original;
    },
  };
}
