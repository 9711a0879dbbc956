import type { DrawnScene } from "../../../worker-rpc/scene.ts";
import { openPictureSource, sizePicture, type PictureSource, type SizedPicture } from "./picture-source.ts";
import { openTrackedVideoSource, type TrackedVideoSource } from "./tracked-video-source.ts";

/** The sources that there are, told apart by `kind`. */
export type OpenSource = PictureSource | TrackedVideoSource;

/**
 * Opens what a scene's frames come from; the caller disposes of it.
 * @param sized the scene's picture, where it has been brought to the output's size before.
 * @throws EngineError `input/video…`, `codec/missing`.
 */
export async function openSource(
  { source, output }: DrawnScene,
  signal: AbortSignal,
  sized?: SizedPicture,
): Promise<OpenSource> {
  switch (source.kind) {
    case "picture":
      return openPictureSource(sized ?? sizePicture(source), source.fps, output.durationSeconds);
    case "video":
      return openTrackedVideoSource(source, output.durationSeconds, signal);
  }
}
