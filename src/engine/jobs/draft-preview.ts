import { ARTICULATORS, MOUTH_RATE_HZ, type MouthTrack } from "../../core/mouth.ts";
import type { Resolution } from "../../core/image.ts";
import type { JobSpec } from "../../job/job-spec.ts";
import { parsePrompt } from "../../job/prompt-style.ts";
import { discardFrameCache } from "../../media/frame-cache/frame-cache.ts";
import { heldFileName } from "../../media/temporary-files.ts";
import { proxy, transfer } from "../../worker-rpc/rpc.ts";
import { buffersOf } from "../../worker-rpc/video-api.ts";
import type { DrawnScene } from "../../worker-rpc/scene.ts";
import type { AheadInput } from "./job-kind.ts";
import type { JobContext } from "./prepare-job.ts";
import { withFaceReader } from "./serve-port.ts";

type VideoRequest = Extract<JobSpec<Blob>, { model: "lipsync-video" }>;

/** With shorter voices the first frames of the result are there soon. */
const LEAST_SECONDS = 20;
/** The beginning of video and voice that a draft is made of. */
const DRAFT_SECONDS = 1;
const VOICE_RATE_HZ = 16_000;

/** When the mouth is widest open, in seconds. */
function widestAt({ frames, articulation }: MouthTrack): number {
  const apertureAt = (frame: number) =>
    articulation[frame * ARTICULATORS.length + ARTICULATORS.indexOf("aperture")]!;
  let widest = 0;
  for (let frame = 1; frame < frames; frame++) if (apertureAt(frame) > apertureAt(widest)) widest = frame;
  return widest / MOUTH_RATE_HZ;
}

/** Draws a frame of the beginning as if there were no more of it. */
async function drawDraft(
  request: VideoRequest,
  { mask, starting, decoded }: AheadInput,
  resolution: Resolution,
  { workers }: JobContext,
  signal: AbortSignal,
): Promise<ImageBitmap> {
  const { video: file, audio } = request.formState;
  const beginning = workers.sound().decodeBeginning(audio, DRAFT_SECONDS, signal);
  // Waited for below.
  beginning.catch(() => undefined);
  await starting;
  const framesFile = heldFileName();
  const nobody = proxy(() => undefined);
  try {
    const { frames, ...video } = await withFaceReader(workers, request.backend, signal, (faces, whileThere) =>
      workers
        .media()
        .trackVideo(
          { file, resolution, mask, maxSeconds: DRAFT_SECONDS, framesFile },
          transfer(faces, [faces]),
          whileThere,
          nobody,
          null,
          null,
        ),
    );
    // The job waits with the whole voice's samples until the draft has ended.
    const pcm = (await beginning) ?? (await decoded).pcm.slice(0, DRAFT_SECONDS * VOICE_RATE_HZ);
    const voice = await workers
      .inference(request.backend)
      .mouthOf(transfer(pcm, [pcm.buffer]), signal, nobody);
    const { style } = parsePrompt(request.formState.prompt);
    const scene: DrawnScene = {
      source: { kind: "video", file, video, frames, voice, spoken: null },
      animator: { kind: "own-lips" },
      mask,
      style,
      output: { durationSeconds: DRAFT_SECONDS },
    };
    return await workers
      .render()
      .drawFrame(transfer(scene, buffersOf(video, frames)), widestAt(voice), signal);
  } finally {
    await discardFrameCache(framesFile);
  }
}

/**
 * Begins to draw a preview of a long video before its faces are followed to the end: the frame of the first second in
 * which the mouth is widest, with the mouth that this second alone gives. The result's own may be made of better frames.
 * What goes wrong with it is the job's to tell, not the draft's.
 * @returns `drawn` resolves when it is done or given up.
 */
export function startDraft(
  request: VideoRequest,
  ahead: AheadInput,
  resolution: Resolution,
  context: JobContext,
): { readonly drawn: Promise<void>; end(): Promise<void> } {
  const { onPreview } = context.listeners;
  if (!onPreview || context.lipModel) return { drawn: Promise.resolve(), end: () => Promise.resolve() };
  const stop = new AbortController();
  const signal = AbortSignal.any([context.signal, stop.signal]);
  const drawn = ahead.opened
    .then(async (durationSeconds) => {
      if (durationSeconds < LEAST_SECONDS) return;
      const frame = await drawDraft(request, ahead, resolution, context, signal);
      if (signal.aborted) frame.close();
      else onPreview(frame);
    })
    .catch(() => undefined);
  return {
    drawn,
    end() {
      stop.abort();
      return drawn;
    },
  };
}
