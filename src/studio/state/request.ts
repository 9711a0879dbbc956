import type { JobSettings, JobSpec } from "../../job/job-spec.ts";
import { chosenFaceMask } from "../mask/face-mask.ts";
import type { Preferences, StudioState } from "./studio-state.ts";
import { subject } from "./readiness.ts";

/** What the user chose for all jobs. */
export function settingsFor({ backend, aiMark, lipModel }: Preferences): JobSettings<Blob> {
  return {
    aiMark,
    ...(backend ? { backend } : {}),
    ...(lipModel ? { lipModel: { installed: lipModel.id } } : {}),
  };
}

/** The whole request, from what the user chose for this job and for all. */
export async function buildRequest(state: StudioState, preferences: Preferences): Promise<JobSpec<Blob>> {
  const { voices, options, mode } = state;
  const visual = subject(state)!;
  const mask = options.mask ?? (mode === "dialogue" ? null : await chosenFaceMask(visual));
  const typed = options.seed.trim() === "" ? undefined : Number(options.seed);
  const common = {
    resolution: options.resolution,
    ...(mask ? { maskImage: mask } : {}),
    ...(options.prompt.trim() ? { prompt: options.prompt } : {}),
    ...(typed === undefined ? {} : { seed: typed }),
  };
  const settings = settingsFor(preferences);
  const audio = voices[0]!.file;
  switch (mode) {
    case "photo":
      return { model: "lipsync-image", formState: { image: visual.file, audio, ...common }, ...settings };
    case "video":
      return { model: "lipsync-video", formState: { video: visual.file, audio, ...common }, ...settings };
    case "dialogue":
      return {
        model: "lipsync-image-multi",
        formState: {
          image: visual.file,
          leftAudio: audio,
          rightAudio: voices[1]!.file,
          order: options.order,
          ...common,
        },
        ...settings,
      };
  }
}
