/**
 * A picture in memory: sRGB, straight alpha, row-major, 4 bytes a pixel (R, G, B, A),
 * upright (orientation already applied). `data.length === width * height * 4`.
 */
export interface RgbaImage {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8ClampedArray<ArrayBuffer>;
}

/** A transparent black picture of the given size in pixels. */
export function createImage(width: number, height: number): RgbaImage {
  return { width, height, data: new Uint8ClampedArray(width * height * 4) };
}

/** Names of the output sizes that clients may ask for. */
export type Resolution = "480p" | "720p" | "source";

const SHORT_SIDE = { "480p": 480, "720p": 720 } as const;

/**
 * The output size in pixels for a source: its shorter side becomes 480 or 720, the aspect ratio is kept,
 * both sides are even, and a smaller source is never enlarged (`enlargementRefused` says so).
 */
export function outputSize(
  source: { width: number; height: number },
  resolution: Resolution,
): { width: number; height: number; enlargementRefused: boolean } {
  const even = (value: number) => Math.max(2, Math.round(value / 2) * 2);
  const evenDown = (value: number) => Math.max(2, Math.floor(value / 2) * 2);
  const short = Math.min(source.width, source.height);
  const wanted = resolution === "source" ? short : SHORT_SIDE[resolution];
  if (short <= wanted) {
    return {
      width: evenDown(source.width),
      height: evenDown(source.height),
      enlargementRefused: short < wanted - 1,
    };
  }
  const scale = wanted / short;
  return {
    width: even(source.width * scale),
    height: even(source.height * scale),
    enlargementRefused: false,
  };
}
