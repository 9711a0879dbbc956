import type { RgbaImage } from "../../core/image.ts";
import { growTo, pictureMemoryOf } from "../../core/kernels/kernels.ts";
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

/** Kernels by the memory that they work in. */
const kernelsIn = new WeakMap<WebAssembly.Memory, I420Kernels>();
/** The memory of the conversion; it grows to the largest picture. */
let converter: WebAssembly.Memory | undefined;

/** Bytes of a conversion beside its pixels. */
const roomFor = (width: number, height: number) => I420_CONSTANTS + (width * height * 3) / 2 + 3 * I420_SLACK;

/** Converts the pixels at an address. @param room address of {@link roomFor} bytes. */
function convert(
  memory: WebAssembly.Memory,
  pixels: number,
  room: number,
  width: number,
  height: number,
  colour: PlaneColour,
): MadePlanes {
  let kernels = kernelsIn.get(memory);
  if (!kernels) kernelsIn.set(memory, (kernels = i420KernelsOn(memory)));
  const [lumaBytes, chromaBytes] = [width * height, (width * height) >> 2];
  const luma = room + I420_CONSTANTS;
  const u = luma + lumaBytes + I420_SLACK;
  const v = u + chromaBytes + I420_SLACK;
  writeI420Constants(memory, room, constantsOf(colour));
  const rowBytes = width * 4;
  for (let y = 0; y < height; y += 2) {
    const [upper, chroma] = [pixels + y * rowBytes, (y * width) >> 2];
    kernels.lumaRow(upper, luma + y * width, room, width);
    kernels.lumaRow(upper + rowBytes, luma + (y + 1) * width, room, width);
    kernels.chromaRow(upper, upper + rowBytes, u + chroma, v + chroma, room, width);
  }
  const bytes = new Uint8Array(memory.buffer);
  return {
    y: bytes.subarray(luma, luma + lumaBytes),
    u: bytes.subarray(u, u + chromaBytes),
    v: bytes.subarray(v, v + chromaBytes),
  };
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
  converter ??= new WebAssembly.Memory({ initial: 1 });
  const pixelBytes = width * height * 4;
  growTo(converter, pixelBytes + I420_SLACK + roomFor(width, height));
  fill(new Uint8Array(converter.buffer, 0, pixelBytes));
  return convert(converter, 0, pixelBytes + I420_SLACK, width, height, colour);
}

/**
 * Converts a picture as {@link makePlanes} does to Y, then U, then V; one in a memory of kernels where it lies.
 * @param image both sides even. @param target at least `i420Bytes` long.
 */
export function rgbaToI420(image: RgbaImage, target: Uint8Array, colour: PlaneColour = BT709): void {
  const { width, height, data } = image;
  const home = pictureMemoryOf(data.buffer);
  const { y, u, v } =
    home && home.roomBytes >= roomFor(width, height)
      ? convert(home.memory, data.byteOffset, home.roomAt, width, height, colour)
      : makePlanes(width, height, colour, (pixels) => pixels.set(data));
  target.set(y);
  target.set(u, y.length);
  target.set(v, y.length + u.length);
}
