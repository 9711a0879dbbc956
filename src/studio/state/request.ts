import type { JobSpec } from "../../job/job-spec.ts";
import { chosenFaceMask } from "../mask/face-mask.ts";
import type { StudioState } from "./model.ts";
import { subject } from "./readiness.ts";

/** What the engine is asked for, from what the user chose; `seed` overrides the typed one. */
export async function buildRequest(state: StudioState, seed?: number): Promise<JobSpec<Blob>> {
  const { voices, options, mode } = state;
  const visual = subject(state)!;
  const mask = options.mask ?? (mode === "dialogue" ? null : await chosenFaceMask(visual));
  const typed = options.seed.trim() === "" ? undefined : Number(options.seed);
  const chosenSeed = seed ?? typed;
  const common = {
    resolution: options.resolution,
    ...(mask ? { maskImage: mask } : {}),
    ...(options.prompt.trim() ? { prompt: options.prompt } : {}),
    ...(chosenSeed === undefined ? {} : { seed: chosenSeed }),
  };
  const audio = voices[0]!.file;
  switch (mode) {
    case "photo":
      return { model: "lipsync-image", formState: { image: visual.file, audio, ...common } };
    case "video":
      return { model: "lipsync-video", formState: { video: visual.file, audio, ...common } };
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
      };
  }
}
