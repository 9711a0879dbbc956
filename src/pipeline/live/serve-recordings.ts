import { EngineError } from "../../job/errors.ts";
import { openAudio, type AudioChunk, type AudioSource } from "../../media/audio/open-audio.ts";
import type { LiveVoiceApi, VoicePiece } from "../../worker-rpc/live-api.ts";
import { transfer } from "../../worker-rpc/rpc.ts";

const SPEECH_RATE_HZ = 16_000;

/** Reads on in a sound where the last piece ended. */
interface Reader {
  next(seconds: number): Promise<VoicePiece>;
  close(): void;
}

function joined(chunks: readonly AudioChunk[]): Float32Array<ArrayBuffer>[] {
  const channels = chunks[0]?.planes.length ?? 0;
  const length = chunks.reduce((sum, chunk) => sum + chunk.planes[0]!.length, 0);
  return Array.from({ length: channels }, (_, channel) => {
    const plane = new Float32Array(length);
    let at = 0;
    for (const { planes } of chunks) {
      plane.set(planes[channel]!, at);
      at += planes[channel]!.length;
    }
    return plane;
  });
}

function createReader(chunks: AsyncIterable<AudioChunk>): Reader {
  const iterator = chunks[Symbol.asyncIterator]();
  return {
    async next(seconds) {
      const read: AudioChunk[] = [];
      let ended = false;
      for (let got = 0; got < seconds;) {
        const step = await iterator.next();
        if (step.done) {
          ended = true;
          break;
        }
        read.push(step.value);
        got += step.value.planes[0]!.length / step.value.sampleRateHz;
      }
      const planes = joined(read);
      return transfer(
        { planes, ended },
        planes.map(({ buffer }) => buffer),
      );
    },
    close: () => void iterator.return?.().catch(() => undefined),
  };
}

interface Voice {
  readonly source: AudioSource;
  readonly signal: AbortSignal;
  speech?: Reader;
  sound?: Reader;
}

/** The voices that a worker decodes piece by piece, by number. */
export function createLiveVoices(): LiveVoiceApi {
  const voices = new Map<number, Voice>();
  let last = 0;

  const find = (voice: number): Voice => {
    const found = voices.get(voice);
    if (found) return found;
    throw new EngineError("job/cancelled", "The voice was closed.");
  };

  return {
    async openVoice(file, maxSeconds, signal) {
      const source = await openAudio(file, { maxSeconds, signal });
      voices.set(++last, { source, signal });
      const { durationSeconds, channels, warnings } = source;
      return { voice: last, durationSeconds, channels, warnings };
    },
    readSpeech(voice, seconds) {
      const open = find(voice);
      // Not clipped, so that the model gets what it gets of a video's voice.
      open.speech ??= createReader(
        open.source.chunks({ sampleRateHz: SPEECH_RATE_HZ, channels: 1, clip: false, signal: open.signal }),
      );
      return open.speech.next(seconds);
    },
    readSound(voice, seconds, sampleRateHz) {
      const open = find(voice);
      open.sound ??= createReader(open.source.chunks({ sampleRateHz, signal: open.signal }));
      return open.sound.next(seconds);
    },
    async closeVoice(voice) {
      const open = voices.get(voice);
      voices.delete(voice);
      open?.speech?.close();
      open?.sound?.close();
      open?.source.dispose();
    },
  };
}
