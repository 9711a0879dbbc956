import { AudioSample, EncodedPacketSink, type InputAudioTrack } from "mediabunny";

const RATE_HZ = 48_000;
/** What an Opus encoder puts before its first sample: its look-ahead. */
const LOOK_AHEAD_SECONDS = 312 / RATE_HZ;
/** Place of the pre-skip, 16 bits, in the header "OpusHead". @see RFC 7845, section 5.1. */
const PRE_SKIP_AT = 10;
/** Chromium counts decoded samples from 0 where packets begin before it. */
const SHIFT_SECONDS = 10;
/** Packets that wait in the decoder at most. */
const MOST_WAITING = 32;

/** The decoder's settings without a pre-skip, so that it gives every sample; undefined where it has no such header. */
async function wholeConfig(track: InputAudioTrack): Promise<AudioDecoderConfig | undefined> {
  const config = await track.getDecoderConfig();
  if (!config?.description) return undefined;
  const { description } = config;
  const bytes = ArrayBuffer.isView(description)
    ? new Uint8Array(description.buffer, description.byteOffset, description.byteLength).slice()
    : new Uint8Array(description).slice();
  if (bytes.length < PRE_SKIP_AT + 2) return undefined;
  bytes.fill(0, PRE_SKIP_AT, PRE_SKIP_AT + 2);
  return { ...config, description: bytes };
}

/**
 * The samples of an Opus track in MP4, at their own instants. The edit list says what was put before the first sample;
 * where there is none, the encoder's look-ahead is left out. The header's pre-skip is not believed: with an edit list it
 * would be cut twice, and recorders of browsers write 3840 samples where there are 312, which costs 80 ms of the voice.
 * @returns undefined where the track cannot be decoded in this way.
 * @throws the decoder's own error.
 */
export async function opusSamples(
  track: InputAudioTrack,
): Promise<(() => AsyncGenerator<AudioSample>) | undefined> {
  const config = await wholeConfig(track);
  if (!config) return undefined;
  return async function* samples() {
    const ready: AudioData[] = [];
    let failure: unknown;
    let wake: (() => void) | undefined;
    const decoder = new AudioDecoder({
      output: (data) => {
        ready.push(data);
        wake?.();
      },
      error: (error) => {
        failure = error;
        wake?.();
      },
    });
    decoder.addEventListener("dequeue", () => wake?.());
    let position: number | undefined;
    let begin = 0;
    function* take(): Generator<AudioSample> {
      if (failure) throw failure;
      for (let data = ready.shift(); data; data = ready.shift()) {
        const sample = new AudioSample(data);
        const told = data.timestamp / 1e6 - SHIFT_SECONDS;
        // Times of packets are rounded; a gap of a packet is one.
        if (position === undefined || Math.abs(told - position) > sample.duration) position = told;
        sample.setTimestamp(position);
        position += sample.duration;
        if (position <= begin) sample.close();
        else yield sample;
      }
    }
    try {
      decoder.configure(config);
      let first = true;
      for await (const packet of new EncodedPacketSink(track).packets()) {
        if (first) {
          first = false;
          begin = packet.timestamp < 0 ? 0 : packet.timestamp + LOOK_AHEAD_SECONDS;
        }
        const timestamp = Math.round((packet.timestamp + SHIFT_SECONDS) * 1e6);
        decoder.decode(new EncodedAudioChunk({ type: "key", timestamp, data: packet.data }));
        while (decoder.decodeQueueSize > MOST_WAITING && !failure) {
          yield* take();
          await new Promise<void>((resolve) => (wake = resolve));
        }
        yield* take();
      }
      await decoder.flush().catch((error: unknown) => (failure ??= error));
      yield* take();
    } finally {
      for (const data of ready) data.close();
      if (decoder.state !== "closed") decoder.close();
    }
  };
}
