import { openVideo, type VideoSource } from "../../../media/demux/open-video.ts";
import type { VideoScene } from "../../../worker-rpc/scene.ts";
import { picturesInOrder } from "../../plan/video-frames.ts";
import { planTimeline, type Timeline } from "../../plan/video-timeline.ts";
import { chooseBitrates } from "../../rate-control/video-rate.ts";
import type { FrameSource } from "../frame-source.ts";

/** A tracked video, opened for its second reading, as a source of frames. */
export interface TrackedVideoSource extends FrameSource {
  readonly kind: "video";
  readonly video: VideoSource;
  /** Which frame of the video each frame of the output shows. */
  readonly timeline: Timeline;
}

/**
 * Opens a scene's video, fitted to the output's length.
 * Holds, while it is played backward, 64 MiB of frames.
 * @throws EngineError `input/video…`, `codec/missing`.
 */
export async function openTrackedVideoSource(
  { file, video: facts }: VideoScene,
  durationSeconds: number,
  signal: AbortSignal,
): Promise<TrackedVideoSource> {
  const { width, height, fps, starts, endSeconds, decoder } = facts;
  const timeline = planTimeline(starts, endSeconds, durationSeconds, fps);
  const video = await openVideo(file, { signal, ...(decoder === "ffmpeg" ? { decoder } : {}) });
  return {
    kind: "video",
    width,
    height,
    frames: timeline.frames.length,
    fps,
    ...(video.colour ? { colour: video.colour } : {}),
    video,
    timeline,
    secondsAt: (frame) => timeline.starts[frame]!,
    pictures: (first, end) =>
      picturesInOrder(video, timeline.frames.subarray(first, end), { starts, width, height, signal }),
    release: () => undefined,
    chooseBitrates: (format, stop) => chooseBitrates({ video, facts, timeline, format, signal: stop }),
    dispose: () => video.dispose(),
  };
}
