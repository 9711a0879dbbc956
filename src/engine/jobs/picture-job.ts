import { throwIfCancelled } from "../../job/errors.ts";
import { outputSize, type Resolution, type RgbaImage } from "../../core/image.ts";
import type { PersonMatte } from "../../core/person-matte.ts";
import { JOB_DEFAULTS, type JobSpec } from "../../job/job-spec.ts";
import type { AnalysedMouth } from "../../job/analysed-mouth.ts";
import { warning } from "../../job/warnings.ts";
import { voiceStarts } from "../../pipeline/plan/speaking-order.ts";
import { chooseSpeakers } from "../../pipeline/plan/choose-speakers.ts";
import type { FaceData } from "../../worker-rpc/inference-api.ts";
import type { PictureData } from "../../worker-rpc/media-api.ts";
import type { SpeakerData } from "../../worker-rpc/scene.ts";
import { proxy, transfer } from "../../worker-rpc/rpc.ts";
import type { JobContext } from "./prepare-job.ts";
import type { AnalysisInput, JobAnalysis, JobKind, PlannedJob } from "./job-kind.ts";

type PictureRequest = Extract<JobSpec<Blob>, { model: "lipsync-image" | "lipsync-image-multi" }>;

/** Pixels that a picture is decoded to at most: twice the output's sides are all that a frame can show. */
export const MAX_PIXELS = { "480p": 2_500_000, "720p": 5_000_000, source: 8_000_000 } as const;

/** What is found out about a picture and its voices. */
interface PictureAnalysis extends JobAnalysis {
  /** All faces, largest first. */
  readonly found: readonly FaceData[];
  /** Where the picture shows people; null where no head moves. */
  readonly matte: PersonMatte | null;
  /** Places in `found`, in the order of the voices. */
  readonly speaking: readonly number[];
  /** In the same order; all times in seconds. */
  readonly voices: readonly {
    readonly startSeconds: number;
    readonly durationSeconds: number;
    readonly track: AnalysedMouth;
  }[];
}

/** Voices of a request in the order of the faces, left to right. */
function voiceFiles(request: PictureRequest): readonly Blob[] {
  const { formState } = request;
  return "audio" in formState ? [formState.audio] : [formState.leftAudio, formState.rightAudio];
}

/** Finds and chooses the faces, and analyses the voices. */
async function analysePicture(
  request: PictureRequest,
  image: RgbaImage,
  { mask, voices, backend }: AnalysisInput,
  { workers, signal, meter }: JobContext,
): Promise<PictureAnalysis> {
  meter.report("finding faces", 0);
  const found = await workers.inference(request.backend).analyse(image);
  const chosen = chooseSpeakers(found, voices.length, mask, image);
  const warnings = [...voices.flatMap((voice) => voice.warnings), ...chosen.warnings];
  const durations = voices.map((voice) => voice.durationSeconds);
  const order = "order" in request.formState ? request.formState.order : undefined;
  const starts = voiceStarts(order ?? JOB_DEFAULTS.order, durations);
  const analysed: PictureAnalysis["voices"][number][] = [];
  for (const [index, { pcm, durationSeconds }] of voices.entries()) {
    throwIfCancelled(signal);
    const onProgress = proxy((fraction: number) =>
      meter.report("listening", (index + fraction) / voices.length),
    );
    meter.report("listening", index / voices.length);
    const track = await workers
      .inference(request.backend)
      .mouthOf(transfer(pcm, [pcm.buffer]), signal, onProgress);
    warnings.push(...track.warnings);
    analysed.push({ startSeconds: starts[index]!, durationSeconds, track });
  }
  const speaking = chosen.speakers.map((face) => found.indexOf(face));
  // Under a mask the head is still, and a lip model draws no head.
  const still = mask !== null || request.lipModel !== undefined;
  const matte = still ? null : await workers.inference(request.backend).readMatte(image);
  return { backend, found, matte, speaking, voices: analysed, warnings };
}

/** What is rendered of an analysed picture. */
function planPicture(
  request: PictureRequest,
  picture: PictureData,
  { found, matte, speaking, voices }: PictureAnalysis,
  resolution: Resolution,
  seed: number,
): PlannedJob {
  const { image, sourceWidth, sourceHeight } = picture;
  const { width, height, enlargementRefused } = outputSize(
    { width: sourceWidth, height: sourceHeight },
    resolution,
  );
  const speakers: SpeakerData[] = voices.map(({ track, startSeconds, durationSeconds }, index) => ({
    landmarks: found[speaking[index]!]!.landmarks,
    track,
    startSeconds,
    voiceSeconds: durationSeconds,
  }));
  const chosen = speaking.map((place) => found[place]!);
  const others = found.filter((_, place) => !speaking.includes(place));
  const fps = request.fps ?? JOB_DEFAULTS.fps;
  const scale = width / image.width;
  const size = `${sourceWidth}×${sourceHeight}`;
  return {
    source: {
      kind: "picture",
      picture: image,
      width,
      height,
      speakers,
      bystanders: others.map((face) => face.landmarks),
      matte,
      fps,
      seed,
    },
    sounds: voiceFiles(request).map((file, index) => ({ file, startSeconds: voices[index]!.startSeconds })),
    durationSeconds: Math.max(...speakers.map((speaker) => speaker.startSeconds + speaker.voiceSeconds)),
    warnings: enlargementRefused ? [warning("picture/not-enlarged", { size, resolution })] : [],
    report: {
      width,
      height,
      fps,
      faces: [...chosen, ...others].map(({ detection: { box } }, index) => ({
        x: box.x * scale,
        y: box.y * scale,
        width: box.width * scale,
        height: box.height * scale,
        animated: index < chosen.length,
      })),
    },
    transferred: [],
  };
}

/** What is looked at, and what frames come of it, in `lipsync-image` and `lipsync-image-multi`. */
export function pictureJob(request: PictureRequest, context: JobContext): JobKind<PictureAnalysis> {
  let picture: PictureData;
  return {
    voices: voiceFiles(request),
    decodedBefore: 0.3,
    async open(resolution) {
      picture = await context.workers.media().decodePicture(request.formState.image, MAX_PIXELS[resolution]);
      return picture.warnings;
    },
    analyse: (input) => analysePicture(request, picture.image, input, context),
    plan: (analysis, resolution) => planPicture(request, picture, analysis, resolution, context.seed),
  };
}
