import { throwIfCancelled } from "../../job/errors.ts";
import type { CachedFrames } from "../../core/cached-frames.ts";
import type { Resolution } from "../../core/image.ts";
import type { JobResult } from "../../job/job.ts";
import type { JobSpec } from "../../job/job-spec.ts";
import type { AnalysedMouth } from "../../job/analysed-mouth.ts";
import { warning } from "../../job/warnings.ts";
import { discardFrameCache } from "../../media/frame-cache/frame-cache.ts";
import { heldFileName, holdTemporaryFile } from "../../media/temporary-files.ts";
import type { VoiceData } from "../../worker-rpc/media-api.ts";
import { proxy, transfer } from "../../worker-rpc/rpc.ts";
import { buffersOf, type TrackedVideo } from "../../worker-rpc/video-api.ts";
import { startDraft } from "./draft-preview.ts";
import type { JobContext } from "./prepare-job.ts";
import { withFaceReader } from "./serve-faces.ts";
import type { AnalysisInput, JobAnalysis, JobKind, PlannedJob } from "./job-kind.ts";

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

/** What is found out about a video and its new voice. */
interface VideoAnalysis extends JobAnalysis {
  readonly video: TrackedVideo;
  readonly track: AnalysedMouth;
  /** What the video's own sound says; null where nothing is heard. */
  readonly spoken: AnalysedMouth | null;
  readonly durationSeconds: number;
}

/**
 * Finds and follows the faces, and analyses the voice. What is found is stored with the job; the frames are for this run
 * alone.
 */
async function analyseVideo(
  request: VideoRequest,
  { mask, voices, backend }: AnalysisInput,
  resolution: Resolution,
  framesFile: string,
  context: JobContext,
): Promise<{ readonly analysis: VideoAnalysis; readonly frames: CachedFrames | null }> {
  const { workers, signal, meter, checkpointer } = context;
  const [voice] = voices as readonly [VoiceData];
  const { durationSeconds } = voice;
  meter.report("finding faces", 0);
  // A brought model draws without the person's own frames.
  const ownSound = request.lipModel
    ? Promise.resolve(null)
    : workers.media().decodeOwnSound(request.formState.video, durationSeconds, signal);
  // Asked for below, where it fails with the job.
  ownSound.catch(() => undefined);
  const tracking = await checkpointer.tracking(backend);
  const draft = startDraft(request, voice, { mask, resolution }, context);
  const { frames, ...video } = await withFaceReader(workers, request.backend, signal, (faces, whileThere) =>
    workers.media().trackVideo(
      { file: request.formState.video, resolution, mask, maxSeconds: durationSeconds, framesFile },
      transfer(faces, [faces]),
      whileThere,
      proxy((fraction: number) => meter.report("finding faces", fraction)),
      tracking && tracking.kept,
      tracking && proxy(tracking.keep),
    ),
  ).finally(draft.end);
  meter.report("listening", 0);
  throwIfCancelled(signal);
  const track = await workers.inference(request.backend).mouthOf(
    transfer(voice.pcm, [voice.pcm.buffer]),
    signal,
    proxy((fraction: number) => meter.report("listening", fraction)),
  );
  const own = await ownSound;
  throwIfCancelled(signal);
  const spoken =
    own &&
    (await workers.inference(request.backend).mouthOf(
      transfer(own, [own.buffer]),
      signal,
      proxy(() => undefined),
    ));
  const warnings = [...voice.warnings, ...video.warnings, ...track.warnings];
  return { analysis: { backend, video, track, spoken, durationSeconds, warnings }, frames };
}

/** What is rendered of an analysed video. */
function planVideo(
  { formState }: VideoRequest,
  { video, track, spoken, durationSeconds }: VideoAnalysis,
  frames: CachedFrames | null,
  resolution: Resolution,
): PlannedJob {
  const { width, height, fps, enlargementRefused } = video;
  const size = `${video.sourceWidth}×${video.sourceHeight}`;
  return {
    source: { kind: "video", file: formState.video, video, frames, voice: track, spoken },
    sounds: [{ file: formState.audio, startSeconds: 0 }],
    durationSeconds,
    warnings: enlargementRefused ? [warning("video/not-enlarged", { size, resolution })] : [],
    report: { width, height, fps, faces: boxesOf(video) },
    transferred: buffersOf(video, frames),
  };
}

/** What is looked at, and what frames come of it, in `lipsync-video`. */
export function videoJob(request: VideoRequest, context: JobContext): JobKind<VideoAnalysis> {
  const framesFile = heldFileName();
  let release: (() => void) | undefined;
  let frames: CachedFrames | null = null;
  return {
    voices: [request.formState.audio],
    decodedBefore: 0,
    async open() {
      release = await holdTemporaryFile(framesFile);
      return [];
    },
    async analyse(input, resolution) {
      const found = await analyseVideo(request, input, resolution, framesFile, context);
      ({ frames } = found);
      return found.analysis;
    },
    plan: (analysis, resolution) => planVideo(request, analysis, frames, resolution),
    async close() {
      if (!release) return;
      await discardFrameCache(framesFile);
      release();
    },
  };
}
