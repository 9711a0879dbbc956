import { browserEncoder, firstSupported } from "./browser-encoder.ts";
import type { FrameEncoder, FrameEncoderOptions } from "./frame-encoder.ts";

/** Level (times ten), pixels a picture, pixels a second. @see "VP9 levels", webmproject.org. */
const LEVELS = [
  [10, 36_864, 829_440],
  [11, 73_728, 2_764_800],
  [20, 122_880, 4_608_000],
  [21, 245_760, 9_216_000],
  [30, 552_960, 20_736_000],
  [31, 983_040, 36_864_000],
  [40, 2_228_224, 83_558_400],
  [41, 2_228_224, 160_432_128],
  [50, 8_912_896, 311_951_360],
  [51, 8_912_896, 588_251_136],
] as const;

function configurations(options: FrameEncoderOptions): VideoEncoderConfig[] {
  const { width, height, nominalFps, quality } = options;
  const pixels = width * height;
  const fitting = LEVELS.find(([, picture, second]) => pixels <= picture && pixels * nominalFps <= second);
  const codec = `vp09.00.${(fitting ?? LEVELS.at(-1)!)[0]}.08`;
  const ample = Math.round(pixels * Math.max(10, nominalFps) * 0.02 * 16 ** quality);
  const base = { codec, width, height, framerate: nominalFps, latencyMode: "quality" } as const;
  const bitrate = Math.max(...(options.bitrates ?? [ample]));
  const variable = { ...base, bitrateMode: "variable", bitrate } as const;
  return options.bitrates ? [variable] : [{ ...base, bitrateMode: "quantizer" }, variable];
}

/** The browser's own VP9 encoder, tried on a few frames; undefined when it has none that works for this size. */
export async function vp9Encoder(options: FrameEncoderOptions): Promise<FrameEncoder | undefined> {
  if (typeof VideoEncoder === "undefined") return undefined;
  const optionsFor = (quantizer: number) => ({ vp9: { quantizer } });
  const config = await firstSupported(configurations(options), optionsFor);
  if (!config) return undefined;
  const quantizer = Math.round(52 - 32 * options.quality);
  const frameOptions = config.bitrateMode === "quantizer" ? optionsFor(quantizer) : {};
  const bitrates = options.bitrates ?? null;
  return browserEncoder({ codec: "vp9", name: "VP9 (WebCodecs)", config, frameOptions, bitrates }, options);
}
