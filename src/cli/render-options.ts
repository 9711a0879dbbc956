import { extname } from "node:path";
import { parseLine } from "../headless/parse-line.ts";
import { usageError, type UsageError } from "../headless/usage-error.ts";
import { checkJobSpec } from "../job/check-job.ts";
import { EngineError } from "../job/errors.ts";
import type { JobSpec } from "../job/job-spec.ts";
import type { JobModel } from "../job/job.ts";
import type { HostRequest } from "../headless/engine-host.ts";
import { RENDER_OPTIONS } from "./render-help.ts";

/** What the user asked for on the command line. */
export interface RenderOptions {
  readonly request: HostRequest;
  readonly report: boolean;
  readonly json: boolean;
  readonly verbose: boolean;
}

function number(name: string, value: string | undefined): number | undefined {
  if (value === undefined) return undefined;
  const parsed = Number(value);
  if (value.trim() === "" || !Number.isFinite(parsed)) {
    throw usageError("usage/number", { option: `--${name}`, given: value });
  }
  return parsed;
}

/** The options whose names are not those of their fields. */
const NAMES: Readonly<Record<string, string>> = {
  maskImage: "mask",
  "lipModel.file": "model",
  "lipModel.manifest": "model-manifest",
};

/** The option that a field of the request comes from. */
export const optionOf = (field: string): string =>
  `--${NAMES[field] ?? field.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;

/** What is wrong with a field, told by its option. */
function mistakeIn({ code, details }: EngineError): UsageError {
  const { field = "", value = "", allowed, limits } = details;
  const option = optionOf(field);
  const given = String(value);
  if (code === "input/missing" || given === "") return usageError("usage/empty", { option });
  if (allowed) return usageError("usage/one-of", { option, allowed: allowed.join(", "), given });
  if (limits) {
    const { least, most } = limits;
    return usageError("usage/range", { option, least: String(least), most: String(most), given });
  }
  if (field === "seed") return usageError("usage/whole-number", { option, given });
  if (field === "maxSeconds") return usageError("usage/above-zero", { option, given });
  if (field === "prompt") return usageError("usage/too-long", { option, most: "4000" });
  return usageError("usage/value", { option, given });
}

/**
 * The request, checked as at every door.
 * @throws UsageError, with the option in the place of the field.
 */
function checked(asked: object): JobSpec<{ readonly path: string }> {
  try {
    return checkJobSpec(asked);
  } catch (error) {
    throw error instanceof EngineError ? mistakeIn(error) : error;
  }
}

/**
 * Reads the arguments of `dudak render`.
 * @param defaults media used where the user names none (the demo's sample).
 * @returns undefined when the user asks for help.
 * @throws UsageError.
 */
export function parseRenderOptions(
  argv: readonly string[],
  defaults: { readonly image?: string; readonly audio?: string; readonly out?: string } = {},
): RenderOptions | undefined {
  const { values } = parseLine(argv, RENDER_OPTIONS, (word) => usageError("usage/loose-file", { word }));
  if (values.help) return undefined;
  const dialogue = values["left-audio"] !== undefined || values["right-audio"] !== undefined;
  const media = {
    ...values,
    image: values.image ?? (values.video === undefined ? defaults.image : undefined),
    audio: values.audio ?? (dialogue ? undefined : defaults.audio),
  };
  if (values.image !== undefined && values.video !== undefined) {
    throw usageError("usage/exclusive", { first: "--image", second: "--video" });
  }
  if (!media.image && !media.video) throw usageError("usage/no-picture");
  if (dialogue && media.video) throw usageError("usage/one-voice");
  if (values.fps !== undefined && media.video) {
    throw usageError("usage/video-fps");
  }
  if (dialogue && !(values["left-audio"] && values["right-audio"] && !values.audio)) {
    throw usageError("usage/two-voices");
  }
  if (!dialogue && !media.audio) throw usageError("usage/missing", { option: "--audio" });
  const outputPath = values.out ?? defaults.out ?? defaultOutput(media.image ?? media.video ?? "video");
  const extension = extname(outputPath).toLowerCase();
  if (values.out === "" || !["", ".mp4", ".m4v", ".webm"].includes(extension)) {
    throw usageError("usage/out", { given: outputPath });
  }
  if (values["model-manifest"] !== undefined && values.model === undefined) {
    throw usageError("usage/manifest-alone");
  }
  const model: JobModel = media.video ? "lipsync-video" : dialogue ? "lipsync-image-multi" : "lipsync-image";
  const file = (path: string | undefined) => (path === undefined ? undefined : { path });
  const asked = {
    model,
    formState: {
      image: file(media.image),
      video: file(media.video),
      audio: file(media.audio),
      leftAudio: file(values["left-audio"]),
      rightAudio: file(values["right-audio"]),
      maskImage: file(values.mask),
      order: values.order,
      resolution: values.resolution,
      prompt: values.prompt,
      seed: number("seed", values.seed),
    },
    format: extension === ".webm" ? "webm" : "mp4",
    fps: number("fps", values.fps),
    maxSeconds: number("max-seconds", values["max-seconds"]),
    backend: values.backend,
    encoder: values.encoder,
    aiMark: values["no-ai-mark"] ? false : undefined,
    hashFrames: values["hash-frames"],
    lipModel:
      values.model === undefined
        ? undefined
        : {
            file: file(values.model),
            manifest: values["model-manifest"],
            acceptLicence: values["accept-model-licence"] ?? false,
          },
  };
  return {
    request: { ...checked(asked), outputPath },
    report: values.report ?? false,
    json: values.json ?? false,
    verbose: values.verbose ?? false,
  };
}

function defaultOutput(picture: string): string {
  const name = picture
    .split(/[\\/]/)
    .at(-1)!
    .replace(/\.[^.]*$/, "");
  return `out/${name || "video"}.mp4`;
}
