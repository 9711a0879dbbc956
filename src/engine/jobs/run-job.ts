import { throwIfCancelled } from "../../job/errors.ts";
import { JOB_DEFAULTS, type JobSpec } from "../../job/job-spec.ts";
import type { JobReport, JobResult, LeftFrame } from "../../job/job.ts";
import { warning } from "../../job/warnings.ts";
import type { VoiceData } from "../../worker-rpc/sound-api.ts";
import type { SentScene } from "../../worker-rpc/scene.ts";
import { proxy, transfer } from "../../worker-rpc/rpc.ts";
import type { JobAnalysis, JobKind } from "./job-kind.ts";
import { withSoundtrack } from "./serve-port.ts";
import { pictureJob } from "./picture-job.ts";
import { decodeMask, followRendering, prepareJob, type JobContext } from "./prepare-job.ts";
import { jobTimeline, voiceTimelines } from "./job-timeline.ts";
import { videoJob } from "./video-job.ts";

/** The voices as the speech model wants them. @param opened is told the first one's length as soon as it is known. */
async function decodeVoices(
  { voices: files, decodedBefore }: { readonly voices: readonly Blob[]; readonly decodedBefore: number },
  maxSeconds: number,
  { workers, signal, meter }: JobContext,
  opened: (durationSeconds: number) => void,
): Promise<VoiceData[]> {
  const decoded: VoiceData[] = [];
  for (const [index, file] of files.entries()) {
    const onProgress = proxy((fraction: number) =>
      meter.report("decoding", decodedBefore + ((1 - decodedBefore) * (index + fraction)) / files.length),
    );
    const onOpened = index === 0 ? proxy(opened) : null;
    decoded.push(await workers.sound().decodeVoice(file, maxSeconds, signal, onProgress, onOpened));
  }
  return decoded;
}

/** Pictures of frames that were left as they were; a video that cannot be read again is none the worse without. */
async function drawLeftFrames(
  output: Blob,
  ranges: JobReport["facelessRanges"],
  fps: number,
  { workers, signal }: JobContext,
): Promise<readonly LeftFrame[]> {
  if (ranges.length === 0) return [];
  const drawn = await workers
    .media()
    .leftFrames(output, ranges, fps, signal)
    .catch(() => []);
  throwIfCancelled(signal);
  return drawn;
}

/**
 * Runs a job of any kind.
 * @throws EngineError; see {@link JobSpec}.
 */
export function runJob(request: JobSpec<Blob>, context: JobContext): Promise<JobResult> {
  return request.model === "lipsync-video"
    ? runKind(videoJob(request, context), request, context)
    : runKind(pictureJob(request, context), request, context);
}

async function runKind<Analysis extends JobAnalysis>(
  kind: JobKind<Analysis>,
  request: JobSpec<Blob>,
  context: JobContext,
): Promise<JobResult> {
  try {
    return await runStages(kind, request, context);
  } finally {
    await kind.close?.();
  }
}

/** Decodes, analyses unless an earlier run has done it, renders, reports. */
async function runStages<Analysis extends JobAnalysis>(
  kind: JobKind<Analysis>,
  request: JobSpec<Blob>,
  context: JobContext,
): Promise<JobResult> {
  const { workers, signal, meter, seed, listeners, checkpointer } = context;
  let analysis = (await checkpointer.analysis()) as Analysis | undefined;
  const { style, warnings, starting, lipModel, resolution, maxSeconds } = await prepareJob(
    request,
    context,
    analysis !== undefined,
  );

  meter.report("decoding", 0);
  warnings.push(...(await kind.open(resolution)));
  throwIfCancelled(signal);
  const mask = await decodeMask(request.formState.maskImage, workers);
  // A lip model ran on one backend: what it drew there would not go with this one's.
  if (analysis && starting && (await starting).backend !== analysis.backend) analysis = undefined;
  let tell: (durationSeconds: number) => void;
  const told = new Promise<number>((resolve) => (tell = resolve));
  const decoding =
    analysis && !lipModel
      ? Promise.resolve([])
      : decodeVoices(kind, maxSeconds, context, (durationSeconds) => tell(durationSeconds));
  if (!analysis) {
    const decoded = decoding.then(([first]) => first!);
    const opened = Promise.race([told, decoded.then(({ durationSeconds }) => durationSeconds)]);
    // A picture's job asks for no length; what fails is told by the decoding.
    opened.catch(() => undefined);
    kind.lookAhead?.({ mask, starting: starting!, opened, decoded }, resolution);
  }
  const voices = await decoding;
  const backend = analysis ? analysis.backend : (await starting!).backend;
  throwIfCancelled(signal);
  // Before the speech model takes the samples away.
  const lipScene = await lipModel?.analyse(voices.map(({ pcm }) => pcm));
  if (!analysis) {
    const found = await kind.analyse({ mask, voices, backend }, resolution);
    const networks = await workers.startInference(request.backend);
    analysis = { ...found, warnings: [...found.warnings, ...networks.warnings] };
    await checkpointer.keepAnalysis(analysis);
  }
  const { source, sounds, durationSeconds, report, transferred, ...planned } = kind.plan(
    analysis,
    resolution,
  );
  warnings.push(...analysis.warnings, ...planned.warnings);

  // Before the tracks are transferred.
  const voicesOverTime = voiceTimelines(source, durationSeconds);

  meter.report("rendering", 0);
  const aiMark = request.aiMark ?? JOB_DEFAULTS.aiMark;
  const scene: SentScene = {
    source,
    animator: lipScene ? { kind: "lip-model", ...lipScene } : { kind: "own-lips" },
    mask,
    style,
    output: {
      durationSeconds,
      format: request.format ?? JOB_DEFAULTS.format,
      encoder: request.encoder ?? null,
      hashFrames: request.hashFrames ?? JOB_DEFAULTS.hashFrames,
      aiMark,
      segments: checkpointer.segments(),
    },
  };
  const soundtrack = { ...scene.output, sounds, maxSeconds };
  const rendered = await withSoundtrack(workers, soundtrack, signal, (sound, whileThere) =>
    workers
      .render()
      .render(
        transfer(scene, [...transferred]),
        transfer(sound, [sound]),
        lipModel?.inferFaces ?? null,
        whileThere,
        followRendering(context),
        listeners.onPreview ? proxy(listeners.onPreview) : null,
      ),
  );
  const { output, frames, encoder, facelessRanges, mouthWidthPx, framesSha256 } = rendered;
  warnings.push(...rendered.warnings, ...((await lipModel?.notes()) ?? []));
  if (facelessRanges.length > 0) {
    const faceless = facelessRanges.reduce((sum, [first, last]) => sum + last - first + 1, 0);
    warnings.push(warning("video/faceless", { frames: faceless, total: frames }));
  }
  const leftFrames = await drawLeftFrames(output, facelessRanges, report.fps, context);
  meter.report("done", 1);
  return {
    output,
    seed,
    warnings: warnings.all(),
    timings: meter.timings(),
    report: {
      ...report,
      ...{
        frames,
        durationSeconds,
        backend: analysis.backend,
        encoder,
        facelessRanges,
        ...(leftFrames.length > 0 ? { leftFrames } : {}),
        mouthWidthPx,
        aiMark,
        timeline: jobTimeline(voicesOverTime, rendered.strength, durationSeconds),
      },
      ...(lipModel ? { lipModel: lipModel.id } : {}),
      ...(framesSha256 ? { framesSha256 } : {}),
    },
  };
}
