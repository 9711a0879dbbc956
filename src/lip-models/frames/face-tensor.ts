import { createImage, type RgbaImage } from "../../core/image.ts";
import type { LipFramesManifest } from "../manifest/manifest.ts";

/** Offset of a colour channel in RGBA for channel 0, 1, 2 of a picture. */
const CHANNELS = { RGB: [0, 1, 2], BGR: [2, 1, 0] } as const;

/** Distance in the tensor between neighbouring pixels and between channels. */
function strides(layout: "NCHW" | "NHWC", channels: number, size: number) {
  return layout === "NCHW" ? { pixel: 1, channel: size * size } : { pixel: channels, channel: 1 };
}

/** Length of one frame's part of the face input. */
export const faceInputLength = ({ inputs: [, face], size }: LipFramesManifest): number =>
  face.channels.length * 3 * size * size;

/**
 * Writes one frame's pictures into the face input at `at`: the masked one, its lower rows replaced, and the
 * reference, in the manifest's order of pictures and colours, layout and range.
 */
export function writeFaceInput(
  manifest: LipFramesManifest,
  face: RgbaImage,
  reference: RgbaImage,
  out: Float32Array,
  at: number,
): void {
  const { size, mask } = manifest;
  const port = manifest.inputs[1];
  const [low, high] = port.range;
  const gain = (high - low) / 255;
  const { pixel, channel } = strides(port.layout, port.channels.length * 3, size);
  const maskedFrom = Math.round(mask.fromRow * size) * size;
  const order = CHANNELS[port.colour];
  for (const [index, kind] of port.channels.entries()) {
    const source = (kind === "masked" ? face : reference).data;
    for (let c = 0; c < 3; c++) {
      const base = at + (index * 3 + c) * channel;
      for (let i = 0; i < size * size; i++) {
        const hidden = kind === "masked" && i >= maskedFrom;
        out[base + i * pixel] = hidden ? mask.value : source[i * 4 + order[c]!]! * gain + low;
      }
    }
  }
}

/** One frame's picture out of the face output that starts at `at`. */
export function readFaceOutput(manifest: LipFramesManifest, data: Float32Array, at: number): RgbaImage {
  const { size, output } = manifest;
  const [low, high] = output.range;
  const gain = 255 / (high - low);
  const { pixel, channel } = strides(output.layout, 3, size);
  const order = CHANNELS[output.colour];
  const image = createImage(size, size);
  for (let i = 0; i < size * size; i++) {
    for (let c = 0; c < 3; c++) {
      image.data[i * 4 + order[c]!] = (data[at + c * channel + i * pixel]! - low) * gain;
    }
    image.data[i * 4 + 3] = 255;
  }
  return image;
}
