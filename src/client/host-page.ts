import { toEngineError } from "../core/errors.ts";
import type { JobProgress, JobResult } from "../core/job.ts";
import { createEngine, type EngineRequest } from "./engine.ts";

/** A job as it crosses from Node into this page: media by URL. */
export interface HostJob {
  readonly id: string;
  readonly model: EngineRequest["model"];
  /** Fields of the contract; media as `{ url, name }`. */
  readonly formState: Readonly<Record<string, string | number | { url: string; name: string }>>;
  readonly options: Pick<
    EngineRequest,
    "format" | "backend" | "encoder" | "hashFrames" | "fps" | "maxSeconds"
  >;
  /** Where the result is PUT. */
  readonly outputUrl: string;
}

/** How a job ended. */
export type HostAnswer =
  | { readonly ok: true; readonly result: Omit<JobResult, "output">; readonly type: string }
  | { readonly ok: false; readonly code: string; readonly message: string; readonly stack: string };

declare global {
  interface Window {
    /** Given by Node. */
    dudakProgress?: (id: string, progress: JobProgress) => Promise<void>;
    dudakHost: {
      run(job: HostJob): Promise<HostAnswer>;
      cancel(id: string): void;
      /** Loads the networks. */
      warmUp(backend?: EngineRequest["backend"]): Promise<unknown>;
    };
  }
}

const engine = createEngine();
const running = new Map<string, AbortController>();

async function fetchFile(media: { url: string; name: string }): Promise<Blob> {
  const response = await fetch(media.url);
  if (!response.ok) throw new Error(`${media.name}: the server answered ${response.status}`);
  return new File([await response.blob()], media.name);
}

async function runJob(job: HostJob, signal: AbortSignal): Promise<HostAnswer> {
  const fields = await Promise.all(
    Object.entries(job.formState).map(async ([field, value]) => [
      field,
      typeof value === "object" ? await fetchFile(value) : value,
    ]),
  );
  const request = {
    model: job.model,
    formState: Object.fromEntries(fields) as EngineRequest["formState"],
    ...job.options,
  } as EngineRequest;
  const { output, ...result } = await engine.run(request, {
    signal,
    onProgress: (progress) => void window.dudakProgress?.(job.id, progress),
  });
  const response = await fetch(job.outputUrl, { method: "PUT", body: output });
  if (!response.ok) throw new Error(`the result could not be saved: the server answered ${response.status}`);
  return { ok: true, result, type: output.type };
}

window.dudakHost = {
  async run(job) {
    const controller = new AbortController();
    running.set(job.id, controller);
    try {
      return await runJob(job, controller.signal);
    } catch (error) {
      const { code, message, stack } = toEngineError(error);
      return { ok: false, code, message, stack: stack ?? "" };
    } finally {
      running.delete(job.id);
    }
  },
  cancel: (id) => running.get(id)?.abort(),
  warmUp: (backend) => engine.warmUp(backend),
};
