import type { MouthTrack } from "../../../src/core/mouth.ts";
import type { Runtime } from "../../../src/inference/runtime.ts";
import { decodeImage } from "../../../src/media/image/decode-image.ts";
import { mouthAt } from "../../../src/pipeline/plan/mouth-at.ts";
import { loadRig } from "../../../src/render/face-rig/rig.ts";
import { createIdleMotion } from "../../../src/render/idle-motion/idle-motion.ts";
import { copySource, preparePortrait } from "../../../src/render/portrait/portrait.ts";
import { createFaceAnalyser } from "../../../src/vision/landmarks/face-analyser.ts";
import { createImage } from "../../../src/core/image.ts";

const QUALITY = 0.92;
const IDLE = { headMotion: 1, blinkRate: 14, energy: 1, expressiveness: 1, smile: 0 } as const;

/** Draws a portrait that speaks, a frame at a time, as JPEG. */
export async function createFilm(
  runtime: Runtime,
  portrait: Blob,
): Promise<(track: MouthTrack, fps: number, frames: number) => AsyncGenerator<Blob>> {
  const { image } = await decodeImage(portrait, { maxPixels: 480 * 600 });
  const analyser = await createFaceAnalyser(runtime);
  const [found] = await analyser.analyse(image);
  await analyser.dispose();
  if (!found) throw new Error("the portrait shows no face");
  const [rig, geometry] = await Promise.all([runtime.loadAsset("rig"), runtime.loadAsset("face-geometry")]);
  const face = preparePortrait({ image, landmarks: found.landmarks, rig: loadRig(rig, geometry) });
  const { width, height } = image;
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext("2d")!;
  return async function* film(track, fps, frames) {
    const idle = createIdleMotion(track, frames / fps, 1, IDLE);
    const out = createImage(width, height);
    for (let frame = 0; frame < frames; frame++) {
      copySource(image, out);
      face.render({ ...idle.at(frame / fps), mouth: mouthAt(track, 1, fps, frame) }, out);
      context.putImageData(new ImageData(out.data, width, height), 0, 0);
      yield canvas.convertToBlob({ type: "image/jpeg", quality: QUALITY });
    }
  };
}
