import { COMMON_OPTIONS, rowsOf, type HelpPage, type OptionTable } from "../headless/words/help-page.ts";
import { sentence } from "../headless/words/words.ts";
import { JOB_DEFAULTS } from "../job/job-spec.ts";

/** The options of `dudak render`. */
export const RENDER_OPTIONS = {
  image: { type: "string", value: "{FILE}", text: sentence("render:image") },
  video: { type: "string", value: "{FILE}", text: sentence("render:video") },
  audio: { type: "string", value: "{FILE}", text: sentence("render:audio") },
  "left-audio": { type: "string", value: "{FILE}", text: sentence("render:leftAudio") },
  "right-audio": { type: "string", value: "{FILE}", text: sentence("render:rightAudio") },
  order: {
    type: "string",
    value: "{ORDER}",
    text: sentence("render:order"),
    initial: JOB_DEFAULTS.order,
  },
  out: {
    type: "string",
    short: "o",
    value: "{FILE}",
    text: sentence("render:out"),
    initial: "out/{NAME}.mp4",
  },
  resolution: {
    type: "string",
    value: "{SIZE}",
    text: sentence("render:resolution"),
    initial: JOB_DEFAULTS.resolution,
  },
  prompt: { type: "string", value: "{TEXT}", text: sentence("render:prompt") },
  mask: { type: "string", value: "{FILE}", text: sentence("render:mask") },
  seed: {
    type: "string",
    value: "N",
    text: sentence("render:seed"),
    initial: sentence("help:random"),
  },
  fps: { type: "string", value: "N", text: sentence("render:fps"), initial: String(JOB_DEFAULTS.fps) },
  model: { type: "string", value: "{FILE}", text: sentence("render:model") },
  "model-manifest": {
    type: "string",
    value: "{NAME}",
    text: sentence("render:manifest"),
    initial: sentence("render:fromFile"),
  },
  "accept-model-licence": { type: "boolean", text: sentence("render:acceptLicence") },
  backend: {
    type: "string",
    value: "{NAME}",
    text: sentence("help:either", { first: "webgpu", second: "wasm" }),
    initial: sentence("help:machineHas"),
  },
  encoder: {
    type: "string",
    value: "{NAME}",
    text: sentence("help:either", { first: "webcodecs", second: "ffmpeg" }),
    initial: sentence("help:browserHas"),
  },
  "max-seconds": {
    type: "string",
    value: "N",
    text: sentence("render:maxSeconds"),
    initial: String(JOB_DEFAULTS.maxSeconds),
  },
  "no-ai-mark": { type: "boolean", text: sentence("render:noAiMark") },
  "hash-frames": { type: "boolean", text: sentence("render:hashFrames") },
  report: { type: "boolean", text: sentence("render:report", { NAME: "NAME" }) },
  json: { type: "boolean", text: sentence("help:jsonObject") },
  verbose: { type: "boolean", text: sentence("help:engineLog") },
  ...COMMON_OPTIONS,
} as const satisfies OptionTable;

const ENDS = [{ rows: rowsOf(RENDER_OPTIONS) }, sentence("help:exitCodes")] as const;

/** Help of `dudak render`. */
export const RENDER_HELP: HelpPage = {
  usage: [
    "render --image {FILE} --audio {FILE} [{OPTIONS}]",
    "render --image {FILE} --left-audio {FILE} --right-audio {FILE} [{OPTIONS}]",
    "render --video {FILE} --audio {FILE} [{OPTIONS}]",
  ],
  parts: [sentence("render:about"), ...ENDS],
};

/** Help of `dudak demo`. */
export const DEMO_HELP: HelpPage = {
  usage: ["demo [{OPTIONS}]"],
  parts: [sentence("demo:about"), ...ENDS],
};
