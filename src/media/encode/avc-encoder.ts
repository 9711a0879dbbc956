import { browserEncoder, firstSupported } from "./browser-encoder.ts";
import type { FrameEncoder, FrameEncoderOptions } from "./frame-encoder.ts";

/** Rate controls misjudge very small pictures below this. */
const LOWEST_BITRATE = 600_000;

/** Level, macroblocks a frame, macroblocks a second. @see ITU-T H.264, table A-1. */
const LEVELS = [
  [0x1e, 1620, 40_500],
  [0x1f, 3600, 108_000],
  [0x20, 5120, 216_000],
  [0x28, 8192, 245_760],
  [0x2a, 8704, 522_240],
  [0x32, 22_080, 589_824],
  [0x33, 36_864, 983_040],
  [0x34, 36_864, 2_073_600],
] as const;
/** High, Main and constrained Baseline. */
const PROFILES = ["6400", "4d00", "42e0"] as const;

function levelFor({ width, height, nominalFps }: FrameEncoderOptions): string {
  const blocks = Math.ceil(width / 16) * Math.ceil(height / 16);
  const fitting = LEVELS.find(([, frame, second]) => blocks <= frame && blocks * nominalFps <= second);
  return (fitting ?? LEVELS.at(-1)!)[0].toString(16);
}

/** The highest of the bitrates asked for, else a constant quantiser where the encoder has it (hardware), else an ample bitrate. */
function configurations(options: FrameEncoderOptions): VideoEncoderConfig[] {
  const { width, height, nominalFps, quality } = options;
  const ample = Math.round(width * height * Math.max(10, nominalFps) * 0.02 * 16 ** quality);
  const bitrate = Math.max(LOWEST_BITRATE, ...(options.bitrates ?? [ample]));
  const base = {
    width,
    height,
    framerate: nominalFps,
    latencyMode: "quality",
    avc: { format: "avc" },
  } as const;
  return PROFILES.flatMap((profile): VideoEncoderConfig[] => {
    const codec = `avc1.${profile}${levelFor(options)}`;
    const variable = { ...base, codec, bitrateMode: "variable", bitrate } as const;
    return options.bitrates ? [variable] : [{ ...base, codec, bitrateMode: "quantizer" }, variable];
  });
}

/** The browser's own H.264 encoder, tried on a few frames; undefined when it has none that works for this size. */
export async function avcEncoder(options: FrameEncoderOptions): Promise<FrameEncoder | undefined> {
  if (typeof VideoEncoder === "undefined") return undefined;
  const optionsFor = (quantizer: number) => ({ avc: { quantizer } });
  const config = await firstSupported(configurations(options), optionsFor);
  if (!config) return undefined;
  const quantizer = Math.round(41 - 25 * options.quality);
  const frameOptions = config.bitrateMode === "quantizer" ? optionsFor(quantizer) : {};
  const bitrates = options.bitrates?.map((rate) => Math.max(LOWEST_BITRATE, rate)) ?? null;
  return browserEncoder({ codec: "avc", name: "H.264 (WebCodecs)", config, frameOptions, bitrates }, options);
}
