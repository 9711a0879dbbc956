import type { Resolution } from "../core/image.ts";
import type { Backend, OutputFormat } from "./job.ts";

/** Which of two voices is heard when. */
export type SpeakingOrder = "meanwhile" | "left_right" | "right_left";

/** What a request that leaves a field open gets. */
export const JOB_DEFAULTS = {
  resolution: "480p",
  order: "meanwhile",
  format: "mp4",
  fps: 25,
  aiMark: true,
  hashFrames: false,
  maxSeconds: 600,
} as const;

/** Least and largest value of what is a number, both allowed. */
export const JOB_LIMITS = { fps: { least: 1, most: 60 } } as const;

/** The parameters that all jobs share. */
export interface CommonFormState<Media> {
  /** Length of the output's shorter side; `"source"` keeps the source's size. `"480p"` when absent. */
  readonly resolution?: Resolution;
  /** A picture: white may change, black must stay; with several faces it picks those that it covers. */
  readonly maskImage?: Media;
  /** Style guidance, at most 4000 characters. */
  readonly prompt?: string;
  /** A whole number: same inputs and seed, same frames; drawn at random when absent or −1. */
  readonly seed?: number;
}
/** Parameters of `lipsync-image`. */
export interface ImageFormState<Media> extends CommonFormState<Media> {
  readonly image: Media;
  readonly audio: Media;
}
/** Parameters of `lipsync-image-multi`. */
export interface DialogueFormState<Media> extends CommonFormState<Media> {
  readonly image: Media;
  readonly leftAudio: Media;
  readonly rightAudio: Media;
  /** Both at once, or one after the other. `"meanwhile"` when absent. */
  readonly order?: SpeakingOrder;
}
/** Parameters of `lipsync-video`. */
export interface VideoFormState<Media> extends CommonFormState<Media> {
  readonly video: Media;
  readonly audio: Media;
}

/** A lip-sync model in the place of the engine's own: an .onnx file, or one of this origin's model store. */
export interface LipModelSpec<Media> {
  /** The .onnx file. */
  readonly file?: Media;
  /** Id of a model in the model store, instead of `file`. */
  readonly installed?: string;
  /** Its manifest, or the id of one that comes with the engine; proposed from the file when absent. */
  readonly manifest?: object | string;
  /** Accepts the licence that the manifest shows. */
  readonly acceptLicence?: boolean;
}

/** How a job is done, beside its `formState`. */
export interface JobSettings<Media> {
  /** `"mp4"` when absent. */
  readonly format?: OutputFormat;
  /** The best that the machine has when absent. */
  readonly backend?: Backend;
  /** Overrides the choice of video encoder. */
  readonly encoder?: "webcodecs" | "ffmpeg";
  /** Frames per second of a talking picture, 1 to 60; 25 when absent. A video keeps its own. */
  readonly fps?: number;
  /** Also report a SHA-256 over the frames before encoding. */
  readonly hashFrames?: boolean;
  /** Whether the result's metadata say that it is AI-made; true when absent. */
  readonly aiMark?: boolean;
  /** Longest accepted voice in seconds; 600 when absent. */
  readonly maxSeconds?: number;
  /** Length in seconds of the segments in which a result is encoded and kept; the encoder chooses when absent. */
  readonly segmentSeconds?: number;
  /** A lip-sync model of the user's own. */
  readonly lipModel?: LipModelSpec<Media>;
}

/** A model with its parameters. */
export type JobForm<Media> =
  | { readonly model: "lipsync-image"; readonly formState: ImageFormState<Media> }
  | { readonly model: "lipsync-image-multi"; readonly formState: DialogueFormState<Media> }
  | { readonly model: "lipsync-video"; readonly formState: VideoFormState<Media> };

/**
 * A whole request, as every door makes it and everything behind the doors carries it.
 * `Media` is how its files are held: bytes, an address, a path, a place in a store; {@link mapMedia} changes that.
 * Types are stated here, free of libraries, for the package's users; limits are checked by `job-spec-schema.ts`.
 */
export type JobSpec<Media> = JobForm<Media> & JobSettings<Media>;

/** Where a medium stands in a request. */
export type MediaField =
  "image" | "video" | "audio" | "leftAudio" | "rightAudio" | "maskImage" | "lipModel.file";

/** What {@link mapMedia} does to one medium. */
type ChangeMedia<From, To> = (media: From, field: MediaField) => To;

/** The same request with its media held another way; `change` is called once for each. */
export function mapMedia<From, To>(spec: JobSpec<From>, change: ChangeMedia<From, To>): JobSpec<To> {
  switch (spec.model) {
    case "lipsync-image": {
      const { formState, lipModel, ...rest } = spec;
      const { image, audio, maskImage, ...plain } = formState;
      const media = { image: change(image, "image"), audio: change(audio, "audio") };
      return {
        ...rest,
        formState: { ...plain, ...media, ...mapMask(maskImage, change) },
        ...mapModel(lipModel, change),
      };
    }
    case "lipsync-image-multi": {
      const { formState, lipModel, ...rest } = spec;
      const { image, leftAudio, rightAudio, maskImage, ...plain } = formState;
      const media = {
        image: change(image, "image"),
        leftAudio: change(leftAudio, "leftAudio"),
        rightAudio: change(rightAudio, "rightAudio"),
      };
      return {
        ...rest,
        formState: { ...plain, ...media, ...mapMask(maskImage, change) },
        ...mapModel(lipModel, change),
      };
    }
    case "lipsync-video": {
      const { formState, lipModel, ...rest } = spec;
      const { video, audio, maskImage, ...plain } = formState;
      const media = { video: change(video, "video"), audio: change(audio, "audio") };
      return {
        ...rest,
        formState: { ...plain, ...media, ...mapMask(maskImage, change) },
        ...mapModel(lipModel, change),
      };
    }
  }
}

function mapMask<From, To>(mask: From | undefined, change: ChangeMedia<From, To>): { maskImage?: To } {
  return mask === undefined ? {} : { maskImage: change(mask, "maskImage") };
}

function mapModel<From, To>(
  model: LipModelSpec<From> | undefined,
  change: ChangeMedia<From, To>,
): { lipModel?: LipModelSpec<To> } {
  if (!model) return {};
  const { file, ...named } = model;
  return { lipModel: file === undefined ? named : { ...named, file: change(file, "lipModel.file") } };
}

/** The media of a request by their places. */
export function mediaOf<Media>(spec: JobSpec<Media>): Map<MediaField, Media> {
  const found = new Map<MediaField, Media>();
  mapMedia(spec, (media, field) => found.set(field, media));
  return found;
}

/**
 * {@link mapMedia} for changes that take time; all run beside each other.
 * @throws what the first change in the order of the fields throws, once all have ended.
 */
export async function mapMediaAsync<From, To>(
  spec: JobSpec<From>,
  change: (media: From, field: MediaField) => Promise<To>,
): Promise<JobSpec<To>> {
  const fields = [...mediaOf(spec)];
  const ended = await Promise.allSettled(fields.map(([field, media]) => change(media, field)));
  const changed = new Map<MediaField, To>();
  for (const [index, end] of ended.entries()) {
    if (end.status === "rejected") throw end.reason;
    changed.set(fields[index]![0], end.value);
  }
  return mapMedia(spec, (_, field) => changed.get(field)!);
}

/** The same request with another seed. */
export function withSeed<Media>(spec: JobSpec<Media>, seed: number): JobSpec<Media> {
  switch (spec.model) {
    case "lipsync-image":
      return { ...spec, formState: { ...spec.formState, seed } };
    case "lipsync-image-multi":
      return { ...spec, formState: { ...spec.formState, seed } };
    case "lipsync-video":
      return { ...spec, formState: { ...spec.formState, seed } };
  }
}
