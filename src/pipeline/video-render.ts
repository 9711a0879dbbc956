import { EngineError, throwIfCancelled } from "../core/errors.ts";
import type { RgbaImage } from "../core/image.ts";
import { openVideo, type VideoSource } from "../media/open-video.ts";
import { createMovieWriter } from "../media/movie-writer.ts";
import { openAudio } from "../media/open-audio.ts";
import { resizeImage } from "../media/resize-image.ts";
import type { RenderProgress } from "../protocol/render-api.ts";
import { handOver } from "../protocol/rpc.ts";
import type { RenderedVideo, VideoScene } from "../protocol/video-api.ts";
import type { Rig } from "../render/rig.ts";
import { createVideoFace, type VideoFace } from "../render/video-face.ts";
import { sampleMouth } from "../speech/sample-mouth.ts";
import { createFrameHash } from "./frame-hash.ts";
import { framesAt, framesInOrder } from "./video-frames.ts";
import { planTimeline, rangesOf, type Timeline } from "./video-timeline.ts";

/** Pause between two live previews in milliseconds. */
const PREVIEW_EVERY_MS = 200;
/** Longest stretch of work without letting messages (a cancellation, say) in, in milliseconds. */
const YIELD_EVERY_MS = 40;

/** Lets queued messages in; `setTimeout` would be clamped to 4 ms. */
function yieldToMessages(): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(0);
  });
}

/** Share of change of each pixel, 0 to 255, from a mask of any size. */
export function sharesOf(mask: RgbaImage, width: number, height: number): Uint8Array {
  const { data } = resizeImage(mask, width, height);
  return Uint8Array.from({ length: width * height }, (_, i) => {
    const light = 0.299 * data[i * 4]! + 0.587 * data[i * 4 + 1]! + 0.114 * data[i * 4 + 2]!;
    return Math.round((light * data[i * 4 + 3]!) / 255);
  });
}

/** Takes back what changed outside a mask. */
function keepOutside(image: RgbaImage, before: Uint8ClampedArray, shares: Uint8Array): void {
  for (let i = 0; i < shares.length; i++) {
    const share = shares[i]!;
    if (share === 255) continue;
    for (let k = i * 4; k < i * 4 + 3; k++) {
      image.data[k] = before[k]! + ((image.data[k]! - before[k]!) * share) / 255;
    }
  }
}

/** Plans the faces and lends them their reference frames. */
async function prepareFaces(
  scene: VideoScene,
  video: VideoSource,
  rig: Rig,
  signal: AbortSignal,
): Promise<VideoFace[]> {
  const { tracks, width, height, fps, starts } = scene.video;
  const faces = tracks.faces.map((track) =>
    createVideoFace({ rig, tracks, track, size: { width, height }, fps }),
  );
  if (faces.every((face) => face.strength.every((share) => share <= 0))) {
    throw new EngineError(
      "input/face-turned",
      "The face is turned away, covered or at the picture's border in every frame, so its mouth cannot be replaced. Use a video in which it looks toward the camera.",
    );
  }
  const wanted = faces.flatMap((face) => face.references);
  for await (const { place, image } of framesAt(video, wanted, { starts, width, height, signal })) {
    throwIfCancelled(signal);
    for (const face of faces) {
      const index = face.references.indexOf(place);
      if (index >= 0) face.setReference(index, image);
    }
  }
  return faces;
}

async function sendPreview(frame: RgbaImage, onPreview: (frame: ImageBitmap) => void): Promise<void> {
  const bitmap = await createImageBitmap(new ImageData(frame.data, frame.width, frame.height));
  onPreview(handOver(bitmap, [bitmap]));
}

/** Output frames in which no face is changed. */
function untouched(timeline: Timeline, faces: readonly VideoFace[]): [number, number][] {
  return rangesOf(Array.from(timeline.frames, (place) => faces.every((face) => face.strength[place]! <= 0)));
}

/**
 * Decodes a video a second time, gives its faces the new mouth frame by frame and encodes it with the new sound.
 * Holds one frame, the references' textures and, while playing backward, 64 MiB of frames.
 * @throws EngineError as `VideoRenderApi.renderVideo`.
 */
export async function renderVideo(
  scene: VideoScene,
  rig: Rig,
  signal: AbortSignal,
  onProgress: (progress: RenderProgress) => void,
  onPreview: ((frame: ImageBitmap) => void) | null,
): Promise<RenderedVideo> {
  const { width, height, fps, variableRate, starts, endSeconds } = scene.video;
  const timeline = planTimeline(starts, endSeconds, scene.durationSeconds, variableRate ? null : fps);
  const frames = timeline.frames.length;
  const video = await openVideo(scene.file, { signal });
  const sound = await openAudio(scene.sound, { maxSeconds: scene.maxSeconds, signal }).catch(
    (error: unknown) => {
      video.dispose();
      throw error;
    },
  );
  const hash = scene.hashFrames ? createFrameHash() : null;
  const shares = scene.mask ? sharesOf(scene.mask, width, height) : null;
  let writer: Awaited<ReturnType<typeof createMovieWriter>> | undefined;
  let drawMs = 0;
  let encodeMs = 0;
  let lastPreview = -Infinity;
  let lastYield = performance.now();
  try {
    const faces = await prepareFaces(scene, video, rig, signal);
    writer = await createMovieWriter({
      width,
      height,
      fps: variableRate ? { timestamps: Array.from(timeline.starts) } : fps,
      frames,
      audio: sound,
      durationSeconds: scene.durationSeconds,
      format: scene.format,
      ...(scene.encoder ? { encoder: scene.encoder } : {}),
      signal,
    });
    let frame = 0;
    for await (const image of framesInOrder(video, timeline.frames, { starts, width, height, signal })) {
      throwIfCancelled(signal);
      const started = performance.now();
      const before = shares ? image.data.slice() : null;
      const place = timeline.frames[frame]!;
      const pose = sampleMouth(scene.voice, fps, timeline.starts[frame]! * fps);
      const sized = (value: number) => Math.min(1, value * scene.expressiveness);
      const mouth = {
        ...pose,
        aperture: sized(pose.aperture),
        stretch: sized(pose.stretch),
        round: sized(pose.round),
      };
      for (const face of faces) face.render(place, mouth, image);
      if (shares && before) keepOutside(image, before, shares);
      await hash?.add(image);
      const drawn = performance.now();
      drawMs += drawn - started;
      if (onPreview && drawn - lastPreview > PREVIEW_EVERY_MS) {
        lastPreview = drawn;
        await sendPreview(image, onPreview);
      }
      await writer.add(image);
      const encoded = performance.now();
      encodeMs += encoded - drawn;
      frame++;
      onProgress({ stage: "rendering", framesDone: frame, frames });
      if (encoded - lastYield > YIELD_EVERY_MS) {
        await yieldToMessages();
        lastYield = performance.now();
      }
    }
    onProgress({ stage: "encoding", framesDone: frames, frames });
    const finishing = performance.now();
    const output = await writer.finish();
    encodeMs += performance.now() - finishing;
    return {
      output,
      frames,
      encoder: writer.encoder,
      mouthWidthPx: Math.min(...faces.map((face) => face.mouthWidthPx)),
      warnings: [],
      framesSha256: hash?.hex() ?? null,
      facelessRanges: untouched(timeline, faces),
      drawMs,
      encodeMs,
    };
  } catch (error) {
    await writer?.cancel().catch(() => undefined);
    throw error;
  } finally {
    sound.dispose();
    video.dispose();
  }
}
