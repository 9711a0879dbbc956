import type { ReadHeader } from "./frame-splitter.ts";

const RATES = [
  96_000, 88_200, 64_000, 48_000, 44_100, 32_000, 24_000, 22_050, 16_000, 12_000, 11_025, 8000, 7350,
] as const;
/** Bytes of a header without a check sum. */
const HEADER = 7;
const SAMPLES = 1024;

/**
 * The header of a frame of AAC in ADTS. Layouts that it does not say, and so needs the sound for, count as none.
 * @see ISO/IEC 13818-7, section 6.2.
 */
export const readAdtsHeader: ReadHeader = (bytes, at) => {
  const [a, b, c, d, e, f, g] = [0, 1, 2, 3, 4, 5, 6].map((i) => bytes[at + i]!) as [
    ...[number, number, number, number, number, number, number],
  ];
  if (a !== 0xff || (b & 0xf6) !== 0xf0) return null;
  const sampleRateHz = RATES[(c >> 2) & 15];
  const layout = ((c & 1) << 2) | (d >> 6);
  const length = ((d & 3) << 11) | (e << 3) | (f >> 5);
  if (sampleRateHz === undefined || layout === 0 || length <= HEADER) return null;
  const codec = `mp4a.40.${(c >> 6) + 1}`;
  return {
    codec,
    length,
    samples: SAMPLES * (1 + (g & 3)),
    sampleRateHz,
    channels: layout === 7 ? 8 : layout,
  };
};
