import { EngineError, throwIfCancelled } from "../core/errors.ts";
import type { FaceLandmarks } from "../core/face.ts";
import { createImage, type RgbaImage } from "../core/image.ts";
import type { MouthPose, MouthTrack } from "../core/mouth.ts";
import { resizeImage } from "../media/decode-image.ts";
import { createMovieWriter } from "../media/movie-writer.ts";
import { handOver } from "../protocol/rpc.ts";
import type {
  PerformanceStyle,
  PortraitScene,
  RenderedMovie,
  RenderProgress,
} from "../protocol/render-api.ts";
import { createLife } from "../render/life.ts";
import { preparePortrait } from "../render/portrait.ts";
import type { Rig } from "../render/rig.ts";
import { sampleMouth } from "../speech/sample-mouth.ts";
import { createFrameHash } from "./frame-hash.ts";
import { placeTrack } from "./place-track.ts";
import { openSound } from "./sound.ts";

/** Pause between two live previews in milliseconds. */
const PREVIEW_EVERY_MS = 200;
/** Longest stretch of work without letting messages (a cancellation, say) in, in milliseconds. */
const YIELD_EVERY_MS = 40;

/** Landmarks of a picture that was resized. */
export function scaleLandmarks(landmarks: FaceLandmarks, scaleX: number, scaleY: number): FaceLandmarks {
  const points = landmarks.points.slice();
  for (let i = 0; i < points.length; i += 3) {
    points[i]! *= scaleX;
    points[i + 1]! *= scaleY;
    points[i + 2]! *= scaleX;
  }
  return { points, presence: landmarks.presence };
}

/** The mouth at an output frame, sized by the style. */
function mouthAt(track: MouthTrack, style: PerformanceStyle, fps: number, frame: number): MouthPose {
  const pose = sampleMouth(track, fps, frame);
  const sized = (value: number) => Math.min(1, value * style.expressiveness);
  return { ...pose, aperture: sized(pose.aperture), stretch: sized(pose.stretch), round: sized(pose.round) };
}

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

/**
 * Draws and encodes a talking picture, frame by frame; holds one frame at a time.
 * @throws EngineError `codec/missing`, `codec/failed`, `job/cancelled`, `device/memory`, `input/audio…`.
 */
export async function renderPortraits(
  scene: PortraitScene,
  rig: Rig,
  signal: AbortSignal,
  onProgress: (progress: RenderProgress) => void,
  onPreview: ((frame: ImageBitmap) => void) | null,
): Promise<RenderedMovie> {
  const { width, height, fps, style } = scene;
  if (scene.speakers.length === 0) throw new EngineError("input/no-face", "There is no face to animate.");
  const larger = scene.picture.width > width;
  const still = larger ? resizeImage(scene.picture, width, height) : cropToEven(scene.picture, width, height);
  const scaleX = larger ? width / scene.picture.width : 1;
  const scaleY = larger ? height / scene.picture.height : 1;
  const actors = scene.speakers.map((speaker, index) => {
    const portrait = preparePortrait({
      image: still,
      landmarks: scaleLandmarks(speaker.landmarks, scaleX, scaleY),
      ...(larger ? { detail: scene.picture } : {}),
      ...(scene.mask ? { mask: scene.mask } : {}),
      rig,
    });
    const headMotion = scene.mask ? 0 : style.headMotion;
    const track = placeTrack(speaker.track, speaker.startSeconds, scene.durationSeconds);
    const life = createLife(track, scene.durationSeconds, scene.seed + index * 7919, {
      ...style,
      headMotion,
    });
    return { track, portrait, life };
  });
  const sound = await openSound(scene, signal);
  const frames = Math.max(1, Math.round(scene.durationSeconds * fps));
  const writer = await createMovieWriter({
    width,
    height,
    fps,
    frames,
    audio: sound,
    durationSeconds: scene.durationSeconds,
    format: scene.format,
    ...(scene.encoder ? { encoder: scene.encoder } : {}),
    signal,
  });
  const hash = scene.hashFrames ? createFrameHash() : null;
  const out = createImage(width, height);
  let drawMs = 0;
  let encodeMs = 0;
  let lastPreview = -Infinity;
  let lastYield = performance.now();
  try {
    for (let frame = 0; frame < frames; frame++) {
      throwIfCancelled(signal);
      const started = performance.now();
      out.data.set(still.data);
      for (const { track, portrait, life } of actors) {
        portrait.render({ mouth: mouthAt(track, style, fps, frame), ...life.at(frame / fps) }, out);
      }
      await hash?.add(out);
      const drawn = performance.now();
      drawMs += drawn - started;
      if (onPreview && drawn - lastPreview > PREVIEW_EVERY_MS) {
        lastPreview = drawn;
        await sendPreview(out, onPreview);
      }
      await writer.add(out);
      const encoded = performance.now();
      encodeMs += encoded - drawn;
      onProgress({ stage: "rendering", framesDone: frame + 1, frames });
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
      mouthWidthPx: Math.min(...actors.map(({ portrait }) => portrait.mouthWidthPx)),
      warnings: [...new Set(actors.flatMap(({ portrait }) => portrait.warnings))],
      framesSha256: hash?.hex() ?? null,
      drawMs,
      encodeMs,
    };
  } catch (error) {
    await writer.cancel().catch(() => undefined);
    throw error;
  } finally {
    sound.dispose();
  }
}

/** Hands a copy of a frame to whoever watches. */
export async function sendPreview(frame: RgbaImage, onPreview: (frame: ImageBitmap) => void): Promise<void> {
  const bitmap = await createImageBitmap(new ImageData(frame.data, frame.width, frame.height));
  onPreview(handOver(bitmap, [bitmap]));
}

/** The picture without its last odd row or column: encoders want even sides. */
export function cropToEven(picture: RgbaImage, width: number, height: number): RgbaImage {
  if (picture.width === width && picture.height === height) return picture;
  const image = createImage(width, height);
  for (let y = 0; y < height; y++) {
    const row = y * picture.width * 4;
    image.data.set(picture.data.subarray(row, row + width * 4), y * width * 4);
  }
  return image;
}
