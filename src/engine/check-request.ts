import { EngineError, type ErrorDetails } from "../job/errors.ts";
import type { JobModel } from "../job/job.ts";

const REQUIRED: Readonly<Record<JobModel | "live", readonly string[]>> = {
  live: ["image"],
  "lipsync-image": ["image", "audio"],
  "lipsync-image-multi": ["image", "left_audio", "right_audio"],
  "lipsync-video": ["video", "audio"],
};

const CHOICES: Readonly<Record<string, readonly string[]>> = {
  resolution: ["480p", "720p", "source"],
  order: ["meanwhile", "left_right", "right_left"],
  format: ["mp4", "webm"],
  backend: ["webgpu", "wasm"],
  encoder: ["webcodecs", "ffmpeg"],
};

/** Least and largest value. */
const RANGES: Readonly<Record<string, readonly [number, number]>> = {
  fps: [1, 60],
  maxSeconds: [0, Infinity],
};

/**
 * Refuses settings that no type checker has seen: pages in plain JavaScript, attributes of the element.
 * Null and undefined are absent.
 * @param settings the fields of a `formState` beside its media, and the options of a job.
 * @throws EngineError `input/field`, naming the field, its values and the one that was given.
 */
export function checkSettings(settings: object): void {
  for (const [field, value] of Object.entries(settings) as [string, unknown][]) {
    if (value === undefined || value === null) continue;
    const refuse = (what: string, facts: ErrorDetails = {}): never => {
      throw new EngineError("input/field", `${field} must be ${what}, not ${shown(value)}.`, {
        details: { field, value: typeof value === "number" ? value : String(value).slice(0, 60), ...facts },
      });
    };
    const choices = Object.hasOwn(CHOICES, field) ? CHOICES[field] : undefined;
    if (choices && !choices.includes(value as string)) {
      refuse(choices.map((choice) => `"${choice}"`).join(" or "), { allowed: choices });
    }
    const [least, most] = (Object.hasOwn(RANGES, field) && RANGES[field]) || [];
    if (least !== undefined && !(typeof value === "number" && value >= least && value <= most!)) {
      refuse(
        most === Infinity ? "a number of at least 0" : `a number from ${String(least)} to ${String(most)}`,
        { limits: { least, ...(most === Infinity ? {} : { most: most! }) } },
      );
    }
    if (field === "prompt" && typeof value !== "string") refuse("text");
  }
}

/**
 * Refuses a job, or a live portrait, whose media are not all there.
 * @throws EngineError `input/missing`, naming the first that is absent.
 */
export function checkMedia(model: JobModel | "live", formState: object): void {
  const given = formState as Record<string, unknown>;
  const missing = REQUIRED[model].find((field) => given[field] === undefined || given[field] === null);
  if (missing !== undefined) {
    throw new EngineError("input/missing", `${missing} is missing.`, { details: { field: missing } });
  }
}

function shown(value: unknown): string {
  return typeof value === "string" ? `"${value.slice(0, 60)}"` : String(value).slice(0, 60);
}
