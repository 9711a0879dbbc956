import { EngineError } from "../../job/errors.ts";
import { openAudio } from "../../media/audio/open-audio.ts";
import { openVideo, type VideoSource } from "../../media/demux/open-video.ts";
import type { VideoScene } from "../../worker-rpc/video-api.ts";
import type { FilmOptions } from "../compose/film.ts";
import { chooseBitrates } from "../rate-control/video-rate.ts";
import { planTimeline, rangesOf, type Timeline } from "./video-timeline.ts";

/** A video opened for its second reading, the plan of the output, and what the film is made of. */
export interface Reel {
  readonly video: VideoSource;
  readonly timeline: Timeline;
  readonly film: FilmOptions;
}

/** Opens a scene's video and new sound for `work` and closes them after it. */
export async function withReel<T>(
  scene: VideoScene,
  signal: AbortSignal,
  work: (reel: Reel) => Promise<T>,
): Promise<T> {
  const { width, height, fps, variableRate, starts, endSeconds } = scene.video;
  const { durationSeconds, format, encoder, hashFrames, aiMark, segments } = scene;
  const timeline = planTimeline(starts, endSeconds, durationSeconds, variableRate ? null : fps);
  const video = await openVideo(scene.file, { signal });
  try {
    const sound = await openAudio(scene.sound, { maxSeconds: scene.maxSeconds, signal });
    try {
      const film: FilmOptions = {
        width,
        height,
        fps: variableRate ? { timestamps: Array.from(timeline.starts) } : fps,
        frames: timeline.frames.length,
        sound,
        durationSeconds,
        format,
        ...(video.colour ? { colour: video.colour } : {}),
        encoder,
        ...(encoder === "ffmpeg"
          ? {}
          : {
              chooseBitrates: () => chooseBitrates({ video, facts: scene.video, timeline, format, signal }),
            }),
        hashFrames,
        aiMark,
        segments,
      };
      return await work({ video, timeline, film });
    } finally {
      sound.dispose();
    }
  } finally {
    video.dispose();
  }
}

/**
 * Refuses a video in which no frame shows a usable face.
 * @param strengths of each face, the share of the new mouth by source frame.
 * @throws EngineError `input/face-turned`.
 */
export function checkUsable(strengths: readonly ArrayLike<number>[]): void {
  if (strengths.some((shares) => Array.prototype.some.call(shares, (share: number) => share > 0))) return;
  throw new EngineError(
    "input/face-turned",
    "The face is turned away, covered or at the picture's border in every frame, so its mouth cannot be replaced. Use a video in which it looks toward the camera.",
  );
}

/** Ranges of output frames in which no face is changed. */
export function untouched(timeline: Timeline, strengths: readonly ArrayLike<number>[]): [number, number][] {
  return rangesOf(Array.from(timeline.frames, (place) => strengths.every((shares) => shares[place]! <= 0)));
}
