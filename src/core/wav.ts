/** Samples of a WAV file. */
export interface WavFormat {
  readonly sampleRateHz: number;
  /** 1 when absent. */
  readonly channels?: number;
  /** 16-bit integers, or floats of 32 bits. */
  readonly encoding: "s16" | "f32";
}

const HEADER_BYTES = 44;

/** The head of a WAV file whose interleaved little-endian samples follow, so many bytes of them. */
export function wavHeader(
  { sampleRateHz, channels = 1, encoding }: WavFormat,
  dataBytes: number,
): Uint8Array<ArrayBuffer> {
  const sampleBytes = encoding === "f32" ? 4 : 2;
  const view = new DataView(new ArrayBuffer(HEADER_BYTES));
  const ascii = (at: number, text: string) =>
    [...text].forEach((letter, i) => view.setUint8(at + i, letter.charCodeAt(0)));
  ascii(0, "RIFF");
  view.setUint32(4, HEADER_BYTES - 8 + dataBytes, true);
  ascii(8, "WAVEfmt ");
  view.setUint32(16, 16, true);
  view.setUint16(20, encoding === "f32" ? 3 : 1, true);
  view.setUint16(22, channels, true);
  view.setUint32(24, sampleRateHz, true);
  view.setUint32(28, sampleRateHz * channels * sampleBytes, true);
  view.setUint16(32, channels * sampleBytes, true);
  view.setUint16(34, sampleBytes * 8, true);
  ascii(36, "data");
  view.setUint32(40, dataBytes, true);
  return new Uint8Array(view.buffer);
}
