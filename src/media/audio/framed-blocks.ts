import type { SoundBlock } from "./sound-block.ts";
import { FrameSplitter, type ReadHeader, type SoundFrame } from "./frame-splitter.ts";

/** Frames that wait in the decoder at most. */
const QUEUE = 16;

const configOf = ({ codec, sampleRateHz, channels }: SoundFrame): AudioDecoderConfig => ({
  codec,
  sampleRate: sampleRateHz,
  numberOfChannels: channels,
});

const decodable = new Map<string, Promise<boolean>>();

async function isDecodable(codec: string): Promise<boolean> {
  if (typeof AudioDecoder === "undefined") return false;
  const config = { codec, sampleRate: 44_100, numberOfChannels: 2 };
  return AudioDecoder.isConfigSupported(config).then(
    ({ supported }) => supported === true,
    () => false,
  );
}

/** Whether this browser decodes frames of a codec as WebCodecs names it; asked once. */
export function decodesFrames(codec: string): Promise<boolean> {
  const known = decodable.get(codec) ?? isDecodable(codec);
  decodable.set(codec, known);
  return known;
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
 * Decodes a stream of frames one by one: container libraries read 4 to 64 KB, some seconds of speech, before they give any.
 * @param readHeader tells the frames.
 * @param skipped is told how many bytes in a row were no frames.
 * @throws what the decoder throws.
 */
export async function* framedBlocks(
  chunks: AsyncIterable<Uint8Array>,
  readHeader: ReadHeader,
  skipped: (bytes: number) => void,
): AsyncGenerator<SoundBlock> {
  const splitter = new FrameSplitter(readHeader);
  let blocks: SoundBlock[] = [];
  let failure: unknown;
  let over = false;
  let closed = false;
  let wake: () => void = () => undefined;
  let resume: () => void = () => undefined;
  const fail = (error: unknown) => {
    failure ??= error;
    wake();
  };
  const decoder = new AudioDecoder({
    output(data) {
      blocks.push(blockOf(data));
      wake();
    },
    error: fail,
  });

  async function decode(): Promise<void> {
    let timestamp = 0;
    let shape = "";
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
        while (decoder.decodeQueueSize > QUEUE && failure === undefined && !closed) await dequeued(decoder);
        // What nobody takes must not pile up.
        while (blocks.length > QUEUE && !closed) await new Promise<void>((resolve) => (resume = resolve));
        if (failure !== undefined || closed) return;
      }
      skipped(splitter.skipped);
    }
    if (decoder.state === "configured") await decoder.flush();
  }

  void decode()
    .catch(fail)
    .finally(() => {
      over = true;
      wake();
    });
  try {
    // As each frame is decoded: the next bytes may be long in coming.
    for (;;) {
      const ready = blocks;
      blocks = [];
      resume();
      yield* ready;
      if (blocks.length > 0) continue;
      if (failure !== undefined) throw failure;
      if (over) return;
      await new Promise<void>((resolve) => (wake = resolve));
    }
  } finally {
    closed = true;
    resume();
    if (decoder.state !== "closed") decoder.close();
  }
}

const dequeued = (decoder: AudioDecoder) =>
  Promise.race([
    new Promise((resolve) => decoder.addEventListener("dequeue", resolve, { once: true })),
    new Promise((resolve) => setTimeout(resolve, 20)),
  ]);
