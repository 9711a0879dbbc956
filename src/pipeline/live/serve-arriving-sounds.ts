import { EngineError } from "../../job/errors.ts";
import { decodeArriving } from "../../media/audio/arriving-sound.ts";
import { ByteFeed } from "../../media/audio/byte-feed.ts";
import { rawBlocks } from "../../media/audio/raw-samples.ts";
import type { LiveStreamApi, PcmFormat, StreamPiece } from "../../worker-rpc/live-api.ts";
import { transfer } from "../../worker-rpc/rpc.ts";
import { createConverter, joinPlanes, joinPlane, type ConvertedSound } from "./convert-sound.ts";

const SPEECH_RATE_HZ = 16_000;
/** Decoded seconds that wait to be read before decoding pauses. */
const WAITING_SECONDS = 4;

/** A sound that arrives: decoded as it comes, a few seconds ahead of who reads it. */
function openArriving(format: PcmFormat | null, sampleRateHz: number) {
  const feed = new ByteFeed();
  const closing = new AbortController();
  const converter = createConverter(sampleRateHz);
  let parts: ConvertedSound[] = [];
  let ended = false;
  let failure: unknown;
  let changed: () => void = () => undefined;
  let arrive!: () => void;
  const arrived = new Promise<void>((resolve) => (arrive = resolve));
  const change = () => new Promise<void>((resolve) => (changed = resolve));
  const waiting = () => parts.reduce((sum, { speech }) => sum + speech.length, 0) / SPEECH_RATE_HZ;

  async function decode(): Promise<void> {
    const blocks = format ? rawBlocks(feed.stream, format) : decodeArriving(feed, arrived, closing.signal);
    let any = false;
    for await (const block of blocks) {
      any = true;
      parts.push(converter.add(block));
      changed();
      while (waiting() > WAITING_SECONDS && !closing.signal.aborted) await change();
      if (closing.signal.aborted) return;
    }
    if (!any) throw new EngineError("input/audio-empty", "The stream ended before any sound came.");
    parts.push(converter.finish());
  }

  void decode()
    .catch((error: unknown) => (failure = error))
    .finally(() => {
      ended = true;
      // Nothing is read any more: whoever gives bytes must not wait.
      feed.end();
      changed();
    });

  return {
    async feed(bytes: Uint8Array<ArrayBuffer> | null) {
      if (bytes) await feed.push(bytes);
      else {
        arrive();
        feed.end();
      }
    },
    async read(): Promise<StreamPiece> {
      while (parts.length === 0 && !ended) await change();
      const taken = parts;
      parts = [];
      changed();
      if (taken.length === 0 && failure !== undefined) throw failure;
      const planes = joinPlanes(taken.map((part) => part.planes));
      const speech = joinPlane(taken.map((part) => part.speech));
      const piece = { planes, speech, ended: ended && failure === undefined };
      return transfer(piece, [...planes.map(({ buffer }) => buffer), speech.buffer]);
    },
    close() {
      closing.abort();
      arrive();
      feed.end();
      changed();
    },
  };
}

/** The sounds that a worker decodes while they arrive, by number. */
export function createLiveStreams(): LiveStreamApi {
  const streams = new Map<number, ReturnType<typeof openArriving>>();
  let last = 0;
  const find = (stream: number) => {
    const found = streams.get(stream);
    if (found) return found;
    throw new EngineError("job/cancelled", "The stream was closed.");
  };
  return {
    async openStream(format, sampleRateHz) {
      streams.set(++last, openArriving(format, sampleRateHz));
      return last;
    },
    feedStream: async (stream, bytes) => find(stream).feed(bytes),
    readStream: async (stream) => find(stream).read(),
    async closeStream(stream) {
      streams.get(stream)?.close();
      streams.delete(stream);
    },
  };
}
