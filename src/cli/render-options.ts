import { UsageError } from "../headless/usage.ts";
import { extname } from "node:path";
import { parseArgs } from "node:util";
import type { JobModel } from "../job/job.ts";
import type { HostRequest } from "../headless/engine-host.ts";

/** Help of `dudak render`. */
export const RENDER_HELP = `Usage: dudak render --image FILE --audio FILE [options]
       dudak render --image FILE --left-audio FILE --right-audio FILE [options]
       dudak render --video FILE --audio FILE [options]

Makes a picture speak, or gives a video a new voice. Everything happens on this machine.

  --image FILE          picture with a face (PNG, JPEG, WebP, …)
  --video FILE          video with a face (MP4, MOV, WebM, MKV, AVI, …)
  --audio FILE          voice (WAV, MP3, M4A, OGG, FLAC, …)
  --left-audio FILE     voices of a picture of two people
  --right-audio FILE
  --order ORDER         meanwhile (default), left_right or right_left
  --out FILE            result; .mp4 (default) or .webm        [out/<name>.mp4]
  --resolution SIZE     480p (default), 720p or source
  --prompt TEXT         style, for instance "calm, slight smile, still head"
  --mask FILE           picture: white may change, black must stay
  --seed N              same inputs and seed, same frames
  --fps N               frames per second of a picture; a video keeps its own  [25]
  --model FILE          a lip-sync model of your own (.onnx, Wav2Lip family)
  --model-manifest X    its manifest: a .json file, or the id of one that
                        comes with the engine                  [proposed from the file]
  --accept-model-licence  accept the licence shown for the model
  --backend NAME        webgpu or wasm                         [what the machine has]
  --encoder NAME        webcodecs or ffmpeg                    [what the browser has]
  --max-seconds N       longest accepted voice                 [600]
  --no-ai-mark          do not say in the file's metadata that it is AI-made
  --hash-frames         report a SHA-256 over the frames
  --json                print one JSON object instead of sentences
  --verbose             also print what the engine logs
  --help

Exit codes: 0 done, 1 internal error, 2 wrong usage, 3 bad input, 4 device, codec or model, 130 cancelled.`;

/** What the user asked for on the command line. */
export interface RenderOptions {
  readonly request: HostRequest;
  readonly json: boolean;
  readonly verbose: boolean;
  readonly help: boolean;
}

const MEDIA_FIELDS = {
  image: "image",
  video: "video",
  audio: "audio",
  "left-audio": "left_audio",
  "right-audio": "right_audio",
  mask: "mask_image",
} as const;

function oneOf<T extends string>(
  name: string,
  value: string | undefined,
  allowed: readonly T[],
): T | undefined {
  if (value === undefined) return undefined;
  if (!(allowed as readonly string[]).includes(value)) {
    throw new UsageError(`--${name} must be ${allowed.join(" or ")}, not "${value}".`);
  }
  return value as T;
}

function number(name: string, value: string | undefined, integer: boolean): number | undefined {
  if (value === undefined) return undefined;
  const parsed = Number(value);
  if (value.trim() === "" || !Number.isFinite(parsed) || (integer && !Number.isSafeInteger(parsed))) {
    throw new UsageError(`--${name} must be ${integer ? "an integer" : "a number"}, not "${value}".`);
  }
  return parsed;
}

/**
 * Reads the arguments of `dudak render`.
 * @param defaults media used where the user names none (the demo's sample).
 * @throws UsageError.
 */
export function parseRenderOptions(
  argv: readonly string[],
  defaults: { readonly image?: string; readonly audio?: string; readonly out?: string } = {},
): RenderOptions {
  let values;
  try {
    ({ values } = parseArgs({
      args: [...argv],
      options: {
        image: { type: "string" },
        video: { type: "string" },
        audio: { type: "string" },
        "left-audio": { type: "string" },
        "right-audio": { type: "string" },
        order: { type: "string" },
        out: { type: "string", short: "o" },
        resolution: { type: "string" },
        prompt: { type: "string" },
        mask: { type: "string" },
        seed: { type: "string" },
        fps: { type: "string" },
        backend: { type: "string" },
        encoder: { type: "string" },
        "max-seconds": { type: "string" },
        model: { type: "string" },
        "model-manifest": { type: "string" },
        "accept-model-licence": { type: "boolean" },
        "no-ai-mark": { type: "boolean" },
        "hash-frames": { type: "boolean" },
        json: { type: "boolean" },
        verbose: { type: "boolean" },
        help: { type: "boolean", short: "h" },
      },
    }));
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new UsageError(
      code === "ERR_PARSE_ARGS_UNEXPECTED_POSITIONAL"
        ? `${/'.*?'/.exec(message)?.[0] ?? "A word"} stands alone: name files by options, as in --image me.jpg. npm needs -- before them: npm run demo -- --image me.jpg.`
        : message,
    );
  }
  const dialogue = values["left-audio"] !== undefined || values["right-audio"] !== undefined;
  const media = {
    ...values,
    image: values.image ?? (values.video === undefined ? defaults.image : undefined),
    audio: values.audio ?? (dialogue ? undefined : defaults.audio),
  };
  if (!values.help) {
    if (values.image !== undefined && values.video !== undefined) {
      throw new UsageError("--image and --video exclude each other.");
    }
    if (!media.image && !media.video) throw new UsageError("--image or --video is missing.");
    if (dialogue && media.video) throw new UsageError("A video takes one voice: --audio.");
    if (values.fps !== undefined && media.video) {
      throw new UsageError("--fps does not go with --video, which keeps its own frames.");
    }
    if (dialogue && !(values["left-audio"] && values["right-audio"] && !values.audio)) {
      throw new UsageError("A dialogue needs --left-audio and --right-audio, and no --audio.");
    }
    if (!dialogue && !media.audio) throw new UsageError("--audio is missing.");
  }
  const outputPath = values.out ?? defaults.out ?? defaultOutput(media.image ?? media.video ?? "movie");
  const extension = extname(outputPath).toLowerCase();
  if (values.out === "" || !["", ".mp4", ".m4v", ".webm"].includes(extension)) {
    throw new UsageError(`--out must name an .mp4 or .webm file, not "${outputPath}".`);
  }
  const format = extension === ".webm" ? "webm" : "mp4";
  const formState: Record<string, string | number | { path: string }> = {};
  for (const [option, field] of Object.entries(MEDIA_FIELDS)) {
    const path = media[option as keyof typeof MEDIA_FIELDS];
    if (path !== undefined) formState[field] = { path };
  }
  const plain = {
    order: oneOf("order", values.order, ["meanwhile", "left_right", "right_left"]),
    resolution: oneOf("resolution", values.resolution, ["480p", "720p", "source"]),
    prompt: values.prompt,
    seed: number("seed", values.seed, true),
  };
  for (const [field, value] of Object.entries(plain)) if (value !== undefined) formState[field] = value;
  const fps = number("fps", values.fps, false);
  if (fps !== undefined && (fps < 1 || fps > 60)) throw new UsageError("--fps must lie between 1 and 60.");
  const maxSeconds = number("max-seconds", values["max-seconds"], false);
  const backend = oneOf("backend", values.backend, ["webgpu", "wasm"]);
  const encoder = oneOf("encoder", values.encoder, ["webcodecs", "ffmpeg"]);
  if (values["model-manifest"] !== undefined && values.model === undefined) {
    throw new UsageError("--model-manifest describes a --model, which is missing.");
  }
  const model: JobModel = media.video ? "lipsync-video" : dialogue ? "lipsync-image-multi" : "lipsync-image";
  return {
    request: {
      model,
      formState,
      outputPath,
      ...(values.model === undefined
        ? {}
        : {
            lipModel: {
              path: values.model,
              ...(values["model-manifest"] === undefined ? {} : { manifest: values["model-manifest"] }),
              acceptLicence: values["accept-model-licence"] ?? false,
            },
          }),
      options: {
        format,
        ...(fps === undefined ? {} : { fps }),
        ...(maxSeconds === undefined ? {} : { maxSeconds }),
        ...(backend ? { backend } : {}),
        ...(encoder ? { encoder } : {}),
        ...(values["no-ai-mark"] ? { aiMark: false } : {}),
        ...(values["hash-frames"] ? { hashFrames: true } : {}),
      },
    },
    json: values.json ?? false,
    verbose: values.verbose ?? false,
    help: values.help ?? false,
  };
}

function defaultOutput(picture: string): string {
  const name = picture
    .split(/[\\/]/)
    .at(-1)!
    .replace(/\.[^.]*$/, "");
  return `out/${name || "movie"}.mp4`;
}
