/** A packet of encoded sound. */
export interface SoundPacket {
  readonly data: Uint8Array<ArrayBuffer>;
  readonly type: "key" | "delta";
  /** In seconds. */
  readonly timestamp: number;
  /** In seconds. */
  readonly duration: number;
  /** What a decoder has to know; with the first packet. */
  readonly meta: EncodedAudioChunkMetadata | null;
}

/** A stretch of encoded sound. */
export interface EncodedSound {
  /** In order. */
  readonly packets: readonly SoundPacket[];
  /** What encodes, for instance "AAC (built in)". */
  readonly encoder: string;
}
