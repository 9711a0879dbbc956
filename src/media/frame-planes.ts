import type { RgbaImage } from "../core/image.ts";
import { resizeTaps, type ResizeTaps } from "./resize-image.ts";

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

/** A scaler for planes of one size, with its own working memory. */
export type PlaneScaler = (source: Plane) => Plane;

/**
 * A Lanczos-3 scaler in integers (the result is the same on every machine).
 * The plane that it returns is overwritten by its next call.
 */
export function createPlaneScaler(
  from: { width: number; height: number },
  width: number,
  height: number,
): PlaneScaler {
  if (from.width === width && from.height === height) return (source) => source;
  const across: ResizeTaps = resizeTaps(from.width, width);
  const down: ResizeTaps = resizeTaps(from.height, height);
  const rows = new Int32Array(down.count * width);
  const rowIndex = new Int32Array(down.count);
  const data = new Uint8ClampedArray(width * height);
  const bytes = new Uint8Array(data.buffer);
  const sum = new Int32Array(width);

  const filterRow = (source: Plane, y: number, into: number) => {
    const base = y * from.width;
    for (let x = 0; x < width; x++) {
      let value = 32;
      const start = x * across.count;
      const first = base + across.first[x]!;
      for (let k = 0; k < across.count; k++) value += source.data[first + k]! * across.weights[start + k]!;
      rows[into + x] = value >> 6;
    }
  };

  return (source) => {
    rowIndex.fill(-1);
    for (let y = 0; y < height; y++) {
      sum.fill(1 << 21);
      for (let k = 0; k < down.count; k++) {
        const weight = down.weights[y * down.count + k]!;
        if (weight === 0) continue;
        const row = down.first[y]! + k;
        const slot = row % down.count;
        const at = slot * width;
        if (rowIndex[slot] !== row) {
          filterRow(source, row, at);
          rowIndex[slot] = row;
        }
        for (let x = 0; x < width; x++) sum[x]! += rows[at + x]! * weight;
      }
      const out = y * width;
      for (let x = 0; x < width; x++) data[out + x] = sum[x]! >> 22;
    }
    return { width, height, data: bytes };
  };
}

interface Coefficients {
  readonly y: Int32Array;
  readonly redV: Int32Array;
  readonly greenU: Int32Array;
  readonly greenV: Int32Array;
  readonly blueU: Int32Array;
}

const FRACTION = 65_536;
const cache = new Map<string, Coefficients>();

function coefficients(matrix: YuvMatrix, fullRange: boolean): Coefficients {
  const key = `${matrix} ${fullRange}`;
  const known = cache.get(key);
  if (known) return known;
  const [kr, kb] = LUMA[matrix];
  const kg = 1 - kr - kb;
  const lumaScale = fullRange ? 1 : 255 / 219;
  const chromaScale = fullRange ? 1 : 255 / 224;
  const black = fullRange ? 0 : 16;
  const table = (of: (value: number) => number) =>
    Int32Array.from({ length: 256 }, (_, i) => Math.round(of(i) * FRACTION));
  const made: Coefficients = {
    y: table((y) => lumaScale * (y - black) + 0.5),
    redV: table((v) => chromaScale * 2 * (1 - kr) * (v - 128)),
    greenU: table((u) => (-chromaScale * 2 * (1 - kb) * kb * (u - 128)) / kg),
    greenV: table((v) => (-chromaScale * 2 * (1 - kr) * kr * (v - 128)) / kg),
    blueU: table((u) => chromaScale * 2 * (1 - kb) * (u - 128)),
  };
  cache.set(key, made);
  return made;
}

function byte(value: number): number {
  const whole = value >> 16;
  return whole < 0 ? 0 : whole > 255 ? 255 : whole;
}

/**
 * Converts a frame to RGBA by its own matrix and range. Browsers' conversions are off by up to 11 of 255 in blue
 * for BT.709 (8-bit SIMD coefficients), which would tint every untouched pixel. Chroma is repeated, not
 * interpolated: the 2×2 average of the encoder's side undoes that exactly, so nothing blurs when a frame
 * passes through.
 */
export function yuvToRgba({ planes, matrix, fullRange }: YuvFrame): RgbaImage {
  const [luma, u, v] = planes;
  const { width, height } = luma;
  const table = coefficients(matrix, fullRange);
  const data = new Uint8ClampedArray(width * height * 4);
  const pixels = new Uint32Array(data.buffer);
  const columns = Int32Array.from({ length: width }, (_, x) =>
    Math.min(u.width - 1, Math.floor((x * u.width) / (width + (width & 1 && u.width < width ? 1 : 0)))),
  );
  for (let y = 0; y < height; y++) {
    const oddRow = height & 1 && u.height < height ? 1 : 0;
    const chromaRow = Math.min(u.height - 1, Math.floor((y * u.height) / (height + oddRow))) * u.width;
    const row = y * width;
    for (let x = 0; x < width; x++) {
      const chroma = chromaRow + columns[x]!;
      const cu = u.data[chroma]!;
      const cv = v.data[chroma]!;
      const base = table.y[luma.data[row + x]!]!;
      const red = byte(base + table.redV[cv]!);
      const green = byte(base + table.greenU[cu]! + table.greenV[cv]!);
      const blue = byte(base + table.blueU[cu]!);
      pixels[row + x] = red | (green << 8) | (blue << 16) | 0xff000000;
    }
  }
  return { width, height, data };
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
