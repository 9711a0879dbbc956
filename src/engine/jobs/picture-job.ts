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
import type { SpeakerData, StillPicture } from "../../worker-rpc/scene.ts";
import { proxy, transfer } from "../../worker-rpc/rpc.ts";
import { nextPrepared, type JobContext } from "./prepare-job.ts";
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

/** What is found in a picture whatever the voices say. */
type SeenPicture = Pick<PictureAnalysis, "found" | "matte" | "speaking" | "warnings">;

/** Finds and chooses the faces, and tells people from what is behind them. */
async function lookAt(
  request: PictureRequest,
  image: RgbaImage,
  mask: RgbaImage | null,
  { workers, signal }: JobContext,
): Promise<SeenPicture> {
  const found = await workers.inference(request.backend).analyse(image);
  throwIfCancelled(signal);
  const { speakers, warnings } = chooseSpeakers(found, voiceFiles(request).length, mask, image);
  const speaking = speakers.map((face) => found.indexOf(face));
  // Under a mask the head is still, and a lip model draws no head.
  const still = mask !== null || request.lipModel !== undefined;
  const matte = still ? null : await workers.inference(request.backend).readMatte(image);
  throwIfCancelled(signal);
  return { found, matte, speaking, warnings };
}

/** Analyses the voices, beside what is seen. */
async function analysePicture(
  request: PictureRequest,
  seeing: Promise<SeenPicture>,
  { voices, backend }: AnalysisInput,
  { workers, signal, meter }: JobContext,
): Promise<PictureAnalysis> {
  meter.report("finding faces", 0);
  const seen = await seeing;
  const warnings = [...voices.flatMap((voice) => voice.warnings), ...seen.warnings];
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
  return { ...seen, backend, voices: analysed, warnings };
}

/** Size of a picture's frames. */
function frameSize({ sourceWidth, sourceHeight }: PictureData, resolution: Resolution) {
  return outputSize({ width: sourceWidth, height: sourceHeight }, resolution);
}

/** A picture as it is drawn. */
function stillOf(
  request: PictureRequest,
  picture: PictureData,
  { found, matte, speaking }: SeenPicture,
  resolution: Resolution,
  seed: number,
): StillPicture {
  const { width, height } = frameSize(picture, resolution);
  const others = found.filter((_, place) => !speaking.includes(place));
  return {
    picture: picture.image,
    ...{ width, height, matte, seed },
    bystanders: others.map((face) => face.landmarks),
    fps: request.fps ?? JOB_DEFAULTS.fps,
  };
}

/** What is rendered of an analysed picture. */
function planPicture(
  request: PictureRequest,
  picture: PictureData,
  analysis: PictureAnalysis,
  prepared: number | null,
  resolution: Resolution,
  seed: number,
): PlannedJob {
  const { image, sourceWidth, sourceHeight } = picture;
  const { found, speaking, voices } = analysis;
  const { enlargementRefused } = frameSize(picture, resolution);
  const still = stillOf(request, picture, analysis, resolution, seed);
  const { width, height, fps } = still;
  const speakers: SpeakerData[] = voices.map(({ track, startSeconds, durationSeconds }, index) => ({
    landmarks: found[speaking[index]!]!.landmarks,
    track,
    startSeconds,
    voiceSeconds: durationSeconds,
  }));
  const chosen = speaking.map((place) => found[place]!);
  const others = found.filter((_, place) => !speaking.includes(place));
  const scale = width / image.width;
  const size = `${sourceWidth}×${sourceHeight}`;
  return {
    source: { kind: "picture", ...still, speakers, prepared },
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
  const { workers, seed, signal } = context;
  let picture: PictureData;
  let seeing: Promise<SeenPicture> | undefined;
  let prepared: number | null = null;
  const open = new AbortController();

  /** Measures the faces in the drawing thread while the voices are decoded and analysed. */
  const prepare = (seen: SeenPicture, resolution: Resolution) => {
    if (request.lipModel || signal.aborted || open.signal.aborted) return;
    prepared = nextPrepared();
    const still = stillOf(request, picture, seen, resolution, seed);
    const speaking = seen.speaking.map((place) => seen.found[place]!.landmarks);
    // What fails here fails again where it is drawn, and is told then.
    workers
      .render()
      .preparePicture(prepared, still, speaking, open.signal)
      .catch(() => undefined);
  };

  return {
    voices: voiceFiles(request),
    decodedBefore: 0.3,
    async open(resolution) {
      picture = await workers.media().decodePicture(request.formState.image, MAX_PIXELS[resolution]);
      return picture.warnings;
    },
    lookAhead({ mask, starting }, resolution) {
      seeing = starting.then(() => lookAt(request, picture.image, mask, context));
      seeing.then((seen) => prepare(seen, resolution)).catch(() => undefined);
    },
    analyse: (input) =>
      analysePicture(
        request,
        (seeing ??= lookAt(request, picture.image, input.mask, context)),
        input,
        context,
      ),
    plan: (analysis, resolution) => planPicture(request, picture, analysis, prepared, resolution, seed),
    async close() {
      open.abort();
    },
  };
}
