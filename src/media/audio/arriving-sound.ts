import { ALL_FORMATS, AudioSampleSink, Input, ReadableStreamSource, type InputAudioTrack } from "mediabunny";
import { EngineError, throwIfCancelled, toEngineError } from "../../job/errors.ts";
import { withSoundIndexes } from "../demux/arriving-index.ts";
import { namesProtectedTrack } from "../demux/encrypted.ts";
import { sniff } from "../demux/sniff.ts";
import { openWithFfmpeg } from "../ffmpeg/audio-ffmpeg.ts";
import type { ByteFeed } from "./byte-feed.ts";
import type { SoundBlock } from "./sound-block.ts";
import { readAdtsHeader } from "./adts-frames.ts";
import { beginsWithFrame, type ReadHeader } from "./frame-splitter.ts";
import { decodesFrames, framedBlocks } from "./framed-blocks.ts";
import { readMp3Header } from "./mp3-frames.ts";

/** The most that demuxers look back, in bytes. */
const CACHE_BYTES = 4 * 1024 * 1024;
/** Bytes that may arrive without becoming sound, and the same in seconds of the sound's own rate. */
const SILENT_BYTES = 32 * 1024;
const SILENT_SECONDS = 2;
const LONGEST_SECONDS = 4 * 3600;
const HEAD_BYTES = 64 * 1024;

const head = async (feed: ByteFeed) =>
  new Uint8Array(await feed.beginning.slice(0, HEAD_BYTES).arrayBuffer());

const brokenOff = (cause?: unknown) =>
  new EngineError(
    "codec/failed",
    "The stream holds bytes that are no sound; what came before them was spoken. Check what sends it.",
    cause === undefined ? {} : { cause },
  );

/** What there is to say of a stream whose beginning names a protected track. */
async function protection(feed: ByteFeed): Promise<EngineError | null> {
  if (!namesProtectedTrack(await head(feed))) return null;
  return new EngineError(
    "input/encrypted",
    "The stream is encrypted (protected by its publisher) and cannot be read. Send one without protection.",
  );
}

async function notASound(feed: ByteFeed): Promise<EngineError> {
  const bytes = await head(feed);
  if (feed.bytes === 0)
    return new EngineError("input/audio-empty", "The stream ended before any sound came.");
  const { words } = sniff(bytes);
  return new EngineError(
    "input/audio",
    `The stream is not a sound that can be read while it arrives: it looks like ${words}. Send MP3, AAC, Ogg or WebM Opus, WAV, or raw samples with their format.`,
  );
}

async function* byBrowser(track: InputAudioTrack, feed: ByteFeed): AsyncGenerator<SoundBlock> {
  for await (const sample of new AudioSampleSink(track).samples()) {
    try {
      feed.forget();
      const { numberOfFrames: frameCount, numberOfChannels, sampleRate } = sample;
      const planes = Array.from({ length: numberOfChannels }, (_, planeIndex) => {
        const plane = new Float32Array(frameCount);
        sample.copyTo(plane, { planeIndex, format: "f32-planar" });
        return plane;
      });
      if (frameCount > 0) yield { planes, sampleRateHz: sampleRate };
    } finally {
      sample.close();
    }
  }
}

/** Decodes what no browser decoder knows, once it has arrived as a whole. */
async function* byFfmpeg(
  feed: ByteFeed,
  arrived: Promise<void>,
  signal: AbortSignal,
): AsyncGenerator<SoundBlock> {
  // What nobody reads any more must not hold back what is still to come.
  feed.drain();
  await arrived;
  const reader = await openWithFfmpeg(feed.beginning, { maxSeconds: LONGEST_SECONDS, signal });
  if (!reader) throw await notASound(feed);
  try {
    for await (const planes of reader.blocks(signal)) {
      yield { planes: [...planes], sampleRateHz: reader.sampleRateHz };
    }
  } finally {
    reader.dispose();
  }
}

/** Fails when bytes go on to arrive but no longer become sound, which demuxers pass over in search of the next frame. */
function watchSilence(feed: ByteFeed) {
  let seconds = 0;
  let soundAt = 0;
  return {
    heard({ planes, sampleRateHz }: SoundBlock) {
      seconds += planes[0]!.length / sampleRateHz;
      soundAt = feed.bytes;
    },
    check() {
      const allowed = Math.max(SILENT_BYTES, (SILENT_SECONDS * soundAt) / Math.max(1, seconds));
      if (seconds > 0 && feed.bytes - soundAt > allowed) throw brokenOff();
    },
  };
}

/** Streams of nothing but frames, by their headers, and how WebCodecs names what is in them. */
const FRAMED: readonly (readonly [codec: string, readHeader: ReadHeader])[] = [
  ["mp3", readMp3Header],
  ["mp4a.40.2", readAdtsHeader],
];

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** Looks at a stream's beginning; what was looked at comes again from `chunks`. */
async function lookAhead(stream: ReadableStream<Uint8Array<ArrayBuffer>>) {
  const reader = stream.getReader();
  const seen: Uint8Array<ArrayBuffer>[] = [];
  let framed: (typeof FRAMED)[number] | undefined;
  let over = false;
  for (let known = false; !known && !over;) {
    const { value, done } = await reader.read();
    over = done;
    if (value) seen.push(value);
    const bytes = joined(seen);
    framed = FRAMED.find(([, readHeader]) => beginsWithFrame(bytes, readHeader));
    known = FRAMED.every(([, readHeader]) => beginsWithFrame(bytes, readHeader) !== undefined);
  }
  async function* chunks() {
    yield* seen.splice(0);
    while (!over) {
      const { value, done } = await reader.read();
      over = done;
      if (value) yield value;
    }
  }
  return { framed, chunks: chunks(), cancel: () => void reader.cancel().catch(() => undefined) };
}

/** Chunks as a stream again, read no further ahead than they are asked for. */
const streamOf = (chunks: AsyncIterator<Uint8Array<ArrayBuffer>>): ReadableStream<Uint8Array<ArrayBuffer>> =>
  new ReadableStream(
    {
      async pull(controller) {
        const { value, done } = await chunks.next();
        if (done) controller.close();
        else controller.enqueue(value);
      },
    },
    { highWaterMark: 0 },
  );

/** Blocks by the browser's decoders, or by ffmpeg after the last byte. */
async function* byContainer(
  stream: ReadableStream<Uint8Array<ArrayBuffer>>,
  feed: ByteFeed,
  arrived: Promise<void>,
  signal: AbortSignal,
): AsyncGenerator<SoundBlock> {
  const source = new ReadableStreamSource(stream, {
    maxCacheSize: CACHE_BYTES,
    handleUnhandledError: () => undefined,
  });
  const input = new Input({ source, formats: ALL_FORMATS });
  try {
    const track = (await input.canRead())
      ? await input.getPrimaryAudioTrack().catch(async (error: unknown) => {
          throw (await protection(feed)) ?? error;
        })
      : undefined;
    if (track === null) throw new EngineError("input/audio", "The stream has no sound track.");
    if (track && (await track.canDecode().catch(() => false))) {
      yield* byBrowser(track, feed);
      return;
    }
    const encrypted = await protection(feed);
    if (encrypted) throw encrypted;
    if (!track) throw await notASound(feed);
  } finally {
    input.dispose();
  }
  yield* byFfmpeg(feed, arrived, signal);
}

/**
 * Decodes a sound while it arrives: MP3, AAC in ADTS, Ogg, WebM, WAV, FLAC and fragmented MP4 by the browser's decoders,
 * block by block; a codec that the browser lacks by ffmpeg, after its last byte. Works in a worker.
 * @param arrived fulfilled when all bytes were given.
 * @throws EngineError `input/audio`, `input/audio-empty`, `input/encrypted`, `codec/missing`, `codec/failed`,
 * `job/cancelled`.
 */
export async function* decodeArriving(
  feed: ByteFeed,
  arrived: Promise<void>,
  signal: AbortSignal,
): AsyncGenerator<SoundBlock> {
  const silence = watchSilence(feed);
  const { framed, chunks, cancel } = await lookAhead(feed.stream);
  let sounded = false;
  const skipped = (bytes: number) => {
    if (bytes > SILENT_BYTES)
      throw sounded
        ? brokenOff()
        : new EngineError("input/audio", "The stream is no sound, although it begins like one.");
  };
  try {
    const direct = framed && (await decodesFrames(framed[0])) ? framed[1] : null;
    if (direct) feed.forget();
    const blocks = direct
      ? framedBlocks(chunks, direct, skipped)
      : byContainer(streamOf(withSoundIndexes(chunks)), feed, arrived, signal);
    for await (const block of blocks) {
      throwIfCancelled(signal);
      silence.check();
      silence.heard(block);
      sounded = true;
      yield block;
    }
    silence.check();
    if (!sounded) throw new EngineError("input/audio-empty", "The stream ended before any sound came.");
  } catch (error) {
    throwIfCancelled(signal);
    if (error instanceof EngineError) throw error;
    throw sounded
      ? brokenOff(error)
      : toEngineError(error, "codec/failed", "The stream could not be decoded");
  } finally {
    cancel();
  }
}
