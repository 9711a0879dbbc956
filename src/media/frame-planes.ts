import { growTo } from "../core/wasm-assembler.ts";
import type { RgbaImage } from "../core/image.ts";
import {
  YUV_BITS,
  YUV_CONSTANTS,
  YUV_SLACK,
  writeYuvConstants,
  yuvKernelsOn,
  type YuvConstants,
  type YuvKernels,
} from "./yuv-kernels.ts";

/** One plane of 8-bit samples, rows without padding. */
export interface Plane {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}

/** A frame as decoders give it: luma and two chroma planes of any subsampling. */
export interface YuvFrame {
  readonly planes: readonly [y: Plane, u: Plane, v: Plane];
  readonly matrix: YuvMatrix;
  readonly fullRange: boolean;
}

/** How luma and chroma were made from red, green and blue. */
export type YuvMatrix = "bt601" | "bt709" | "bt2020";

/** Weights of red and blue in luma. @see ITU-R BT.601-7, BT.709-6, BT.2020-2. */
const LUMA = { bt601: [0.299, 0.114], bt709: [0.2126, 0.0722], bt2020: [0.2627, 0.0593] } as const;

function constantsOf(matrix: YuvMatrix, fullRange: boolean): YuvConstants {
  const [kr, kb] = LUMA[matrix];
  const kg = 1 - kr - kb;
  const chromaScale = fullRange ? 1 : 255 / 224;
  const black = fullRange ? 0 : 16;
  const fixed = (value: number) => Math.round(value * 2 ** YUV_BITS);
  const y = fixed(fullRange ? 1 : 255 / 219);
  const redV = fixed(chromaScale * 2 * (1 - kr));
  const greenU = fixed((-chromaScale * 2 * (1 - kb) * kb) / kg);
  const greenV = fixed((-chromaScale * 2 * (1 - kr) * kr) / kg);
  const blueU = fixed(chromaScale * 2 * (1 - kb));
  const add = (chroma: number) => 2 ** (YUV_BITS - 1) - black * y - 128 * chroma;
  return { y, redV, greenU, greenV, blueU, add: [add(redV), add(greenU + greenV), add(blueU)] };
}

/** The memory of the conversion; it grows to the largest frame. */
let converter: { readonly memory: WebAssembly.Memory; readonly kernels: YuvKernels } | undefined;

function converterFor(bytes: number) {
  if (!converter) {
    const memory = new WebAssembly.Memory({ initial: 1 });
    converter = { memory, kernels: yuvKernelsOn(memory) };
  }
  growTo(converter.memory, bytes);
  return converter;
}

/**
 * Converts a frame to RGBA by its own matrix and range. Browsers' conversions are off by up to 11 of 255 in blue
 * for BT.709 (8-bit SIMD coefficients), which would tint every untouched pixel. Chroma is repeated, not
 * interpolated: the 2×2 average of the encoder's side undoes that exactly, so nothing blurs when a frame
 * passes through.
 */
export function yuvToRgba({ planes, matrix, fullRange }: YuvFrame): RgbaImage {
  const { width, height } = planes[0];
  let end = YUV_CONSTANTS;
  const reserve = (bytes: number) => {
    const start = end;
    end += Math.ceil((bytes + YUV_SLACK) / 16) * 16;
    return start;
  };
  const [yAt, uAt, vAt] = planes.map(({ data }) => reserve(data.length)) as [number, number, number];
  const out = reserve(width * height * 4);
  const { memory, kernels } = converterFor(end);
  const bytes = new Uint8ClampedArray(memory.buffer);
  writeYuvConstants(memory, 0, constantsOf(matrix, fullRange));
  planes.forEach(({ data }, i) => bytes.set(data, [yAt, uAt, vAt][i]!));
  // Subsampled planes are rounded up: 361 luma samples go with 181 of chroma.
  const chromaWidth = planes[1].width;
  const byY = planes[1].height < height ? 2 : 1;
  const convert = chromaWidth < width ? kernels.halfRow : kernels.fullRow;
  for (let y = 0; y < height; y++) {
    const chroma = Math.floor(y / byY) * chromaWidth;
    convert(yAt + y * width, uAt + chroma, vAt + chroma, 0, out + y * width * 4, width);
  }
  return { width, height, data: bytes.slice(out, out + width * height * 4) };
}

/** The picture turned clockwise by 90, 180 or 270 degrees, then mirrored left to right where asked. */
export function turnImage(image: RgbaImage, rotation: 0 | 90 | 180 | 270, flip: boolean): RgbaImage {
  if (rotation === 0 && !flip) return image;
  const { width, height } = image;
  const turned = rotation === 90 || rotation === 270;
  const [outWidth, outHeight] = turned ? [height, width] : [width, height];
  const source = new Uint32Array(image.data.buffer, image.data.byteOffset, width * height);
  const data = new Uint8ClampedArray(outWidth * outHeight * 4);
  const target = new Uint32Array(data.buffer);
  for (let y = 0; y < outHeight; y++) {
    for (let column = 0; column < outWidth; column++) {
      const x = flip ? outWidth - 1 - column : column;
      const from =
        rotation === 90
          ? (height - 1 - x) * width + y
          : rotation === 180
            ? (height - 1 - y) * width + (width - 1 - x)
            : rotation === 270
              ? x * width + (width - 1 - y)
              : y * width + x;
      target[y * outWidth + column] = source[from]!;
    }
  }
  return { width: outWidth, height: outHeight, data };
}
