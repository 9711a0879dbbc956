import type { EncodedAudioPacketSource, EncodedPacket, EncodedVideoPacketSource } from "mediabunny";

/** Brings the packets of picture and sound into one order. */
export interface Interleaver {
  picture(packet: EncodedPacket, config: VideoDecoderConfig): void;
  sound(packet: EncodedPacket, meta: EncodedAudioChunkMetadata | undefined): void;
  /** No more packets of that kind will come. */
  end(kind: "picture" | "sound"): void;
  /**
   * Resolves when all packets that could be written are; for back-pressure.
   * @throws what the output threw.
   */
  settled(): Promise<void>;
}

/**
 * Writes packets by their time, pictures first: encoders answer when they like, yet a file of the same packets is
 * always the same.
 */
export function createInterleaver(
  pictures: EncodedVideoPacketSource,
  sounds: EncodedAudioPacketSource | null,
): Interleaver {
  const queues = {
    picture: [] as { time: number; write: () => Promise<void> }[],
    sound: [] as { time: number; write: () => Promise<void> }[],
  };
  const ended = { picture: false, sound: sounds === null };
  let writing: Promise<void> = Promise.resolve();
  let failed = false;
  let failure: unknown;

  const nextQueue = () => {
    const [picture, sound] = [queues.picture[0], queues.sound[0]];
    if (picture && sound) return picture.time <= sound.time ? queues.picture : queues.sound;
    if (picture && ended.sound) return queues.picture;
    if (sound && ended.picture) return queues.sound;
    return undefined;
  };
  const drain = () => {
    for (let queue = nextQueue(); queue; queue = nextQueue()) {
      const { write } = queue.shift()!;
      writing = writing
        .then(() => (failed ? undefined : write()))
        .catch((error: unknown) => {
          failed = true;
          failure = error;
        });
    }
  };
  return {
    picture(packet, decoderConfig) {
      queues.picture.push({ time: packet.timestamp, write: () => pictures.add(packet, { decoderConfig }) });
      drain();
    },
    sound(packet, meta) {
      queues.sound.push({ time: packet.timestamp, write: () => sounds!.add(packet, meta) });
      drain();
    },
    end(kind) {
      ended[kind] = true;
      drain();
    },
    async settled() {
      await writing;
      if (failed) throw failure;
    },
  };
}
