import { release } from "../../core/browser/release-buffer.ts";
import { throwIfCancelled } from "../../job/errors.ts";
import type { CachedFrames } from "../../core/cached-frames.ts";
import type { Resolution } from "../../core/image.ts";
import type { JobResult } from "../../job/job.ts";
import type { JobSpec } from "../../job/job-spec.ts";
import type { AnalysedMouth } from "../../job/analysed-mouth.ts";
import { warning } from "../../job/warnings.ts";
import { discardFrameCache } from "../../media/frame-cache/frame-cache.ts";
import { heldFileName, holdTemporaryFile } from "../../media/temporary-files.ts";
import type { VoiceData } from "../../worker-rpc/sound-api.ts";
import { proxy, transfer } from "../../worker-rpc/rpc.ts";
import { buffersOf, type FollowedVideo, type TrackedVideo } from "../../worker-rpc/video-api.ts";
import { startDraft } from "./draft-preview.ts";
import { nextPrepared, type JobContext } from "./prepare-job.ts";
import { withFaceReader } from "./serve-port.ts";
import type { AheadInput, AnalysisInput, JobAnalysis, JobKind, PlannedJob } from "./job-kind.ts";

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

/** What is begun before the voice is decoded: following the faces, decoding the video's own sound, the draft. */
interface Looking {
  readonly followed: Promise<FollowedVideo>;
  readonly ownSound: Promise<Float32Array | null>;
  readonly draft: ReturnType<typeof startDraft>;
}

/** Finds and follows the faces. The frames are for this run alone. */
async function follow(
  request: VideoRequest,
  { mask, starting, opened }: AheadInput,
  resolution: Resolution,
  framesFile: string,
  { workers, meter, checkpointer }: JobContext,
  signal: AbortSignal,
): Promise<FollowedVideo> {
  const [{ backend }, maxSeconds] = await Promise.all([starting, opened]);
  throwIfCancelled(signal);
  const tracking = await checkpointer.tracking(backend);
  const { video: file } = request.formState;
  return withFaceReader(workers, request.backend, signal, (faces, whileThere) =>
    workers.media().trackVideo(
      { file, resolution, mask, maxSeconds, framesFile },
      transfer(faces, [faces]),
      whileThere,
      proxy((fraction: number) => meter.report("finding faces", fraction)),
      tracking && tracking.kept,
      tracking && proxy(tracking.keep),
    ),
  );
}

/** What is heard in a sound; its samples are taken away. */
function hear(
  pcm: Float32Array,
  { backend }: VideoRequest,
  { workers }: JobContext,
  signal: AbortSignal,
  onProgress: (fraction: number) => void,
): Promise<AnalysedMouth> {
  return workers.inference(backend).mouthOf(transfer(pcm, [pcm.buffer]), signal, proxy(onProgress));
}

/**
 * Opens a followed video in the drawing thread and measures its faces there. The tracks are copied: they are stored with
 * the job, too.
 * @returns the number by which the scene finds it; null with a brought model, which draws by itself.
 */
async function prepare(
  { formState: { video: file }, lipModel }: VideoRequest,
  video: TrackedVideo,
  frames: CachedFrames | null,
  durationSeconds: number,
  { workers }: JobContext,
  signal: AbortSignal,
): Promise<number | null> {
  if (lipModel) return null;
  const number = nextPrepared();
  const looked = transfer({ file, video, frames }, [...(frames?.memory ?? [])]);
  await workers.render().prepareVideo(number, looked, durationSeconds, signal);
  return number;
}

/**
 * Sounds up to this many seconds are heard while the drawing thread measures the faces, when the networks have nothing
 * else to do. Longer ones take longer than that, and much memory until then: they are heard while faces are followed.
 */
const HEARD_LAST_SECONDS = 30;

/** What is found out about a video, and what is at hand for drawing it in this run. */
interface AnalysedVideo {
  readonly analysis: VideoAnalysis;
  readonly frames: CachedFrames | null;
  /** The number of the video that was prepared of it, with its frames; null where none was. */
  readonly prepared: number | null;
}

/** Analyses the voice beside the video, whose faces are being followed. What is found is stored with the job. */
async function analyseVideo(
  request: VideoRequest,
  { followed, ownSound, draft }: Looking,
  { voices, backend }: AnalysisInput,
  context: JobContext,
  signal: AbortSignal,
): Promise<AnalysedVideo> {
  const { meter } = context;
  const [voice] = voices as readonly [VoiceData];
  const { durationSeconds } = voice;
  meter.report("finding faces", 0);
  let looked = false;
  // The networks that the draft waits for are not to be busy with the whole voice.
  const idle = durationSeconds <= HEARD_LAST_SECONDS ? followed : draft.drawn;
  const heard = idle.then(async () => {
    throwIfCancelled(signal);
    const track = await hear(voice.pcm, request, context, signal, (fraction) => {
      if (looked) meter.report("listening", fraction);
    });
    const own = await ownSound;
    throwIfCancelled(signal);
    return { track, spoken: own && (await hear(own, request, context, signal, () => undefined)) };
  });
  // Asked for below, where it fails with the job.
  heard.catch(() => undefined);
  const { frames, ...video } = await followed.finally(draft.end);
  looked = true;
  meter.report("listening", 0);
  throwIfCancelled(signal);
  const preparing = prepare(request, video, frames, durationSeconds, context, signal);
  // Waited for below.
  preparing.catch(() => undefined);
  const { track, spoken } = await heard;
  const prepared = await preparing;
  throwIfCancelled(signal);
  const warnings = [...voice.warnings, ...video.warnings, ...track.warnings];
  const analysis = { backend, video, track, spoken, durationSeconds, warnings };
  return { analysis, frames, prepared };
}

/** What is rendered of an analysed video. */
function planVideo(
  { formState }: VideoRequest,
  { video, track, spoken, durationSeconds }: VideoAnalysis,
  frames: CachedFrames | null,
  prepared: number | null,
  resolution: Resolution,
): PlannedJob {
  const { width, height, fps, enlargementRefused } = video;
  const size = `${video.sourceWidth}×${video.sourceHeight}`;
  const voice = { voice: track, spoken };
  // The drawing thread has its own.
  if (prepared !== null) for (const buffer of buffersOf(video, null)) release(new Uint8Array(buffer));
  return {
    source:
      prepared === null
        ? { kind: "video", file: formState.video, video, frames, ...voice }
        : { kind: "prepared video", number: prepared, ...voice },
    sounds: [{ file: formState.audio, startSeconds: 0 }],
    durationSeconds,
    warnings: enlargementRefused ? [warning("video/not-enlarged", { size, resolution })] : [],
    report: { width, height, fps, faces: boxesOf(video) },
    transferred: prepared === null ? buffersOf(video, frames) : [],
  };
}

/** What is looked at, and what frames come of it, in `lipsync-video`. */
export function videoJob(request: VideoRequest, context: JobContext): JobKind<VideoAnalysis> {
  const framesFile = heldFileName();
  const { workers } = context;
  const ended = new AbortController();
  const signal = AbortSignal.any([context.signal, ended.signal]);
  let release: (() => void) | undefined;
  let frames: CachedFrames | null = null;
  let prepared: number | null = null;
  let looking: Looking | undefined;

  const look = (ahead: AheadInput, resolution: Resolution): Looking => {
    const draft = startDraft(request, ahead, resolution, context);
    const followed = follow(request, ahead, resolution, framesFile, context, signal);
    // A brought model draws without the person's own frames.
    const ownSound = request.lipModel
      ? Promise.resolve(null)
      : ahead.opened.then((seconds) =>
          workers.sound().decodeBeginning(request.formState.video, seconds, signal),
        );
    // Asked for in the analysis, where they fail with the job.
    for (const asked of [followed, ownSound]) asked.catch(() => undefined);
    return { followed, ownSound, draft };
  };

  return {
    voices: [request.formState.audio],
    decodedBefore: 0,
    async open() {
      release = await holdTemporaryFile(framesFile);
      return [];
    },
    lookAhead(ahead, resolution) {
      looking = look(ahead, resolution);
    },
    async analyse(input) {
      const found = await analyseVideo(request, looking!, input, context, signal);
      ({ frames, prepared } = found);
      return found.analysis;
    },
    plan: (analysis, resolution) => planVideo(request, analysis, frames, prepared, resolution),
    async close() {
      ended.abort();
      await looking?.followed.catch(() => undefined);
      await looking?.draft.end();
      if (!release) return;
      await discardFrameCache(framesFile);
      release();
    },
  };
}
