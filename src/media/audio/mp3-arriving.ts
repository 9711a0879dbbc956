import type { SoundBlock } from "./sound-block.ts";
import { Mp3Splitter, type Mp3Frame } from "./mp3-frames.ts";

/** Frames that wait in the decoder at most. */
const QUEUE = 16;

const configOf = ({ sampleRateHz, channels }: Mp3Frame): AudioDecoderConfig => ({
  codec: "mp3",
  sampleRate: sampleRateHz,
  numberOfChannels: channels,
});

/** Whether this browser decodes MP3. */
export async function decodesMp3(): Promise<boolean> {
  if (typeof AudioDecoder === "undefined") return false;
  const config = { codec: "mp3", sampleRate: 44_100, numberOfChannels: 2 };
  return AudioDecoder.isConfigSupported(config).then(
    ({ supported }) => supported === true,
    () => false,
  );
}

function blockOf(data: AudioData): SoundBlock {
  const planes = Array.from({ length: data.numberOfChannels }, (_, planeIndex) => {
    const plane = new Float32Array(data.numberOfFrames);
    data.copyTo(plane, { planeIndex, format: "f32-planar" });
    return plane;
  });
  const { sampleRate } = data;
  data.close();
  return { planes, sampleRateHz: sampleRate };
}

/**
 * Decodes an MP3 stream frame by frame: container libraries read 64 KB, some seconds of speech, before they give any.
 * @param skipped is told how many bytes in a row were no frames.
 * @throws what the decoder throws.
 */
export async function* mp3Blocks(
  chunks: AsyncIterable<Uint8Array>,
  skipped: (bytes: number) => void,
): AsyncGenerator<SoundBlock> {
  const splitter = new Mp3Splitter();
  let blocks: SoundBlock[] = [];
  let failure: unknown;
  let timestamp = 0;
  let shape = "";
  const decoder = new AudioDecoder({
    output: (data) => blocks.push(blockOf(data)),
    error: (error) => (failure = error),
  });
  const taken = () => {
    if (failure !== undefined) throw failure;
    const ready = blocks;
    blocks = [];
    return ready;
  };
  try {
    for await (const chunk of chunks) {
      for (const frame of splitter.push(chunk)) {
        const config = configOf(frame);
        if (JSON.stringify(config) !== shape) {
          if (shape) await decoder.flush();
          decoder.configure(config);
          shape = JSON.stringify(config);
        }
        decoder.decode(new EncodedAudioChunk({ type: "key", timestamp, data: frame.bytes }));
        timestamp += Math.round((1e6 * frame.samples) / frame.sampleRateHz);
        while (decoder.decodeQueueSize > QUEUE && failure === undefined) await dequeued(decoder);
      }
      skipped(splitter.skipped);
      // What was just given is decoded within a few milliseconds.
      while (decoder.state === "configured" && decoder.decodeQueueSize > 0 && failure === undefined)
        await dequeued(decoder);
      yield* taken();
    }
    if (decoder.state === "configured") await decoder.flush();
    yield* taken();
  } finally {
    if (decoder.state !== "closed") decoder.close();
  }
}

const dequeued = (decoder: AudioDecoder) =>
  Promise.race([
    new Promise((resolve) => decoder.addEventListener("dequeue", resolve, { once: true })),
    new Promise((resolve) => setTimeout(resolve, 20)),
  ]);
