import * as z from "zod/mini";
import type { JobModel } from "./job.ts";
import {
  JOB_DEFAULTS,
  JOB_LIMITS,
  type CommonFormState,
  type JobForm,
  type JobSettings,
} from "./job-spec.ts";

// Pages forbid eval: zod's probe for it would be reported as a violation, by Firefox on the console.
z.config({ jitless: true });

/** A choice of words; the sentence names them all. */
const oneOf = <const Words extends readonly [string, ...string[]]>(words: Words) => {
  const named = words.map((word) => `"${word}"`);
  return z.enum(words, { error: `must be ${named.slice(0, -1).join(", ")} or ${named.at(-1)!}` });
};

/** A number within limits, both allowed. */
const numberFrom = ({ least, most }: { readonly least: number; readonly most: number }) => {
  const error = `must be a number from ${String(least)} to ${String(most)}`;
  return z.number(error).check(z.minimum(least, error), z.maximum(most, error));
};

const secondsError = "must be a number of seconds above 0";
const seconds = z.number(secondsError).check(z.positive(secondsError));
const yesOrNo = z.boolean("must be true or false");

/** A schema for each field of a type in `job-spec.ts`, and none beside: a field that has none does not compile. */
type Shape<Fields> = { readonly [Name in keyof Fields]-?: z.ZodMiniType<Fields[Name]> };
type FormOf<Model extends JobModel, Media> = Extract<JobForm<Media>, { model: Model }>["formState"];

/** The parameters of every job beside its media. */
const COMMON = {
  resolution: z.optional(
    oneOf(["480p", "720p", "source"]).check(
      z.meta({
        description:
          'Length of the output\'s shorter side; a smaller source is not enlarged. "source" keeps its size.',
        default: JOB_DEFAULTS.resolution,
      }),
    ),
  ),
  prompt: z.optional(
    z
      .string("must be text")
      .check(
        z.maxLength(4000, "must be at most 4000 characters long"),
        z.meta({ description: "Style guidance; what is not understood is listed in the job's warnings." }),
      ),
  ),
  seed: z.optional(
    z
      .int("must be a whole number")
      .check(z.meta({ description: "Same inputs and seed, same frames; absent or -1 draws one." })),
  ),
} satisfies Shape<Omit<CommonFormState<unknown>, "maskImage">>;

/** The settings that hold no media. */
const PLAIN_SETTINGS = {
  format: z.optional(
    oneOf(["mp4", "webm"]).check(
      z.meta({
        description: "H.264 and AAC in MP4, or VP9 and Opus in WebM.",
        default: JOB_DEFAULTS.format,
      }),
    ),
  ),
  backend: z.optional(
    oneOf(["webgpu", "wasm"]).check(
      z.meta({ description: "Where the networks run; the best that the machine has when absent." }),
    ),
  ),
  encoder: z.optional(
    oneOf(["webcodecs", "ffmpeg"]).check(
      z.meta({ description: "Who encodes the video; the best that the browser has when absent." }),
    ),
  ),
  fps: z.optional(
    numberFrom(JOB_LIMITS.fps).check(
      z.meta({
        description: "Frames per second of a talking picture; a video keeps its own.",
        default: JOB_DEFAULTS.fps,
      }),
    ),
  ),
  hashFrames: z.optional(
    yesOrNo.check(
      z.meta({
        description: "Report a SHA-256 over the frames before encoding.",
        default: JOB_DEFAULTS.hashFrames,
      }),
    ),
  ),
  aiMark: z.optional(
    yesOrNo.check(
      z.meta({
        description: "Say in the result's metadata that it is AI-made.",
        default: JOB_DEFAULTS.aiMark,
      }),
    ),
  ),
  maxSeconds: z.optional(seconds),
  segmentSeconds: z.optional(seconds),
} satisfies Shape<Omit<JobSettings<unknown>, "lipModel">>;

/** A medium with what it is for; `media` checks how it is held. */
export type MediaSchema<Media> = (what: string) => z.ZodMiniType<Media>;

/** The fields of each model's `formState`. */
export function formStateShapes<Media>(media: MediaSchema<Media>) {
  const image = media("A picture: PNG, JPEG, WebP…");
  const audio = media("Speech: MP3, WAV, M4A, OGG, FLAC…");
  const common = {
    ...COMMON,
    maskImage: z.optional(media("A picture: white may change, black must stay.")),
  };
  return {
    "lipsync-image": { image, audio, ...common },
    "lipsync-image-multi": {
      image,
      leftAudio: audio,
      rightAudio: audio,
      order: z.optional(
        oneOf(["meanwhile", "left_right", "right_left"]).check(
          z.meta({ description: "Both at once, or one after the other.", default: JOB_DEFAULTS.order }),
        ),
      ),
      ...common,
    },
    "lipsync-video": { video: media("A video: MP4, MOV, WebM, MKV…"), audio, ...common },
  } satisfies { readonly [Model in JobModel]: Shape<FormOf<Model, Media>> };
}

/** The fields beside `formState`. */
export function settingsShape<Media>(media: MediaSchema<Media>) {
  const text = z.string("must be text").check(z.minLength(1, "must not be empty"));
  const isObject = (value: unknown) => typeof value === "object" && value !== null && !Array.isArray(value);
  const lipModel = z
    .object(
      {
        file: z.optional(media("The .onnx file.")),
        installed: z.optional(
          text.check(
            z.meta({ description: "Id of a model in this browser's model store, instead of `file`." }),
          ),
        ),
        manifest: z.optional(
          z
            .union([text, z.custom<object>(isObject)], "must be an object or the id of a ready manifest")
            .check(
              z.meta({
                description:
                  "Its manifest, or the id of one that comes with the engine; proposed from the file when absent.",
              }),
            ),
        ),
        acceptLicence: z.optional(
          yesOrNo.check(z.meta({ description: "Accepts the licence that the manifest shows." })),
        ),
      },
      "must be an object that names a file or an installed model",
    )
    .check(
      z.refine(({ file, installed }) => (file === undefined) !== (installed === undefined), {
        error: "must name either a file or an installed model",
      }),
      z.meta({ description: "A lip-sync model in the place of the engine's own." }),
    );
  return { ...PLAIN_SETTINGS, lipModel: z.optional(lipModel) };
}

/** The settings of a live portrait that are checked as those of a job are. */
export const LIVE_SETTINGS = z.object({
  backend: PLAIN_SETTINGS.backend,
  fps: PLAIN_SETTINGS.fps,
  maxSeconds: PLAIN_SETTINGS.maxSeconds,
});

const FORM_ERROR = {
  error: ({ input }: { input?: unknown }) =>
    `${input === undefined ? "is required:" : "must be"} an object with the job's fields`,
};

/** The whole request, its media as `media` allows them. Fields that it does not know are left out. */
export function jobSpecSchema<Media>(media: MediaSchema<Media>) {
  const shapes = formStateShapes(media);
  const settings = settingsShape(media);
  return z.discriminatedUnion(
    "model",
    [
      z.object({
        model: z.literal("lipsync-image"),
        formState: z.object(shapes["lipsync-image"], FORM_ERROR),
        ...settings,
      }),
      z.object({
        model: z.literal("lipsync-image-multi"),
        formState: z.object(shapes["lipsync-image-multi"], FORM_ERROR),
        ...settings,
      }),
      z.object({
        model: z.literal("lipsync-video"),
        formState: z.object(shapes["lipsync-video"], FORM_ERROR),
        ...settings,
      }),
    ],
    { error: 'must be "lipsync-image", "lipsync-image-multi" or "lipsync-video"' },
  );
}

/** The fields of a live portrait. */
export function liveFormSchema<Media>(media: MediaSchema<Media>) {
  const { image, maskImage, resolution, prompt, seed } = formStateShapes(media)["lipsync-image"];
  return z.object({ image, maskImage, resolution, prompt, seed }, FORM_ERROR);
}
