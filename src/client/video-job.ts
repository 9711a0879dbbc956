import { throwIfCancelled } from "../core/errors.ts";
import type { JobResult } from "../core/job.ts";
import { warning } from "../core/warnings.ts";
import type { RenderProgress } from "../protocol/render-api.ts";
import { callback, handOver } from "../protocol/rpc.ts";
import { buffersOf, type TrackedVideo } from "../protocol/video-api.ts";
import type { EngineRequest } from "./engine.ts";
import { decodeMask, startJob, type JobContext } from "./job-start.ts";

type VideoRequest = Extract<EngineRequest, { model: "lipsync-video" }>;

function boxesOf(video: TrackedVideo): JobResult["report"]["faces"] {
  const scale = video.width / video.tracks.width;
  const scaled = (animated: boolean) => (face: TrackedVideo["animated"][number]) => ({
    x: face.box.x * scale,
    y: face.box.y * scale,
    width: face.box.width * scale,
    height: face.box.height * scale,
    animated,
  });
  return [...video.animated.map(scaled(true)), ...video.others.map(scaled(false))];
}

/**
 * Runs `lipsync-video`: decode the voice, find and follow the faces, listen, render, encode.
 * @throws EngineError; see {@link EngineRequest}.
 */
export async function runVideoJob(request: VideoRequest, context: JobContext): Promise<JobResult> {
  const { workers, signal, meter, seed, listeners } = context;
  const { formState } = request;
  const { style, warnings, starting, lipModel, resolution, maxSeconds } = await startJob(request, context);

  meter.report("decoding", 0);
  const mask = await decodeMask(formState.mask_image, workers);
  const voice = await workers.media().decodeVoice(
    formState.audio,
    maxSeconds,
    signal,
    callback((fraction: number) => meter.report("decoding", fraction)),
  );
  warnings.push(...voice.warnings);

  const report = await starting;
  throwIfCancelled(signal);
  // Before the speech model takes the samples away.
  const lipScene = await lipModel?.hear([voice.pcm]);

  meter.report("finding faces", 0);
  const video = await workers.inference().trackVideo(
    { file: formState.video, resolution, mask, maxSeconds: voice.durationSeconds },
    signal,
    callback((fraction: number) => meter.report("finding faces", fraction)),
  );
  warnings.push(...video.warnings);
  if (video.enlargementRefused) {
    const size = `${video.sourceWidth}×${video.sourceHeight}`;
    warnings.push(warning("video/not-enlarged", { size, resolution }));
  }
  const faces = boxesOf(video);

  meter.report("listening", 0);
  throwIfCancelled(signal);
  const track = await workers.inference().listen(
    handOver(voice.pcm, [voice.pcm.buffer]),
    signal,
    callback((fraction: number) => meter.report("listening", fraction)),
  );
  warnings.push(...track.warnings);

  meter.report("rendering", 0);
  const scene = {
    file: formState.video,
    video,
    mask,
    voice: track,
    sound: formState.audio,
    durationSeconds: voice.durationSeconds,
    maxSeconds,
    expressiveness: style.expressiveness,
    format: request.format ?? ("mp4" as const),
    encoder: request.encoder ?? null,
    hashFrames: request.hashFrames ?? false,
  };
  const onProgress = callback(({ stage, framesDone, frames }: RenderProgress) =>
    meter.report(stage, stage === "rendering" ? framesDone / frames : 0),
  );
  const onPreview = listeners.onPreview ? callback(listeners.onPreview) : null;
  const sent = handOver(scene, buffersOf(video));
  const render = workers.render();
  const movie =
    lipModel && lipScene
      ? await render.renderVideoWithModel(sent, lipScene, lipModel.paint, signal, onProgress, onPreview)
      : await render.renderVideo(sent, signal, onProgress, onPreview);
  warnings.push(...movie.warnings);
  if (movie.facelessRanges.length > 0) {
    const count = movie.facelessRanges.reduce((sum, [first, last]) => sum + last - first + 1, 0);
    warnings.push(warning("video/faceless", { frames: count, total: movie.frames }));
  }
  meter.report("done", 1);
  return {
    output: movie.output,
    seed,
    warnings: [...new Set(warnings)],
    timings: meter.timings(),
    report: {
      width: video.width,
      height: video.height,
      fps: video.fps,
      frames: movie.frames,
      durationSeconds: voice.durationSeconds,
      backend: report.backend,
      encoder: movie.encoder,
      faces,
      facelessRanges: movie.facelessRanges,
      mouthWidthPx: movie.mouthWidthPx,
      ...(lipModel ? { lipModel: lipModel.id } : {}),
      ...(movie.framesSha256 ? { framesSha256: movie.framesSha256 } : {}),
    },
  };
}
