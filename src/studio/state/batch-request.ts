import { columnOf, type BatchFault } from "../../job/batch-table.ts";
import { mapMedia, mediaOf, type JobSpec } from "../../job/job-spec.ts";
import { chosenFaceMask } from "../mask/face-mask.ts";
import type { Preferences, StudioState } from "./studio-state.ts";
import { seedIsValid, subject } from "./readiness.ts";
import { settingsFor } from "./request.ts";
import { fileKind } from "./file-kind.ts";

/** What the panel says for rows that say nothing, as a row of the stage's own picture has it. */
async function defaultsFor(state: StudioState, visual: Blob, dialogue: boolean) {
  const { resolution, prompt, seed, mask } = state.options;
  const shown = subject(state);
  const ownMask = shown?.file === visual ? (mask ?? (dialogue ? null : await chosenFaceMask(shown))) : null;
  return {
    resolution,
    ...(prompt.trim() ? { prompt } : {}),
    ...(seed.trim() && seedIsValid(seed) ? { seed: Number(seed) } : {}),
    ...(ownMask ? { maskImage: ownMask } : {}),
  };
}

/** A voice on a picture or a video, with the panel's options. */
export async function voiceSpec(
  visual: File,
  voice: File,
  state: StudioState,
  preferences: Preferences,
): Promise<JobSpec<Blob>> {
  const common = await defaultsFor(state, visual, false);
  const settings = settingsFor(preferences);
  return fileKind(visual) === "video"
    ? { model: "lipsync-video", formState: { video: visual, audio: voice, ...common }, ...settings }
    : { model: "lipsync-image", formState: { image: visual, audio: voice, ...common }, ...settings };
}

/**
 * A row of a table with its files, and with the panel's options where it says nothing.
 * @param files by their names in lower case.
 */
export async function batchSpec(
  named: JobSpec<string>,
  files: ReadonlyMap<string, File>,
  state: StudioState,
  preferences: Preferences,
): Promise<{ readonly spec: JobSpec<Blob> | null; readonly faults: readonly BatchFault[] }> {
  const fileOf = (path: string) => files.get((path.split(/[/\\]/).at(-1) ?? "").toLowerCase());
  const media = mediaOf(named);
  const faults = [...media]
    .filter(([, name]) => !fileOf(name))
    .map(([field, value]): BatchFault => ({ kind: "file", column: columnOf(field), value }));
  if (faults.length > 0) return { spec: null, faults };
  const found = mapMedia(named, (name): Blob => fileOf(name)!);
  const visual = fileOf(media.get("image") ?? media.get("video") ?? "")!;
  const defaults = await defaultsFor(state, visual, found.model === "lipsync-image-multi");
  const spec = { ...settingsFor(preferences), ...found, formState: { ...defaults, ...found.formState } };
  return { spec: spec as JobSpec<Blob>, faults: [] };
}
