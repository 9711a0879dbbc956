import { UsageError } from "../headless/exit-codes.ts";
import { extname } from "node:path";
import { parseArgs } from "node:util";
import { checkJobSpec } from "../job/check-job.ts";
import { EngineError } from "../job/errors.ts";
import type { JobSpec } from "../job/job-spec.ts";
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
  --report              also write a page about the result: where it is doubtful,
                        how to make it again (NAME.report.html and .json)
  --json                print one JSON object instead of sentences
  --verbose             also print what the engine logs
  --help

Exit codes: 0 done, 1 internal error, 2 wrong usage, 3 bad input, 4 device, codec or model, 130 cancelled.`;

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
    throw new UsageError(`--${name} must be a number, not "${value}".`);
  }
  return parsed;
}

/** The option that a field of the request comes from. */
function optionOf(field: string): string {
  if (field === "maskImage") return "mask";
  return field.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

/**
 * The request, checked as at every door.
 * @throws UsageError, with the option in the place of the field.
 */
function checked(asked: object): JobSpec<{ readonly path: string }> {
  try {
    return checkJobSpec(asked);
  } catch (error) {
    if (!(error instanceof EngineError)) throw error;
    const { field = "" } = error.details;
    throw new UsageError(error.message.replace(field, `--${optionOf(field)}`));
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
        report: { type: "boolean" },
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
  if (values.help) return undefined;
  const dialogue = values["left-audio"] !== undefined || values["right-audio"] !== undefined;
  const media = {
    ...values,
    image: values.image ?? (values.video === undefined ? defaults.image : undefined),
    audio: values.audio ?? (dialogue ? undefined : defaults.audio),
  };
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
  const outputPath = values.out ?? defaults.out ?? defaultOutput(media.image ?? media.video ?? "video");
  const extension = extname(outputPath).toLowerCase();
  if (values.out === "" || !["", ".mp4", ".m4v", ".webm"].includes(extension)) {
    throw new UsageError(`--out must name an .mp4 or .webm file, not "${outputPath}".`);
  }
  if (values["model-manifest"] !== undefined && values.model === undefined) {
    throw new UsageError("--model-manifest describes a --model, which is missing.");
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
