import type { Resolution } from "../core/image.ts";
import type { JobSpec, SpeakingOrder } from "../job/job-spec.ts";
import type { Backend, OutputFormat } from "../job/job.ts";

/** Media of the element: an address, or the bytes themselves. */
export type ElementMedia = string | Blob;

/** The element's properties that make a job. */
export interface ElementFormState {
  readonly image: ElementMedia | null;
  readonly video: ElementMedia | null;
  readonly audio: ElementMedia | null;
  readonly leftAudio: ElementMedia | null;
  readonly rightAudio: ElementMedia | null;
  readonly order: SpeakingOrder | null;
  readonly resolution: Resolution | null;
  readonly maskImage: ElementMedia | null;
  readonly prompt: string | null;
  readonly seed: number | null;
  readonly backend: Backend | null;
  readonly format: OutputFormat | null;
}

/**
 * A medium that must be there.
 * @throws EngineError `input/missing` when it is not.
 */
export async function required(media: ElementMedia | null, field: string): Promise<ElementMedia> {
  if (media) return media;
  const { EngineError } = await import("../job/errors.ts");
  throw new EngineError("input/missing", `<lip-sync> has no ${field}. Set its attribute or property.`, {
    details: { field },
  });
}

/**
 * The job that the properties ask for: a video and a voice, two voices, or a picture and a voice.
 * @throws EngineError `input/missing`.
 */
export async function elementRequest(form: ElementFormState): Promise<JobSpec<ElementMedia>> {
  const common = {
    ...(form.resolution ? { resolution: form.resolution } : {}),
    ...(form.maskImage ? { maskImage: form.maskImage } : {}),
    ...(form.prompt ? { prompt: form.prompt } : {}),
    ...(form.seed === null ? {} : { seed: form.seed }),
  };
  const how = {
    ...(form.backend ? { backend: form.backend } : {}),
    ...(form.format ? { format: form.format } : {}),
  };
  if (form.video) {
    const audio = await required(form.audio, "audio");
    return { model: "lipsync-video", formState: { video: form.video, audio, ...common }, ...how };
  }
  const image = await required(form.image, "image");
  if (form.leftAudio ?? form.rightAudio) {
    const leftAudio = await required(form.leftAudio, "leftAudio");
    const rightAudio = await required(form.rightAudio, "rightAudio");
    const order = form.order ? { order: form.order } : {};
    return {
      model: "lipsync-image-multi",
      formState: { image, leftAudio, rightAudio, ...order, ...common },
      ...how,
    };
  }
  const audio = await required(form.audio, "audio");
  return { model: "lipsync-image", formState: { image, audio, ...common }, ...how };
}
