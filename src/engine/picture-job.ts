import { throwIfCancelled } from "../job/errors.ts";
import { outputSize, type RgbaImage } from "../core/image.ts";
import type { Backend, JobResult } from "../job/job.ts";
import { JOB_DEFAULTS, type JobSpec } from "../job/job-spec.ts";
import type { HeardMouth } from "../job/heard-mouth.ts";
import { warning, type Warning } from "../job/warnings.ts";
import { chooseSpeakers } from "../pipeline/plan/choose-speakers.ts";
import type { FaceData } from "../worker-rpc/inference-api.ts";
import type { VoiceData } from "../worker-rpc/media-api.ts";
import type { Scene, SoundData, SpeakerData } from "../worker-rpc/scene.ts";
import { callback, handOver } from "../worker-rpc/rpc.ts";
import { decodeMask, followRendering, startJob, type JobContext } from "./job-start.ts";

type PictureRequest = Extract<JobSpec<Blob>, { model: "lipsync-image" | "lipsync-image-multi" }>;

/** Pixels that a picture is decoded to at most: twice the output's sides are all that a frame can show. */
export const MAX_PIXELS = { "480p": 2_500_000, "720p": 5_000_000, source: 8_000_000 } as const;

/** What is found out about a picture and its voices; kept with the job. */
interface PictureAnalysis {
  readonly backend: Backend;
  /** All faces, largest first. */
  readonly found: readonly FaceData[];
  /** Places in `found`, in the order of the voices. */
  readonly speaking: readonly number[];
  /** In the same order; all times in seconds. */
  readonly voices: readonly {
    readonly startSeconds: number;
    readonly durationSeconds: number;
    readonly track: HeardMouth;
  }[];
  readonly warnings: readonly Warning[];
}

/** Voices of a request in the order of the faces, left to right. */
function voiceFiles(request: PictureRequest): readonly Blob[] {
  const { formState } = request;
  return "audio" in formState ? [formState.audio] : [formState.leftAudio, formState.rightAudio];
}

/** When each voice starts: at once, or after the one that speaks before it. */
function startTimes(request: PictureRequest, durations: readonly number[]): readonly number[] {
  if (request.model === "lipsync-image") return [0];
  const [left = 0, right = 0] = durations;
  switch (request.formState.order ?? JOB_DEFAULTS.order) {
    case "meanwhile":
      return [0, 0];
    case "left_right":
      return [0, left];
    case "right_left":
      return [right, 0];
  }
}

/** The voices as the speech model wants them. */
async function decodeVoices(
  request: PictureRequest,
  { workers, signal, meter }: JobContext,
): Promise<VoiceData[]> {
  const files = voiceFiles(request);
  const decoded: VoiceData[] = [];
  for (const [index, file] of files.entries()) {
    const onProgress = callback((fraction: number) =>
      meter.report("decoding", 0.3 + (0.7 * (index + fraction)) / files.length),
    );
    const maxSeconds = request.maxSeconds ?? JOB_DEFAULTS.maxSeconds;
    decoded.push(await workers.media().decodeVoice(file, maxSeconds, signal, onProgress));
  }
  return decoded;
}

/** Finds and chooses the faces, and listens to the voices, whose samples are taken away. */
async function analysePicture(
  request: PictureRequest,
  { image, mask, voices }: { image: RgbaImage; mask: RgbaImage | null; voices: readonly VoiceData[] },
  backend: Backend,
  { workers, signal, meter }: JobContext,
): Promise<PictureAnalysis> {
  meter.report("finding faces", 0);
  const found = await workers.inference(request.backend).analyse(image);
  const chosen = chooseSpeakers(found, voices.length, mask, image);
  const warnings = [...voices.flatMap((voice) => voice.warnings), ...chosen.warnings];
  const starts = startTimes(
    request,
    voices.map((voice) => voice.durationSeconds),
  );
  const heard: PictureAnalysis["voices"][number][] = [];
  for (const [index, { pcm, durationSeconds }] of voices.entries()) {
    throwIfCancelled(signal);
    const onProgress = callback((fraction: number) =>
      meter.report("listening", (index + fraction) / voices.length),
    );
    meter.report("listening", index / voices.length);
    const track = await workers
      .inference(request.backend)
      .listen(handOver(pcm, [pcm.buffer]), signal, onProgress);
    warnings.push(...track.warnings);
    heard.push({ startSeconds: starts[index]!, durationSeconds, track });
  }
  warnings.push(...(await workers.startInference(request.backend)).warnings);
  const speaking = chosen.speakers.map((face) => found.indexOf(face));
  return { backend, found, speaking, voices: heard, warnings };
}

/**
 * Runs `lipsync-image` or `lipsync-image-multi`: decode, find faces, listen, render, encode.
 * @throws EngineError; see {@link JobSpec}.
 */
export async function runPictureJob(request: PictureRequest, context: JobContext): Promise<JobResult> {
  const { workers, signal, meter, seed, listeners, keeper } = context;
  const { formState } = request;
  let analysis = (await keeper.analysis()) as PictureAnalysis | undefined;
  const { style, warnings, starting, lipModel, resolution, maxSeconds } = await startJob(
    request,
    context,
    analysis !== undefined,
  );

  meter.report("decoding", 0);
  const picture = await workers.media().decodePicture(formState.image, MAX_PIXELS[resolution]);
  warnings.push(...picture.warnings);
  throwIfCancelled(signal);
  const mask = await decodeMask(formState.maskImage, workers);
  // A user's own model paints: what it painted on another backend would not go with this one's.
  if (analysis && starting && (await starting).backend !== analysis.backend) analysis = undefined;
  const voices = analysis && !lipModel ? [] : await decodeVoices(request, context);
  const backend = analysis ? analysis.backend : (await starting!).backend;
  throwIfCancelled(signal);
  // Before the speech model takes the samples away.
  const lipScene = await lipModel?.hear(voices.map(({ pcm }) => pcm));
  if (!analysis) {
    analysis = await analysePicture(request, { image: picture.image, mask, voices }, backend, context);
    await keeper.keepAnalysis(analysis);
  }
  const { found, speaking } = analysis;
  warnings.push(...analysis.warnings);
  const speakers: SpeakerData[] = analysis.voices.map(({ track, startSeconds, durationSeconds }, index) => ({
    landmarks: found[speaking[index]!]!.landmarks,
    track,
    startSeconds,
    voiceSeconds: durationSeconds,
  }));
  const chosen = speaking.map((place) => found[place]!);
  const others = found.filter((_, place) => !speaking.includes(place));

  const durationSeconds = Math.max(...speakers.map((speaker) => speaker.startSeconds + speaker.voiceSeconds));
  const size = outputSize({ width: picture.sourceWidth, height: picture.sourceHeight }, resolution);
  if (size.enlargementRefused) {
    const sourceSize = `${picture.sourceWidth}×${picture.sourceHeight}`;
    warnings.push(warning("picture/not-enlarged", { size: sourceSize, resolution }));
  }
  const fps = request.fps ?? JOB_DEFAULTS.fps;
  const sounds: SoundData[] = voiceFiles(request).map((file, index) => ({
    file,
    startSeconds: speakers[index]!.startSeconds,
  }));
  meter.report("rendering", 0);
  const scene: Scene = {
    source: {
      kind: "picture",
      picture: picture.image,
      width: size.width,
      height: size.height,
      speakers,
      bystanders: others.map((face) => face.landmarks),
      fps,
      seed,
    },
    animator: lipScene ? { kind: "lip-model", ...lipScene } : { kind: "own-lips" },
    mask,
    style,
    output: {
      sounds,
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
  const paint = lipModel?.paint ?? null;
  const movie = await workers.render().render(scene, paint, signal, onProgress, onPreview);
  warnings.push(...movie.warnings, ...((await lipModel?.notes()) ?? []));
  meter.report("done", 1);

  const scale = size.width / picture.image.width;
  return {
    output: movie.output,
    seed,
    warnings: warnings.all(),
    timings: meter.timings(),
    report: {
      width: size.width,
      height: size.height,
      fps,
      frames: movie.frames,
      durationSeconds,
      backend: analysis.backend,
      encoder: movie.encoder,
      faces: [...chosen, ...others].map((face, index) => {
        const { x, y, width, height } = face.detection.box;
        return {
          x: x * scale,
          y: y * scale,
          width: width * scale,
          height: height * scale,
          animated: index < chosen.length,
        };
      }),
      facelessRanges: [],
      mouthWidthPx: movie.mouthWidthPx,
      aiMark: request.aiMark ?? JOB_DEFAULTS.aiMark,
      ...(lipModel ? { lipModel: lipModel.id } : {}),
      ...(movie.framesSha256 ? { framesSha256: movie.framesSha256 } : {}),
    },
  };
}
