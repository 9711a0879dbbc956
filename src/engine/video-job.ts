import { throwIfCancelled } from "../job/errors.ts";
import type { Resolution, RgbaImage } from "../core/image.ts";
import type { Backend, JobResult } from "../job/job.ts";
import { JOB_DEFAULTS, type JobSpec } from "../job/job-spec.ts";
import type { HeardMouth } from "../job/heard-mouth.ts";
import { warning, type Warning } from "../job/warnings.ts";
import type { VoiceData } from "../worker-rpc/media-api.ts";
import { callback, handOver } from "../worker-rpc/rpc.ts";
import type { Scene } from "../worker-rpc/scene.ts";
import { buffersOf, type TrackedVideo } from "../worker-rpc/video-api.ts";
import { decodeMask, followRendering, startJob, type JobContext } from "./job-start.ts";

type VideoRequest = Extract<JobSpec<Blob>, { model: "lipsync-video" }>;

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

/** What is found out about a video and its new voice; kept with the job. */
interface VideoAnalysis {
  readonly backend: Backend;
  readonly video: TrackedVideo;
  readonly track: HeardMouth;
  readonly durationSeconds: number;
  readonly warnings: readonly Warning[];
}

function decodeVoice(request: VideoRequest, { workers, signal, meter }: JobContext): Promise<VoiceData> {
  return workers.media().decodeVoice(
    request.formState.audio,
    request.maxSeconds ?? JOB_DEFAULTS.maxSeconds,
    signal,
    callback((fraction: number) => meter.report("decoding", fraction)),
  );
}

/** Finds and follows the faces, and listens to the voice, whose samples are taken away. */
async function analyseVideo(
  request: VideoRequest,
  { mask, voice, resolution }: { mask: RgbaImage | null; voice: VoiceData; resolution: Resolution },
  backend: Backend,
  { workers, signal, meter, keeper }: JobContext,
): Promise<VideoAnalysis> {
  const { durationSeconds } = voice;
  meter.report("finding faces", 0);
  const tracking = await keeper.tracking(backend);
  const video = await workers.inference(request.backend).trackVideo(
    { file: request.formState.video, resolution, mask, maxSeconds: durationSeconds },
    signal,
    callback((fraction: number) => meter.report("finding faces", fraction)),
    tracking && tracking.kept,
    tracking && callback(tracking.keep),
  );
  meter.report("listening", 0);
  throwIfCancelled(signal);
  const track = await workers.inference(request.backend).listen(
    handOver(voice.pcm, [voice.pcm.buffer]),
    signal,
    callback((fraction: number) => meter.report("listening", fraction)),
  );
  const { warnings: networks } = await workers.startInference(request.backend);
  const warnings = [...voice.warnings, ...video.warnings, ...track.warnings, ...networks];
  return { backend, video, track, durationSeconds, warnings };
}

/**
 * Runs `lipsync-video`: decode the voice, find and follow the faces, listen, render, encode.
 * @throws EngineError; see {@link JobSpec}.
 */
export async function runVideoJob(request: VideoRequest, context: JobContext): Promise<JobResult> {
  const { workers, signal, meter, seed, listeners, keeper } = context;
  const { formState } = request;
  let analysis = (await keeper.analysis()) as VideoAnalysis | undefined;
  const { style, warnings, starting, lipModel, resolution, maxSeconds } = await startJob(
    request,
    context,
    analysis !== undefined,
  );

  meter.report("decoding", 0);
  const mask = await decodeMask(formState.maskImage, workers);
  // A user's own model paints: what it painted on another backend would not go with this one's.
  if (analysis && starting && (await starting).backend !== analysis.backend) analysis = undefined;
  const voice = analysis && !lipModel ? undefined : await decodeVoice(request, context);
  const backend = analysis ? analysis.backend : (await starting!).backend;
  throwIfCancelled(signal);
  // Before the speech model takes the samples away.
  const lipScene = voice && (await lipModel?.hear([voice.pcm]));
  if (!analysis) {
    analysis = await analyseVideo(request, { mask, voice: voice!, resolution }, backend, context);
    await keeper.keepAnalysis(analysis);
  }
  const { video, track, durationSeconds } = analysis;
  warnings.push(...analysis.warnings);
  if (video.enlargementRefused) {
    const size = `${video.sourceWidth}×${video.sourceHeight}`;
    warnings.push(warning("video/not-enlarged", { size, resolution }));
  }
  const faces = boxesOf(video);

  meter.report("rendering", 0);
  const scene: Scene = {
    source: { kind: "video", file: formState.video, video, voice: track },
    animator: lipScene ? { kind: "lip-model", ...lipScene } : { kind: "own-lips" },
    mask,
    style,
    output: {
      sounds: [{ file: formState.audio, startSeconds: 0 }],
      durationSeconds,
      maxSeconds,
      format: request.format ?? JOB_DEFAULTS.format,
      encoder: request.encoder ?? null,
      hashFrames: request.hashFrames ?? JOB_DEFAULTS.hashFrames,
      aiMark: request.aiMark ?? JOB_DEFAULTS.aiMark,
      segments: keeper.segments(),
    },
  };
  const onProgress = followRendering(context);
  const onPreview = listeners.onPreview ? callback(listeners.onPreview) : null;
  const sent = handOver(scene, buffersOf(video));
  const paint = lipModel?.paint ?? null;
  const movie = await workers.render().render(sent, paint, signal, onProgress, onPreview);
  warnings.push(...movie.warnings, ...((await lipModel?.notes()) ?? []));
  if (movie.facelessRanges.length > 0) {
    const count = movie.facelessRanges.reduce((sum, [first, last]) => sum + last - first + 1, 0);
    warnings.push(warning("video/faceless", { frames: count, total: movie.frames }));
  }
  meter.report("done", 1);
  return {
    output: movie.output,
    seed,
    warnings: warnings.all(),
    timings: meter.timings(),
    report: {
      width: video.width,
      height: video.height,
      fps: video.fps,
      frames: movie.frames,
      durationSeconds,
      backend,
      encoder: movie.encoder,
      faces,
      facelessRanges: movie.facelessRanges,
      mouthWidthPx: movie.mouthWidthPx,
      aiMark: request.aiMark ?? JOB_DEFAULTS.aiMark,
      ...(lipModel ? { lipModel: lipModel.id } : {}),
      ...(movie.framesSha256 ? { framesSha256: movie.framesSha256 } : {}),
    },
  };
}
