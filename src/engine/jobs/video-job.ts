import { throwIfCancelled, toEngineError } from "../../job/errors.ts";
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
import type { Workers } from "../workers/workers.ts";
import type { JobContext } from "./prepare-job.ts";
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
 * Lets the inference worker find faces for another one.
 * @param work is given the port to it, and a signal that is aborted, too, when the inference worker is gone.
 * @throws EngineError that of `work`, or what ended the inference worker.
 */
async function withFaceReader<T>(
  workers: Workers,
  backend: VideoRequest["backend"],
  signal: AbortSignal,
  work: (faces: MessagePort, whileThere: AbortSignal) => Promise<T>,
): Promise<T> {
  const { port1, port2 } = new MessageChannel();
  const there = new AbortController();
  const stop = () => there.abort();
  signal.addEventListener("abort", stop, { once: true });
  if (signal.aborted) stop();
  try {
    const gone = new Promise<never>((_resolve, reject) => {
      workers
        .inference(backend)
        .serveFaces(transfer(port1, [port1]))
        .catch((error: unknown) => {
          stop();
          reject(toEngineError(error));
        });
    });
    return await Promise.race([gone, work(port2, there.signal)]);
  } finally {
    signal.removeEventListener("abort", stop);
  }
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
  { workers, signal, meter, checkpointer }: JobContext,
): Promise<{ readonly analysis: VideoAnalysis; readonly frames: CachedFrames | null }> {
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
  const { frames, ...video } = await withFaceReader(workers, request.backend, signal, (faces, whileThere) =>
    workers.media().trackVideo(
      { file: request.formState.video, resolution, mask, maxSeconds: durationSeconds, framesFile },
      transfer(faces, [faces]),
      whileThere,
      proxy((fraction: number) => meter.report("finding faces", fraction)),
      tracking && tracking.kept,
      tracking && proxy(tracking.keep),
    ),
  );
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
