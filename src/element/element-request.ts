import type { EngineRequest } from "../engine/engine-types.ts";
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
  readonly order: "meanwhile" | "left_right" | "right_left" | null;
  readonly resolution: "480p" | "720p" | null;
  readonly maskImage: ElementMedia | null;
  readonly prompt: string | null;
  readonly seed: number | null;
  readonly backend: Backend | null;
  readonly format: OutputFormat | null;
}

/**
 * The bytes of a medium.
 * @throws EngineError `input/missing` without one, `input/fetch` when its address does not answer.
 */
export async function fetchMedia(media: ElementMedia | null, field: string): Promise<Blob> {
  if (media instanceof Blob) return media;
  const { EngineError } = await import("../job/errors.ts");
  if (!media)
    throw new EngineError("input/missing", `<lip-sync> has no ${field}. Set its attribute or property.`);
  let response: Response;
  try {
    response = await fetch(media);
  } catch (cause) {
    throw new EngineError(
      "input/fetch",
      `${field}: ${media} did not answer, or this page may not reach it.`,
      { cause },
    );
  }
  if (!response.ok) {
    throw new EngineError(
      "input/fetch",
      `${field}: ${media} answered ${response.status}. Check the address.`,
    );
  }
  const name = new URL(media, document.baseURI).pathname.split("/").at(-1) || field;
  return new File([await response.blob()], name);
}

/**
 * The job that the properties ask for: a video and a voice, two voices, or a picture and a voice.
 * @throws EngineError `input/missing`, `input/fetch`.
 */
export async function elementRequest(form: ElementFormState): Promise<EngineRequest> {
  const common = {
    ...(form.resolution ? { resolution: form.resolution } : {}),
    ...(form.maskImage ? { mask_image: await fetchMedia(form.maskImage, "mask_image") } : {}),
    ...(form.prompt ? { prompt: form.prompt } : {}),
    ...(form.seed === null ? {} : { seed: form.seed }),
  };
  const how = {
    ...(form.backend ? { backend: form.backend } : {}),
    ...(form.format ? { format: form.format } : {}),
  };
  if (form.video) {
    const [video, audio] = await Promise.all([
      fetchMedia(form.video, "video"),
      fetchMedia(form.audio, "audio"),
    ]);
    return { model: "lipsync-video", formState: { video, audio, ...common }, ...how };
  }
  const image = await fetchMedia(form.image, "image");
  if (form.leftAudio ?? form.rightAudio) {
    const [left_audio, right_audio] = await Promise.all([
      fetchMedia(form.leftAudio, "left_audio"),
      fetchMedia(form.rightAudio, "right_audio"),
    ]);
    const order = form.order ? { order: form.order } : {};
    return {
      model: "lipsync-image-multi",
      formState: { image, left_audio, right_audio, ...order, ...common },
      ...how,
    };
  }
  return {
    model: "lipsync-image",
    formState: { image, audio: await fetchMedia(form.audio, "audio"), ...common },
    ...how,
  };
}
