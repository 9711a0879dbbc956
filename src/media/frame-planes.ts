import type { RgbaImage } from "../core/image.ts";

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

interface Coefficients {
  readonly y: Int32Array;
  readonly redV: Int32Array;
  readonly greenU: Int32Array;
  readonly greenV: Int32Array;
  readonly blueU: Int32Array;
}

const FRACTION = 65_536;
/** Alpha 255 of a little-endian pixel. */
const OPAQUE = 0xff << 24;
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
  const { y: lumaOf, redV, greenU, greenV, blueU } = coefficients(matrix, fullRange);
  const data = new Uint8ClampedArray(width * height * 4);
  const pixels = new Int32Array(data.buffer);
  const [lumaData, uData, vData] = [luma.data, u.data, v.data];
  // Subsampled planes are rounded up: 361 luma samples go with 181 of chroma.
  const step = u.width < width ? 2 : 1;
  const byY = u.height < height ? 2 : 1;
  for (let y = 0; y < height; y++) {
    const row = y * width;
    let chroma = Math.floor(y / byY) * u.width;
    for (let x = 0; x < width; x += step, chroma++) {
      const cu = uData[chroma]!;
      const cv = vData[chroma]!;
      const red = redV[cv]!;
      const green = (greenU[cu]! + greenV[cv]!) | 0;
      const blue = blueU[cu]!;
      const end = Math.min(x + step, width);
      for (let i = x; i < end; i++) {
        const base = lumaOf[lumaData[row + i]!]!;
        pixels[row + i] =
          byte((base + red) | 0) | (byte((base + green) | 0) << 8) | (byte((base + blue) | 0) << 16) | OPAQUE;
      }
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
