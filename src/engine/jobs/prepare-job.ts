import { EngineError, throwIfCancelled } from "../../job/errors.ts";
import type { RgbaImage } from "../../core/image.ts";
import { warning } from "../../job/warnings.ts";
import { JOB_DEFAULTS, type JobSpec } from "../../job/job-spec.ts";
import { parsePrompt } from "../../job/prompt-style.ts";
import type { LipModelData } from "../../worker-rpc/lip-model-api.ts";
import type { RenderProgress } from "../../worker-rpc/render-api.ts";
import { proxy } from "../../worker-rpc/rpc.ts";
import type { EngineListeners } from "../engine-types.ts";
import type { Checkpointer } from "./checkpointer.ts";
import { openLipModel } from "../lip-model.ts";
import type { ProgressMeter } from "./progress-meter.ts";
import { createWarningList } from "../warning-list.ts";
import type { Workers } from "../workers/workers.ts";

/** What a job needs from the engine that runs it. */
export interface JobContext {
  readonly workers: Workers;
  readonly signal: AbortSignal;
  readonly meter: ProgressMeter;
  readonly seed: number;
  /** The lip-sync model that the request names, its file at hand. */
  readonly lipModel?: LipModelData;
  readonly listeners: EngineListeners;
  readonly checkpointer: Checkpointer;
}

/** Number of the picture or video that was prepared last on this page. */
let lastPrepared = 0;

/** A number by which a scene finds what was prepared for it in the drawing thread. */
export const nextPrepared = (): number => ++lastPrepared;

const MASK_PIXELS = 2_000_000;

/**
 * A job's mask; null when it has none.
 * @throws EngineError `input/mask`.
 */
export async function decodeMask(file: Blob | undefined, workers: Workers): Promise<RgbaImage | null> {
  if (!file) return null;
  try {
    return (await workers.media().decodePicture(file, MASK_PIXELS)).image;
  } catch (error) {
    throw new EngineError(
      "input/mask",
      `The mask could not be read as a picture; give a PNG, JPEG or WebP in which white may change and black must stay. (${error instanceof Error ? error.message : String(error)})`,
      { cause: error },
    );
  }
}

/** A listener for the renderer: tells the progress and keeps finished segments. */
export function followRendering({ meter, checkpointer }: JobContext): (progress: RenderProgress) => void {
  return proxy(({ stage, framesDone, frames, framesKept, finished }: RenderProgress) => {
    if (finished) checkpointer.keepSegment(finished);
    else if (stage === "rendering") meter.report(stage, framesDone / frames, framesKept / frames);
    else meter.report(stage, 0);
  });
}

/**
 * What every job begins with: read the prompt, start the networks, open the user's own model if one is brought.
 * `starting` may still be under way; await it before the first network is used.
 * @param analysed whether an earlier run has found out all that the engine's own networks are for.
 */
export async function prepareJob(
  request: JobSpec<Blob>,
  { workers, meter, signal, listeners, lipModel: brought }: JobContext,
  analysed: boolean,
) {
  const warnings = createWarningList(listeners.onWarning);
  const { style, unknown } = parsePrompt(request.formState.prompt);
  if (unknown.length > 0) warnings.push(warning("prompt/unknown", { words: unknown.join(", ") }));
  meter.report("loading models", 0);
  const starting = analysed && !brought ? undefined : workers.startInference(request.backend);
  starting?.catch(() => undefined);
  await (brought && starting);
  const lipModel = brought && (await openLipModel(brought, workers, request.backend));
  if (!isSecureContext) warnings.push(warning("page/insecure"));
  warnings.push(...(lipModel?.warnings ?? []));
  throwIfCancelled(signal);
  return {
    style,
    warnings,
    starting,
    lipModel,
    resolution: request.formState.resolution ?? JOB_DEFAULTS.resolution,
    maxSeconds: request.maxSeconds ?? JOB_DEFAULTS.maxSeconds,
  };
}
