import type { SoundBlock } from "./sound-block.ts";

/** Samples without a header, interleaved, little-endian. */
export interface RawFormat {
  readonly encoding: "s16" | "f32";
  readonly sampleRate: number;
  readonly channels?: number;
}

const BYTES = { s16: 2, f32: 4 } as const;

/** Blocks of a stream of raw samples; a piece may end in the middle of a sample. */
export async function* rawBlocks(
  stream: ReadableStream<Uint8Array<ArrayBuffer>>,
  { encoding, sampleRate, channels = 1 }: RawFormat,
): AsyncGenerator<SoundBlock> {
  const step = BYTES[encoding] * channels;
  let rest: Uint8Array = new Uint8Array(0);
  const reader = stream.getReader();
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    const bytes = new Uint8Array(rest.length + value.length);
    bytes.set(rest);
    bytes.set(value, rest.length);
    const frames = Math.floor(bytes.length / step);
    rest = bytes.slice(frames * step);
    if (frames === 0) continue;
    const view = new DataView(bytes.buffer);
    const sample =
      encoding === "s16"
        ? (i: number) => view.getInt16(2 * i, true) / 32_768
        : (i: number) => view.getFloat32(4 * i, true);
    const planes = Array.from({ length: channels }, (_, channel) =>
      Float32Array.from({ length: frames }, (__, i) => sample(i * channels + channel)),
    );
    yield { planes, sampleRateHz: sampleRate };
  }
}
