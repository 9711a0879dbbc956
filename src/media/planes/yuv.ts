import type { RgbaImage } from "../../core/image.ts";
import { growTo } from "../../core/kernels/kernels.ts";
import {
  I420_CONSTANTS,
  I420_SLACK,
  i420KernelsOn,
  writeI420Constants,
  type I420Constants,
  type I420Kernels,
} from "./i420-kernels.ts";
import { BT709, LUMA_WEIGHTS, yuvMatrixOf, type PlaneColour } from "./plane-colour.ts";

/** The largest weight that 16 bits hold; half is 32768. */
const LARGEST = 32_767;

/** A colour space's equations in whole numbers; the weights of chroma add up to nothing, so that grey stays grey. */
function constantsOf(colour: PlaneColour): I420Constants {
  const [kr, kb] = LUMA_WEIGHTS[yuvMatrixOf(colour)];
  const [lumaScale, chromaScale] = colour.fullRange ? [1, 1] : [219 / 255, 224 / 255];
  const white = Math.round(lumaScale * 32_768);
  const [red, blue] = [kr, kb].map((weight) => Math.round(weight * lumaScale * 32_768)) as [number, number];
  const own = Math.min(LARGEST, Math.round(chromaScale * 32_768));
  const other = (weight: number, of: number) => -Math.round((own * weight) / (1 - of));
  const [redInU, blueInV] = [other(kr, kb), other(kb, kr)];
  return {
    luma: [red, white - red - blue, blue],
    black: colour.fullRange ? 0 : 16,
    u: [redInU, -own - redInU, own],
    v: [own, -own - blueInV, blueInV],
  };
}

/** Planes of a part of a picture in the converter's memory, rows without padding. */
export interface MadePlanes {
  readonly y: Uint8Array;
  readonly u: Uint8Array;
  readonly v: Uint8Array;
}

/** The memory of the conversion; it grows to the largest picture. */
let converter: { readonly memory: WebAssembly.Memory; readonly kernels: I420Kernels } | undefined;

function converterFor(bytes: number) {
  if (!converter) {
    const memory = new WebAssembly.Memory({ initial: 1 });
    converter = { memory, kernels: i420KernelsOn(memory) };
  }
  growTo(converter.memory, bytes);
  return converter;
}

/**
 * Converts pixels to planar 4:2:0, chroma averaged over 2×2 pixels. Browsers convert RGB frames by BT.601 or 709 as they
 * please; doing it here keeps the tags true. Alpha is ignored.
 * @param fill writes the pixels, `[height, width, 4]`, both even. @returns valid until the next conversion.
 * @see ITU-R BT.709-6, section 3; BT.601-7, section 2.5.
 */
export function makePlanes(
  width: number,
  height: number,
  colour: PlaneColour,
  fill: (pixels: Uint8Array) => void,
): MadePlanes {
  const [lumaBytes, chromaBytes] = [width * height, (width * height) >> 2];
  const pixels = I420_CONSTANTS;
  const luma = pixels + lumaBytes * 4 + I420_SLACK;
  const u = luma + lumaBytes + I420_SLACK;
  const v = u + chromaBytes + I420_SLACK;
  const { memory, kernels } = converterFor(v + chromaBytes + I420_SLACK);
  const bytes = new Uint8Array(memory.buffer);
  writeI420Constants(memory, 0, constantsOf(colour));
  fill(bytes.subarray(pixels, pixels + lumaBytes * 4));
  const rowBytes = width * 4;
  for (let y = 0; y < height; y++) kernels.lumaRow(pixels + y * rowBytes, luma + y * width, 0, width);
  for (let y = 0; y < height; y += 2) {
    const chroma = (y * width) >> 2;
    const upper = pixels + y * rowBytes;
    kernels.chromaRow(upper, upper + rowBytes, u + chroma, v + chroma, 0, width);
  }
  return {
    y: bytes.subarray(luma, luma + lumaBytes),
    u: bytes.subarray(u, u + chromaBytes),
    v: bytes.subarray(v, v + chromaBytes),
  };
}

/**
 * Converts a picture as {@link makePlanes} does to Y, then U, then V.
 * @param image both sides even. @param target at least `i420Bytes` long.
 */
export function rgbaToI420(image: RgbaImage, target: Uint8Array, colour: PlaneColour = BT709): void {
  const { width, height, data } = image;
  const { y, u, v } = makePlanes(width, height, colour, (pixels) => pixels.set(data));
  target.set(y);
  target.set(u, y.length);
  target.set(v, y.length + u.length);
}
