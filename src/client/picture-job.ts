import { throwIfCancelled } from "../core/errors.ts";
import { outputSize } from "../core/image.ts";
import type { JobResult } from "../core/job.ts";
import { warning } from "../core/warnings.ts";
import { chooseSpeakers } from "../pipeline/choose-speakers.ts";
import type { VoiceData } from "../protocol/media-api.ts";
import type { PortraitScene, RenderProgress, SoundData, SpeakerData } from "../protocol/render-api.ts";
import { callback, handOver } from "../protocol/rpc.ts";
import type { EngineRequest } from "./engine.ts";
import { decodeMask, startJob, type JobContext } from "./job-start.ts";

type PictureRequest = Extract<EngineRequest, { model: "lipsync-image" | "lipsync-image-multi" }>;

/** Pixels that a picture is decoded to at most: twice the output's sides are all that a frame can show. */
export const MAX_PIXELS = { "480p": 2_500_000, "720p": 5_000_000, source: 8_000_000 } as const;
export const DEFAULT_FPS = 25;

interface HeardVoice {
  readonly file: Blob;
  readonly voice: VoiceData;
  readonly startSeconds: number;
}

/** Voices of a request in the order of the faces, left to right. */
function voiceFiles(request: PictureRequest): readonly Blob[] {
  const { formState } = request;
  return "audio" in formState ? [formState.audio] : [formState.left_audio, formState.right_audio];
}

/** When each voice starts: at once, or after the one that speaks before it. */
function startTimes(request: PictureRequest, durations: readonly number[]): readonly number[] {
  if (request.model === "lipsync-image") return [0];
  const [left = 0, right = 0] = durations;
  switch (request.formState.order ?? "meanwhile") {
    case "meanwhile":
      return [0, 0];
    case "left_right":
      return [0, left];
    case "right_left":
      return [right, 0];
  }
}

/**
 * Runs `lipsync-image` or `lipsync-image-multi`: decode, find faces, listen, render, encode.
 * @throws EngineError; see {@link EngineRequest}.
 */
export async function runPictureJob(request: PictureRequest, context: JobContext): Promise<JobResult> {
  const { workers, signal, meter, seed, listeners } = context;
  const { formState } = request;
  const { style, warnings, starting, lipModel, resolution, maxSeconds } = await startJob(request, context);

  meter.report("decoding", 0);
  const picture = await workers.media().decodePicture(formState.image, MAX_PIXELS[resolution]);
  warnings.push(...picture.warnings);
  throwIfCancelled(signal);
  const mask = await decodeMask(formState.mask_image, workers);
  const files = voiceFiles(request);
  const decoded: VoiceData[] = [];
  for (const [index, file] of files.entries()) {
    const onProgress = callback((fraction: number) =>
      meter.report("decoding", 0.3 + (0.7 * (index + fraction)) / files.length),
    );
    decoded.push(await workers.media().decodeVoice(file, maxSeconds, signal, onProgress));
  }
  warnings.push(...decoded.flatMap((voice) => voice.warnings));
  const starts = startTimes(
    request,
    decoded.map((voice) => voice.durationSeconds),
  );
  const voices: HeardVoice[] = decoded.map((voice, index) => ({
    file: files[index]!,
    voice,
    startSeconds: starts[index]!,
  }));

  const report = await starting;
  throwIfCancelled(signal);
  // Before the speech model takes the samples away.
  const lipScene = await lipModel?.hear(decoded.map(({ pcm }) => pcm));

  meter.report("finding faces", 0);
  const found = await workers.inference().analyse(picture.image);
  const chosen = chooseSpeakers(found, files.length, mask, picture.image);
  warnings.push(...chosen.warnings);
  const speaking = new Set(chosen.speakers);

  const speakers: SpeakerData[] = [];
  for (const [index, { voice, startSeconds }] of voices.entries()) {
    throwIfCancelled(signal);
    const onProgress = callback((fraction: number) =>
      meter.report("listening", (index + fraction) / voices.length),
    );
    meter.report("listening", index / voices.length);
    const track = await workers
      .inference()
      .listen(handOver(voice.pcm, [voice.pcm.buffer]), signal, onProgress);
    warnings.push(...track.warnings);
    speakers.push({
      landmarks: chosen.speakers[index]!.landmarks,
      track,
      startSeconds,
      voiceSeconds: voice.durationSeconds,
    });
  }

  const durationSeconds = Math.max(...speakers.map((speaker) => speaker.startSeconds + speaker.voiceSeconds));
  const size = outputSize({ width: picture.sourceWidth, height: picture.sourceHeight }, resolution);
  if (size.enlargementRefused) {
    const sourceSize = `${picture.sourceWidth}×${picture.sourceHeight}`;
    warnings.push(warning("picture/not-enlarged", { size: sourceSize, resolution }));
  }
  const fps = request.fps ?? DEFAULT_FPS;
  const sounds: SoundData[] = voices.map(({ file, startSeconds }) => ({ file, startSeconds }));
  meter.report("rendering", 0);
  const scene: PortraitScene = {
    picture: picture.image,
    width: size.width,
    height: size.height,
    mask,
    speakers,
    bystanders: found.filter((face) => !speaking.has(face)).map((face) => face.landmarks),
    sounds,
    durationSeconds,
    fps,
    seed,
    style,
    format: request.format ?? "mp4",
    maxSeconds,
    encoder: request.encoder ?? null,
    hashFrames: request.hashFrames ?? false,
  };
  const onProgress = callback(({ stage, framesDone, frames }: RenderProgress) =>
    meter.report(stage, stage === "rendering" ? framesDone / frames : 0),
  );
  const onPreview = listeners.onPreview ? callback(listeners.onPreview) : null;
  const render = workers.render();
  const movie =
    lipModel && lipScene
      ? await render.renderWithModel(scene, lipScene, lipModel.paint, signal, onProgress, onPreview)
      : await render.render(scene, signal, onProgress, onPreview);
  warnings.push(...movie.warnings);
  meter.report("done", 1);

  const scale = size.width / picture.image.width;
  return {
    output: movie.output,
    seed,
    warnings: [...new Set(warnings)],
    timings: meter.timings(),
    report: {
      width: size.width,
      height: size.height,
      fps,
      frames: movie.frames,
      durationSeconds,
      backend: report.backend,
      encoder: movie.encoder,
      faces: [...chosen.speakers, ...found.filter((face) => !speaking.has(face))].map((face) => {
        const { x, y, width, height } = face.detection.box;
        return {
          x: x * scale,
          y: y * scale,
          width: width * scale,
          height: height * scale,
          animated: speaking.has(face),
        };
      }),
      facelessRanges: [],
      mouthWidthPx: movie.mouthWidthPx,
      ...(lipModel ? { lipModel: lipModel.id } : {}),
      ...(movie.framesSha256 ? { framesSha256: movie.framesSha256 } : {}),
    },
  };
}
