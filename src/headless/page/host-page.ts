import { EngineError, toEngineError, type PlainError } from "../../job/errors.ts";
import { mapMediaAsync, type JobSpec } from "../../job/job-spec.ts";
import type { JobProgress, JobResult } from "../../job/job.ts";
import { discardTemporaryOutput } from "../../engine/output.ts";
import { drawContactSheet } from "../../engine/contact-sheet.ts";
import { createLipSync, type Backend, type LipModelInspection } from "../../engine/lip-sync.ts";
import { remoteCheckpoint } from "./remote-checkpoint.ts";

/** A file that Node offers to this page. */
export interface OfferedFile {
  readonly url: string;
  readonly name: string;
}

/** A job as it crosses from Node into this page: media by URL. */
export interface HostJob {
  readonly id: string;
  readonly spec: JobSpec<OfferedFile>;
  /** Where the job's finished parts are kept, see {@link remoteCheckpoint}. */
  readonly checkpointUrl?: string;
  /** Where the result is PUT. */
  readonly outputUrl: string;
}

/** What failed, as it crosses to Node. */
export interface HostFailure extends PlainError {
  readonly ok: false;
  readonly stack: string;
}

/** How a job ended. */
export type HostAnswer =
  { readonly ok: true; readonly result: Omit<JobResult, "output">; readonly type: string } | HostFailure;

/** What came of looking at a model. */
export type LipModelAnswer = { readonly ok: true; readonly found: LipModelInspection } | HostFailure;

declare global {
  interface Window {
    /** Given by Node. */
    dudakProgress?: (id: string, progress: JobProgress) => Promise<void>;
    dudakHost: {
      run(job: HostJob): Promise<HostAnswer>;
      cancel(id: string): void;
      /** Loads the networks. */
      warmUp(backend?: Backend): Promise<unknown>;
      /** Milliseconds from the start of the page's loading to the first preview frame; null before it. */
      firstPreviewMs(): number | null;
      /** Reads and tries a model. */
      inspectModel(
        model: OfferedFile,
        manifest: object | string | null,
        backend?: Backend,
      ): Promise<LipModelAnswer>;
      /** Draws a grid of frames of the video at one URL and PUTs it as PNG to the other. */
      contactSheet(videoUrl: string, sheetUrl: string): Promise<void>;
    };
  }
}

const lipSync = createLipSync();
let firstPreviewMs: number | null = null;
const running = new Map<string, AbortController>();

async function fetchFile(media: OfferedFile): Promise<Blob> {
  const response = await fetch(media.url);
  if (!response.ok) throw new Error(`${media.name}: the server answered ${response.status}`);
  return new File([await response.blob()], media.name);
}

async function putFile(url: string, body: Blob): Promise<void> {
  const response = await fetch(url, { method: "PUT", body });
  if (response.status === 507) {
    throw new EngineError(
      "storage/full",
      "The result could not be saved because the disk is full. Free some space and start the job again.",
    );
  }
  if (!response.ok) throw new Error(`the result could not be saved: the server answered ${response.status}`);
}

function failure(error: unknown): HostFailure {
  const { code, message, details, stack = "" } = toEngineError(error);
  return { ok: false, code, message, details, stack };
}

async function runJob(job: HostJob, signal: AbortSignal): Promise<HostAnswer> {
  const spec = await mapMediaAsync(job.spec, fetchFile);
  const { output, ...result } = await lipSync.run(spec, {
    signal,
    ...(job.checkpointUrl ? { checkpoint: remoteCheckpoint(job.checkpointUrl) } : {}),
    onProgress: (progress) => void window.dudakProgress?.(job.id, progress),
    onPreview: (frame) => {
      frame.close();
      firstPreviewMs ??= performance.now();
    },
  });
  await putFile(job.outputUrl, output);
  await discardTemporaryOutput(output);
  return { ok: true, result, type: output.type };
}

window.dudakHost = {
  async run(job) {
    const controller = new AbortController();
    running.set(job.id, controller);
    try {
      return await runJob(job, controller.signal);
    } catch (error) {
      return failure(error);
    } finally {
      running.delete(job.id);
    }
  },
  cancel: (id) => running.get(id)?.abort(),
  warmUp: (backend) => lipSync.warmUp(backend ? { backend } : {}),
  firstPreviewMs: () => firstPreviewMs,
  async inspectModel(model, manifest, backend) {
    try {
      const file = await fetchFile(model);
      return {
        ok: true,
        found: await lipSync.inspectModel(file, { manifest, ...(backend ? { backend } : {}) }),
      };
    } catch (error) {
      return failure(error);
    }
  },
  async contactSheet(videoUrl, sheetUrl) {
    const sheet = await drawContactSheet(await fetchFile({ url: videoUrl, name: "video" }));
    await putFile(sheetUrl, sheet);
  },
};
