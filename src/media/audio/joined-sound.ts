import type { PcmReader } from "./audio-source.ts";
import { createUniform } from "./uniform.ts";

/** Recordings one after another as one sound, of the rate and channels of the first; owns the readers from now on. */
export function joinReaders(readers: readonly [PcmReader, ...PcmReader[]]): PcmReader {
  const [{ sampleRateHz, channels, decoder }] = readers;
  return {
    durationSeconds: readers.reduce((sum, { durationSeconds }) => sum + durationSeconds, 0),
    sampleRateHz,
    channels,
    decoder,
    get warnings() {
      return readers.flatMap(({ warnings }) => warnings);
    },
    async *blocks(signal) {
      const uniform = createUniform({ sampleRateHz, channels });
      for (const reader of readers) {
        for await (const planes of reader.blocks(signal)) {
          const fitting = uniform([...planes], reader.sampleRateHz);
          if (fitting[0]!.length > 0) yield fitting;
        }
      }
    },
    dispose: () => {
      for (const reader of readers) reader.dispose();
    },
  };
}
