import { throwIfCancelled } from "../../job/errors.ts";
import { outputSize } from "../../core/image.ts";
import { chooseSpeakers } from "../../pipeline/plan/choose-speakers.ts";
import { JOB_DEFAULTS } from "../../job/job-spec.ts";
import { parsePrompt } from "../../job/prompt-style.ts";
import { tellWarning } from "../../job/sentences/english.ts";
import { warning, withoutRepeats, type JobWarning } from "../../job/warnings.ts";
import { proxy, transfer } from "../../worker-rpc/rpc.ts";
import { decodeMask } from "../jobs/prepare-job.ts";
import type { LiveFormState, LiveOptions } from "./live-types.ts";
import { MAX_PIXELS } from "../jobs/picture-job.ts";
import type { Workers } from "../workers/workers.ts";

/** Length of the silence that warms up the speech network, as long as the first part of a voice. */
const WARM_UP_SAMPLES = 32_000;

/** A portrait in the render worker. */
export interface OpenPortrait {
  readonly portrait: number;
  readonly width: number;
  readonly height: number;
  readonly warnings: readonly JobWarning[];
}

/** Lets a portrait go; one whose worker has died is gone already. */
export function closePortrait(workers: Workers, portrait: number): void {
  void workers
    .render()
    .closeLive(portrait)
    .catch(() => undefined);
}

/**
 * Decodes a picture, finds its face and prepares it for drawing.
 * @throws EngineError `input/image…`, `input/mask`, `input/no-face`, `input/face-…`, `model/…`, `device/…`, `job/cancelled`.
 */
export async function openPortrait(
  workers: Workers,
  form: LiveFormState<Blob>,
  seed: number,
  options: LiveOptions,
): Promise<OpenPortrait> {
  const { signal } = options;
  const resolution = form.resolution ?? JOB_DEFAULTS.resolution;
  const starting = workers.startInference(options.backend);
  starting.catch(() => undefined);
  const { style, unknown } = parsePrompt(form.prompt);
  const picture = await workers.media().decodePicture(form.image, MAX_PIXELS[resolution]);
  const mask = await decodeMask(form.maskImage, workers);
  await starting;
  throwIfCancelled(signal);
  const found = await workers.inference(options.backend).analyse(picture.image);
  const chosen = chooseSpeakers(found, 1, mask, picture.image);
  const [speaker] = chosen.speakers;
  throwIfCancelled(signal);
  const matte = mask ? null : await workers.inference(options.backend).readMatte(picture.image);
  throwIfCancelled(signal);
  const silence = new Float32Array(WARM_UP_SAMPLES);
  const ignore = proxy(() => undefined);
  const never = new AbortController().signal;
  const warming = workers
    .inference(options.backend)
    .mouthOf(transfer(silence, [silence.buffer]), never, ignore);
  warming.catch(() => undefined);
  const size = outputSize({ width: picture.sourceWidth, height: picture.sourceHeight }, resolution);
  const { width, height } = size;
  const facts = await workers.render().openLive({
    picture: picture.image,
    width,
    height,
    mask,
    landmarks: speaker!.landmarks,
    bystanders: found.filter((face) => face !== speaker).map((face) => face.landmarks),
    matte,
    fps: options.fps ?? JOB_DEFAULTS.fps,
    seed,
    style,
  });
  try {
    await warming;
    throwIfCancelled(signal);
  } catch (error) {
    closePortrait(workers, facts.portrait);
    throw error;
  }
  const warnings = [
    ...(unknown.length > 0 ? [warning("prompt/unknown", { words: unknown.join(", ") })] : []),
    ...picture.warnings,
    ...chosen.warnings,
    ...(await starting).warnings,
    ...facts.warnings,
  ];
  return { portrait: facts.portrait, width, height, warnings: withoutRepeats(warnings).map(tellWarning) };
}
