import { openVideo } from "../../../media/demux/open-video.ts";
import type { DecodableVideo, VideoSource } from "../../../media/demux/video-source.ts";
import { openFrameCache, type CachedFrameReader } from "../../../media/frame-cache/frame-cache.ts";
import { isPlanar } from "../../../media/planes/picture.ts";
import type { LookedVideo } from "../../../worker-rpc/scene.ts";
import { picturesInOrder } from "../../plan/video-frames.ts";
import { planTimeline, type Timeline } from "../../plan/video-timeline.ts";
import { chooseBitrates } from "../../rate-control/choose-bitrates.ts";
import type { FrameSource } from "../frame-source.ts";

/** A tracked video, opened for its second reading, as a source of frames. */
export interface TrackedVideoSource extends FrameSource {
  readonly kind: "video";
  readonly video: DecodableVideo;
  /** Frames that need not be decoded again. */
  readonly kept: CachedFrameReader | undefined;
  /** Which frame of the video each frame of the output shows. */
  readonly timeline: Timeline;
}

/** Frames whose memory is kept for others. */
const FREE_FRAMES = 4;

/** A video that is opened when something of it must be read, which ffmpeg takes a second for. */
function openWhenNeeded(
  { file, video: { sourceWidth: width, sourceHeight: height, decoder } }: LookedVideo,
  colour: VideoSource["colour"],
  signal: AbortSignal,
): DecodableVideo & Pick<VideoSource, "dispose"> {
  let opening: Promise<VideoSource> | undefined;
  const opened = () =>
    (opening ??= openVideo(file, { signal, ...(decoder === "ffmpeg" ? { decoder } : {}) }));
  return {
    ...{ width, height, decoder, colour },
    async *pictures(options) {
      yield* (await opened()).pictures(options);
    },
    packets: async (packetSignal) => (await opened()).packets(packetSignal),
    dispose: () => void opening?.then((video) => video.dispose()).catch(() => undefined),
  };
}

/**
 * Opens a scene's video, fitted to the output's length.
 * Holds, while it is played backward, 64 MiB of frames.
 * @throws EngineError `input/video…`, `codec/missing`.
 */
export async function openTrackedVideoSource(
  scene: LookedVideo,
  durationSeconds: number,
  signal: AbortSignal,
): Promise<TrackedVideoSource> {
  const { file, video: facts, frames } = scene;
  const { width, height, fps, starts, endSeconds, decoder } = facts;
  const timeline = planTimeline(starts, endSeconds, durationSeconds, fps);
  const kept = frames ? await openFrameCache(frames, signal) : undefined;
  const video =
    frames && kept
      ? openWhenNeeded(scene, frames.colour, signal)
      : await openVideo(file, { signal, ...(decoder === "ffmpeg" ? { decoder } : {}) });
  const free: Uint8Array<ArrayBuffer>[] = [];
  const size = { starts, width, height, kept, free, signal };
  return {
    kind: "video",
    width,
    height,
    frames: timeline.frames.length,
    fps,
    ...(video.colour ? { colour: video.colour } : {}),
    video,
    kept,
    timeline,
    secondsAt: (frame) => timeline.starts[frame]!,
    pictures: (first, end) => picturesInOrder(video, timeline.frames.subarray(first, end), size),
    release(used) {
      if (isPlanar(used) && free.length < FREE_FRAMES) free.push(used.data);
    },
    chooseBitrates: (format, stop) => chooseBitrates({ video, kept, facts, timeline, format, signal: stop }),
    dispose() {
      video.dispose();
      kept?.dispose();
    },
  };
}
