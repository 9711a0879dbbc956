import { EncodedPacket } from "mediabunny";

/**
 * The encoded pictures of one segment of a video: it begins with a key frame and depends on nothing before it.
 * Plain data that can be stored; all arrays but `data` have one row per frame.
 */
export interface VideoSegment {
  /** What a decoder must know. */
  readonly config: Omit<VideoDecoderConfig, "description">;
  readonly description: Uint8Array<ArrayBuffer> | null;
  /** In seconds. */
  readonly timestamps: Float64Array<ArrayBuffer>;
  readonly durations: Float64Array<ArrayBuffer>;
  /** 1 for key frames. */
  readonly keys: Uint8Array<ArrayBuffer>;
  /** Bytes of each frame. */
  readonly sizes: Uint32Array<ArrayBuffer>;
  /** The frames' bytes, one after the other. */
  readonly data: Uint8Array<ArrayBuffer>;
}

function bytesOf(source: AllowSharedBufferSource): Uint8Array<ArrayBuffer> {
  return ArrayBuffer.isView(source)
    ? new Uint8Array(new Uint8Array(source.buffer, source.byteOffset, source.byteLength))
    : new Uint8Array(new Uint8Array(source));
}

/** Gathers packets into a segment; copies their bytes. */
export function packSegment(
  packets: readonly EncodedPacket[],
  decoderConfig: VideoDecoderConfig,
): VideoSegment {
  const { description, ...config } = decoderConfig;
  const data = new Uint8Array(packets.reduce((sum, packet) => sum + packet.data.byteLength, 0));
  let at = 0;
  for (const packet of packets) {
    data.set(packet.data, at);
    at += packet.data.byteLength;
  }
  return {
    config,
    description: description ? bytesOf(description) : null,
    timestamps: Float64Array.from(packets, (packet) => packet.timestamp),
    durations: Float64Array.from(packets, (packet) => packet.duration),
    keys: Uint8Array.from(packets, (packet) => (packet.type === "key" ? 1 : 0)),
    sizes: Uint32Array.from(packets, (packet) => packet.data.byteLength),
    data,
  };
}

/** The packets of a segment, which share its bytes, and their decoder's configuration. */
export function unpackSegment(segment: VideoSegment): {
  readonly packets: readonly EncodedPacket[];
  readonly config: VideoDecoderConfig;
} {
  const { config, description, timestamps, durations, keys, sizes, data } = segment;
  let at = 0;
  const packets = Array.from(sizes, (size, i) => {
    const bytes = data.subarray(at, (at += size));
    return new EncodedPacket(bytes, keys[i] ? "key" : "delta", timestamps[i]!, durations[i]!);
  });
  return { packets, config: { ...config, ...(description ? { description } : {}) } };
}
