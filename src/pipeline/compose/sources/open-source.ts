import type { DrawnScene } from "../../../worker-rpc/scene.ts";
import { openPictureSource, type PictureSource } from "./picture-source.ts";
import { openTrackedVideoSource, type TrackedVideoSource } from "./tracked-video-source.ts";

/** The sources that there are, told apart by `kind`. */
export type OpenSource = PictureSource | TrackedVideoSource;

/**
 * Opens what a scene's frames come from; the caller disposes of it.
 * @throws EngineError `input/video…`, `codec/missing`.
 */
export async function openSource({ source, output }: DrawnScene, signal: AbortSignal): Promise<OpenSource> {
  switch (source.kind) {
    case "picture":
      return openPictureSource(source, output.durationSeconds);
    case "video":
      return openTrackedVideoSource(source, output.durationSeconds, signal);
  }
}
