import type { ReadHeader } from "./frame-splitter.ts";

const RATES = [44_100, 48_000, 32_000] as const;
/** kbit/s of layer III: MPEG-1, and MPEG-2 and 2.5. */
const BITRATES = [
  [32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320],
  [8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160],
] as const;

/** The header of an MP3 frame: layer III. @see ISO/IEC 11172-3 and 13818-3, section 2.4.1. */
export const readMp3Header: ReadHeader = (bytes, at) => {
  const [a, b, c, d] = [bytes[at]!, bytes[at + 1]!, bytes[at + 2]!, bytes[at + 3]!];
  const version = (b >> 3) & 3;
  if (a !== 0xff || (b & 0xe6) !== 0xe2 || version === 1) return null;
  const first = version === 3;
  const bitrate = BITRATES[first ? 0 : 1][(c >> 4) - 1];
  const rate = RATES[(c >> 2) & 3];
  if (bitrate === undefined || rate === undefined) return null;
  const sampleRateHz = first ? rate : version === 2 ? rate / 2 : rate / 4;
  const samples = first ? 1152 : 576;
  const mono = d >> 6 === 3;
  const length = Math.floor((samples * bitrate * 125) / sampleRateHz) + ((c >> 1) & 1);
  const factsAt = 4 + (first ? (mono ? 17 : 32) : mono ? 9 : 17);
  return { codec: "mp3", length, samples, sampleRateHz, channels: mono ? 1 : 2, factsAt };
};
