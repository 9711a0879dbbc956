import type { RgbaImage } from "../core/image.ts";
import type { Trial } from "../inference/check/checked-model.ts";
import { sampleFace } from "../inference/check/sample-face.ts";
import { SAMPLE_VOICE_PARTS, sampleVoice } from "../inference/check/sample-voice.ts";
import { cropFace } from "./frames/face-crop.ts";
import { generatorOf, type FaceOrder } from "./face-generator.ts";
import type { LipFramesManifest } from "./manifest/manifest.ts";
import { melSpectrogram } from "./frames/mel.ts";
import { columnRate } from "./frames/mel-window.ts";

/**
 * Largest difference of a generated value between WebGPU and wasm as a share of the declared range, outside of which values
 * are cut: two and eight 8-bit steps. Sums in another order differ by less than 1e-4 (measured 1e-6 on an emulated
 * adapter); half precision by about 1e-3 a layer.
 */
export const PAINTED_TOLERANCE = { float32: 2 / 255, float16: 8 / 255 } as const;

const squareOf = (image: RgbaImage, centreX: number, centreY: number, side: number, size: number) =>
  cropFace(
    image,
    {
      centreX: centreX * image.width,
      centreY: centreY * image.height,
      width: side * image.width,
      height: side * image.height,
      angle: 0,
    },
    size,
  );

/**
 * A trial of a model that generates faces: a photographed face (another cut of it as the reference) with a vowel and with a
 * hiss, alone and, on the device, in a full batch as jobs generate them.
 * @param batch frames a run on the device.
 * @throws EngineError `model/load`, `model/integrity` when the sample cannot be fetched.
 */
export async function generatorTrial(
  manifest: LipFramesManifest,
  batch: number,
  half: boolean,
): Promise<Trial> {
  const sample = await sampleFace();
  const { size, output, audio } = manifest;
  const face = squareOf(sample, 0.5, 0.52, 0.8, size);
  const reference = squareOf(sample, 0.46, 0.48, 0.95, size);
  const mel = melSpectrogram(sampleVoice(), audio);
  const at = (seconds: number): FaceOrder => ({
    face,
    reference,
    column: Math.round(seconds * columnRate(audio)),
  });
  const vowel = at(SAMPLE_VOICE_PARTS.vowels + 0.1);
  const hiss = at(SAMPLE_VOICE_PARTS.hiss + 0.1);
  const [low, high] = output.range;
  const length = 3 * size ** 2;

  return {
    tolerance: PAINTED_TOLERANCE[half ? "float16" : "float32"],
    async run(model, on) {
      const generator = generatorOf(model, manifest, on === "device" ? batch : 1);
      const generate = async (orders: readonly FaceOrder[]) => {
        const raw = await generator.generateRaw(mel, orders);
        return raw.map((value) => Math.min(1, Math.max(0, (value - low) / (high - low))));
      };
      const alone = await generate([vowel]);
      if (on === "processor") {
        return {
          alone: { data: alone },
          first: { data: alone },
          last: { data: batch > 1 ? await generate([hiss]) : alone },
        };
      }
      const together = await generate(Array.from({ length: batch }, (_, i) => (i === 0 ? vowel : hiss)));
      return {
        alone: { data: alone },
        first: { data: together.subarray(0, length) },
        last: { data: together.subarray(-length) },
      };
    },
  };
}
