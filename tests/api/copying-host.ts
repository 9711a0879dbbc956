import { copyFile } from "node:fs/promises";
import { EngineError } from "../../src/job/errors.ts";
import type { GatewayHost } from "../../src/gateway/host-executor.ts";
import { REPORT } from "./jobs.ts";

/** How {@link createCopyingHost} behaves. */
export interface CopyingHostOptions {
  /** Milliseconds that a job takes. */
  readonly jobMs?: number;
  /** Called at the start of each run; what it throws ends the run. */
  readonly onRun?: (run: number) => void | Promise<void>;
}

/**
 * A host for tests of the gateway itself: "renders" by copying the audio to the output.
 * What the real engine makes is tested end to end elsewhere.
 */
export function createCopyingHost({ jobMs = 0, onRun }: CopyingHostOptions = {}): GatewayHost & {
  runs: number;
} {
  let lost: () => void = () => undefined;
  const host: GatewayHost & { runs: number } = {
    runs: 0,
    async run(request, { signal, onProgress } = {}) {
      host.runs++;
      onProgress?.({ stage: "rendering", progress: 0.5 });
      await onRun?.(host.runs);
      await new Promise<void>((resolve, reject) => {
        const timer = setTimeout(resolve, jobMs);
        lost = () => {
          clearTimeout(timer);
          reject(new EngineError("device/lost", "The browser stopped."));
        };
        signal?.addEventListener("abort", () => {
          clearTimeout(timer);
          reject(new EngineError("job/cancelled", "The job was cancelled."));
        });
      });
      const { formState } = request;
      const audio = "audio" in formState ? formState.audio : formState.leftAudio;
      await copyFile(audio.path, request.outputPath);
      return {
        type: "video/mp4",
        result: {
          seed: formState.seed ?? 0,
          warnings: [],
          report: REPORT,
          timings: { rendering: jobMs },
        },
      };
    },
    healthy: () => Promise.resolve(true),
    close() {
      lost();
      return Promise.resolve();
    },
  };
  return host;
}
