import type { RgbaImage } from "../../core/image.ts";
import { LUMA_WEIGHTS, type YuvMatrix } from "./plane-colour.ts";
import type { StoredFrame } from "./stored-planes.ts";

/** A colour space beyond what usual screens show: high dynamic range, wide gamut, or both. */
export interface WideColour {
  /** Hybrid log-gamma, perceptual quantiser, or the usual curve. */
  readonly transfer: "hlg" | "pq" | "sdr";
  readonly primaries: "bt709" | "bt2020" | "p3";
  readonly matrix: YuvMatrix;
  readonly fullRange: boolean;
}

const TRANSFERS: Readonly<Record<string, "hlg" | "pq">> = {
  hlg: "hlg",
  "arib-std-b67": "hlg",
  pq: "pq",
  smpte2084: "pq",
};
const PRIMARIES: Readonly<Record<string, "bt2020" | "p3">> = {
  bt2020: "bt2020",
  smpte432: "p3",
  smpte431: "p3",
};

/** What a frame says of its colours, in the words of WebCodecs or of ffmpeg. */
export interface ToldColour {
  readonly primaries: string | null;
  readonly transfer: string | null;
  readonly fullRange: boolean | null;
}

/** Whether a frame's light goes beyond what screens usually show. */
export function isHighRange(transfer: string | null): boolean {
  return transfer !== null && transfer in TRANSFERS;
}

/** The wide colour space that a frame is in; null for the usual ones. @param matrix what its matrix is taken for. */
export function wideColourOf(told: ToldColour, matrix: YuvMatrix): WideColour | null {
  const transfer = TRANSFERS[told.transfer ?? ""] ?? "sdr";
  const primaries = PRIMARIES[told.primaries ?? ""] ?? "bt709";
  if (transfer === "sdr" && primaries === "bt709") return null;
  return { transfer, primaries, matrix, fullRange: told.fullRange === true };
}

/** Nits of diffuse white. @see ITU-R BT.2408. */
const WHITE_NITS = 203;
/** Nits of the brightest white, HLG's nominal screen; PQ's is taken for the same. */
const PEAK_NITS = 1000;
const PEAK = PEAK_NITS / WHITE_NITS;
const PQ_NITS = 10_000;
/** HLG's constants. @see ITU-R BT.2100-2, table 5. */
const [A, B, C] = [0.17883277, 0.28466892, 0.55991073];
const SYSTEM_GAMMA = 1.2;

/** Scene light of HLG's signal, both 0 to 1. */
function hlgScene(signal: number): number {
  return signal <= 0.5 ? (signal * signal) / 3 : (Math.exp((signal - C) / A) + B) / 12;
}

/** Nits of PQ's signal. @see ITU-R BT.2100-2, table 4. */
function pqNits(signal: number): number {
  const [m1, m2] = [2610 / 16_384, (2523 / 4096) * 128];
  const [c1, c2, c3] = [3424 / 4096, (2413 / 4096) * 32, (2392 / 4096) * 32];
  const power = signal ** (1 / m2);
  return PQ_NITS * (Math.max(0, power - c1) / (c2 - c3 * power)) ** (1 / m1);
}

const srgbLight = (signal: number) =>
  signal <= 0.04045 ? signal / 12.92 : ((signal + 0.055) / 1.055) ** 2.4;
const srgbSignal = (light: number) =>
  light <= 0.0031308 ? 12.92 * light : 1.055 * light ** (1 / 2.4) - 0.055;

/**
 * The share of a light that a usual screen shows, both in diffuse whites: half of it up to diffuse white, then ever
 * less, so that the peak becomes the screen's white.
 * @see SMPTE ST 2094-50, reference white tone mapping: a quadratic Bézier from (1, ½) to (peak, 1), tension .65.
 */
function toneMapped(light: number): number {
  const knee = 0.5;
  const tension = 0.65;
  if (light <= 1) return knee * light;
  if (light >= PEAK) return 1;
  const middle = [1 - tension + tension / knee, (1 - tension) * knee + tension] as const;
  const [a, b] = [1 - 2 * middle[0] + PEAK, 2 * middle[0] - 2];
  const t = (-b + Math.sqrt(b * b - 4 * a * (1 - light))) / (2 * a);
  return (knee - 2 * middle[1] + 1) * t * t + 2 * (middle[1] - knee) * t + knee;
}

/** Rows that turn linear light into BT.709's. @see ITU-R BT.2087 and SMPTE EG 432-1, by the primaries' chromaticities. */
const TO_BT709 = {
  bt709: [1, 0, 0, 0, 1, 0, 0, 0, 1],
  bt2020: [1.660491, -0.587641, -0.07285, -0.124551, 1.1329, -0.008349, -0.018151, -0.100579, 1.11873],
  p3: [1.22494, -0.22494, 0, -0.042057, 1.042057, 0, -0.019638, -0.078636, 1.098274],
} as const;

/** Luminance of each set of primaries. */
const LUMINANCE = {
  bt709: [0.2126, 0.7152, 0.0722],
  bt2020: [0.2627, 0.678, 0.0593],
  p3: [0.2289746, 0.6917385, 0.0792869],
} as const;

/** Steps of the tables; a step is a small part of one of 256 levels. */
const STEPS = 4096;

function tableOf(value: (share: number) => number): Float32Array {
  return Float32Array.from({ length: STEPS + 1 }, (_, i) => value(i / STEPS));
}

/** Turns pixels of Display P3 into sRGB's, in place; what sRGB cannot show is cut. */
export function p3ToSrgb({ data }: RgbaImage): void {
  const light = Float32Array.from({ length: 256 }, (_, level) => srgbLight(level / 255));
  const signal = Uint8ClampedArray.from(tableOf((root) => 255 * srgbSignal(root * root)));
  const levelOf = (value: number) =>
    signal[value <= 0 ? 0 : value >= 1 ? STEPS : Math.round(Math.sqrt(value) * STEPS)]!;
  const [rr, rg, rb, gr, gg, gb, br, bg, bb] = TO_BT709.p3;
  for (let i = 0; i < data.length; i += 4) {
    const [red, green, blue] = [light[data[i]!]!, light[data[i + 1]!]!, light[data[i + 2]!]!];
    data[i] = levelOf(rr * red + rg * green + rb * blue);
    data[i + 1] = levelOf(gr * red + gg * green + gb * blue);
    data[i + 2] = levelOf(br * red + bg * green + bb * blue);
  }
}

/** Turns a frame's planes into pixels; chroma is repeated, as `yuvToRgba` does. */
export type WideConverter = (frame: StoredFrame) => RgbaImage;

/**
 * A converter of frames of one colour space to sRGB, so that frames are the same whichever decoder gave them (browsers'
 * own conversions differ by version, and lose up to 30 of 255 in the blue of BT.2020): high dynamic range is tone-mapped
 * by the largest of red, green and blue, which keeps hues; the gamut is cut.
 */
export function createWideConverter({ transfer, primaries, matrix, fullRange }: WideColour): WideConverter {
  const light =
    transfer === "hlg"
      ? tableOf(hlgScene)
      : transfer === "pq"
        ? tableOf((signal) => pqNits(signal) / WHITE_NITS)
        : tableOf(srgbLight);
  /** By the root of luminance: what HLG's screen adds, in diffuse whites. */
  const system = tableOf((root) => PEAK * root ** (2 * (SYSTEM_GAMMA - 1)));
  /** By light in peaks: the factor of tone mapping. */
  const mapping = tableOf((peaks) => (peaks === 0 ? 0.5 : toneMapped(peaks * PEAK) / (peaks * PEAK)));
  /** By the root of light. */
  const signal = Uint8ClampedArray.from(tableOf((root) => 255 * srgbSignal(root * root)));
  const [kr, kb] = LUMA_WEIGHTS[matrix];
  const kg = 1 - kr - kb;
  const [rr, rg, rb, gr, gg, gb, br, bg, bb] = TO_BT709[primaries];
  const [yr, yg, yb] = LUMINANCE[primaries];
  const lightOf = (value: number) => light[Math.round((value <= 0 ? 0 : value >= 1 ? 1 : value) * STEPS)]!;
  const levelOf = (value: number) =>
    signal[value <= 0 ? 0 : value >= 1 ? STEPS : Math.round(Math.sqrt(value) * STEPS)]!;

  return ({ planes: [luma, u, v], bits }) => {
    const { width, height } = luma;
    const unit = fullRange ? 1 / ((1 << bits) - 1) : 1 / (219 << (bits - 8));
    const chromaUnit = fullRange ? 1 / ((1 << bits) - 1) : 1 / (224 << (bits - 8));
    const [black, middle] = [fullRange ? 0 : 16 << (bits - 8), 1 << (bits - 1)];
    const [byX, byY] = [u.width < width ? 1 : 0, u.height < height ? 1 : 0];
    const data = new Uint8ClampedArray(width * height * 4);
    for (let y = 0, out = 0; y < height; y++) {
      const row = y * width;
      const chromaRow = (y >> byY) * u.width;
      for (let x = 0; x < width; x++, out += 4) {
        const value = (luma.data[row + x]! - black) * unit;
        const blueness = (u.data[chromaRow + (x >> byX)]! - middle) * chromaUnit;
        const redness = (v.data[chromaRow + (x >> byX)]! - middle) * chromaUnit;
        let red = value + 2 * (1 - kr) * redness;
        let blue = value + 2 * (1 - kb) * blueness;
        let green = lightOf((value - kr * red - kb * blue) / kg);
        red = lightOf(red);
        blue = lightOf(blue);
        if (transfer !== "sdr") {
          let gain = 1;
          if (transfer === "hlg") {
            const luminance = yr * red + yg * green + yb * blue;
            gain = system[Math.round(Math.sqrt(luminance < 1 ? luminance : 1) * STEPS)]!;
          }
          const largest = Math.max(red, green, blue) * gain;
          gain *= largest >= PEAK ? 1 / largest : mapping[Math.round((largest / PEAK) * STEPS)]!;
          red *= gain;
          green *= gain;
          blue *= gain;
        }
        data[out] = levelOf(rr * red + rg * green + rb * blue);
        data[out + 1] = levelOf(gr * red + gg * green + gb * blue);
        data[out + 2] = levelOf(br * red + bg * green + bb * blue);
        data[out + 3] = 255;
      }
    }
    return { width, height, data };
  };
}
