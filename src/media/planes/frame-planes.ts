import { growTo } from "../../core/kernels/kernels.ts";
import type { Box } from "../../core/face.ts";
import type { RgbaImage } from "../../core/image.ts";
import { LUMA_WEIGHTS, type YuvMatrix } from "./plane-colour.ts";
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

function constantsOf(matrix: YuvMatrix, fullRange: boolean): YuvConstants {
  const [kr, kb] = LUMA_WEIGHTS[matrix];
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
 * Converts a box of a frame to RGBA by the frame's own matrix and range. Browsers' conversions are off by up to 11 of
 * 255 in blue for BT.709 (8-bit SIMD coefficients), which would tint every untouched pixel. Chroma is repeated, not
 * interpolated: the 2×2 average of the encoder's side undoes that exactly, so nothing blurs when a frame
 * passes through.
 * @param box its corner on a whole sample of chroma.
 * @returns `[box.height, box.width, 4]`, valid until the next conversion.
 */
export function convertBox(
  { planes, matrix, fullRange }: YuvFrame,
  box: Box,
): Uint8ClampedArray<ArrayBuffer> {
  // Subsampled planes are rounded up: 361 luma samples go with 181 of chroma.
  const byX = planes[1].width < planes[0].width ? 2 : 1;
  const byY = planes[1].height < planes[0].height ? 2 : 1;
  let end = YUV_CONSTANTS;
  const reserve = (bytes: number) => {
    const start = end;
    end += Math.ceil((bytes + YUV_SLACK) / 16) * 16;
    return start;
  };
  const lines = planes.map(({ width, data }, i) => {
    const by = i === 0 ? 1 : byY;
    const rows = data.subarray(Math.floor(box.y / by) * width, Math.ceil((box.y + box.height) / by) * width);
    return { at: reserve(rows.length), rows, width };
  });
  const out = reserve(box.width * box.height * 4);
  const { memory, kernels } = converterFor(end);
  const bytes = new Uint8ClampedArray(memory.buffer);
  writeYuvConstants(memory, 0, constantsOf(matrix, fullRange));
  for (const { at, rows } of lines) bytes.set(rows, at);
  const [y, u, v] = lines as [(typeof lines)[0], (typeof lines)[0], (typeof lines)[0]];
  const convert = byX === 2 ? kernels.halfRow : kernels.fullRow;
  for (let row = 0; row < box.height; row++) {
    const luma = y.at + row * y.width + box.x;
    const chroma = Math.floor(row / byY) * u.width + Math.floor(box.x / byX);
    convert(luma, u.at + chroma, v.at + chroma, 0, out + row * box.width * 4, box.width);
  }
  return bytes.subarray(out, out + box.width * box.height * 4);
}

/** Converts a whole frame as {@link convertBox} does. @param into takes the pixels where it is as large as the frame. */
export function yuvToRgba(frame: YuvFrame, into?: RgbaImage): RgbaImage {
  const { width, height } = frame.planes[0];
  const pixels = convertBox(frame, { x: 0, y: 0, width, height });
  if (into?.width !== width || into.height !== height) return { width, height, data: pixels.slice() };
  into.data.set(pixels);
  return into;
}

/** Puts planes of green, blue and red, all of one size, together as pixels. */
export function rgbOfPlanes([green, blue, red]: readonly [Plane, Plane, Plane]): RgbaImage {
  const { width, height } = green;
  const data = new Uint8ClampedArray(width * height * 4);
  for (let i = 0, at = 0; i < width * height; i++, at += 4) {
    data[at] = red.data[i]!;
    data[at + 1] = green.data[i]!;
    data[at + 2] = blue.data[i]!;
    data[at + 3] = 255;
  }
  return { width, height, data };
}

/** Whether a picture stands, lies on a side or on its head, as files tell it, clockwise. */
export type Rotation = 0 | 90 | 180 | 270;

/** Turns rows of samples or pixels; `width` and `height` before. */
function turnRows(
  source: Uint8Array | Uint32Array,
  target: Uint8Array | Uint32Array,
  { width, height }: { readonly width: number; readonly height: number },
  rotation: Rotation,
  flip: boolean,
): void {
  const turned = rotation === 90 || rotation === 270;
  const [outWidth, outHeight] = turned ? [height, width] : [width, height];
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
}

/** The size of something that is turned. */
function turnedSize({ width, height }: { readonly width: number; readonly height: number }, by: Rotation) {
  return by % 180 === 90 ? { width: height, height: width } : { width, height };
}

/** The picture turned clockwise by 90, 180 or 270 degrees, then mirrored left to right where asked. */
export function turnImage(image: RgbaImage, rotation: Rotation, flip: boolean): RgbaImage {
  if (rotation === 0 && !flip) return image;
  const { width, height } = image;
  const source = new Uint32Array(image.data.buffer, image.data.byteOffset, width * height);
  const data = new Uint8ClampedArray(image.data.length);
  turnRows(source, new Uint32Array(data.buffer), image, rotation, flip);
  return { ...turnedSize(image, rotation), data };
}

/** The same for a plane. */
export function turnPlane(plane: Plane, rotation: Rotation, flip: boolean): Plane {
  if (rotation === 0 && !flip) return plane;
  const data = new Uint8Array(plane.data.length);
  turnRows(plane.data, data, plane, rotation, flip);
  return { ...turnedSize(plane, rotation), data };
}
