import {
  AudioSampleSink,
  IsobmffInputFormat,
  MP3,
  OGG,
  type AudioSample,
  type Input,
  type InputAudioTrack,
} from "mediabunny";
import { throwIfCancelled, toEngineError } from "../../job/errors.ts";
import { roundTo } from "../../core/scalar.ts";
import { tellOnce, warning, type Warning } from "../../job/warnings.ts";
import { editsOf, endOf, isPlain } from "../demux/edit-list.ts";
import { fileStart } from "../demux/file-clock.ts";
import { openWithFfmpeg } from "../ffmpeg/audio-ffmpeg.ts";
import type { PcmReader } from "./audio-source.ts";
import { readMp3Delay } from "./mp3-delay.ts";
import { opusSamples } from "./opus-samples.ts";
import { createUniform } from "./uniform.ts";

/** Containers round timestamps to a millisecond or so: below this a difference is no gap. */
const GAP_SECONDS = 0.008;
/** Silence of a gap is given in blocks of this length. */
const SILENCE_FRAMES = 48_000;

type Planes = Float32Array<ArrayBuffer>[];

/** Packets begin at most this long after the end that the container gives. */
const LATEST_SECONDS = 1;
/** What a sound can have; a header that says otherwise is damaged or hostile. */
const [LOWEST_RATE_HZ, HIGHEST_RATE_HZ, MOST_CHANNELS] = [1000, 768_000, 64] as const;
/** A sound that ends this much before its container's end was not read whole; decoders pad and cut by less. */
const MISSED_SECONDS = 0.04;

/** How a track's decoded samples lie on the sound's own time. */
interface Timeline {
  /** The decoded samples from the beginning. */
  readonly samples: () => AsyncGenerator<AudioSample, void, unknown>;
  readonly sampleRateHz: number;
  readonly channels: number;
  /** Frames to cut: those before the file's time 0, and those that the encoder put first. */
  readonly startFrames: number;
  /** The frame (after that cut) at which the sound ends. */
  readonly endFrame: number;
  /** Length of the sound by its container. */
  readonly seconds: number;
}

function planesOf(sample: AudioSample, skip: number, frameCount: number): Planes {
  return Array.from({ length: sample.numberOfChannels }, (_, planeIndex) => {
    const plane = new Float32Array(frameCount);
    sample.copyTo(plane, { planeIndex, format: "f32-planar", frameOffset: skip, frameCount });
    return plane;
  });
}

function* silence(frames: number, channels: number): Generator<Planes> {
  for (let left = frames; left > 0; left -= SILENCE_FRAMES) {
    const length = Math.min(left, SILENCE_FRAMES);
    yield Array.from({ length: channels }, () => new Float32Array(length));
  }
}

/**
 * Puts decoded samples on one timeline from 0: what lies before 0 (encoder priming) is cut,
 * gaps (a track that starts late) become silence, overlaps are cut.
 * @throws whatever the decoder throws.
 */
async function* onTimeline(timeline: Timeline, signal: AbortSignal | undefined): AsyncGenerator<Planes> {
  const { samples, sampleRateHz, channels, startFrames, endFrame, seconds } = timeline;
  const uniform = createUniform(timeline);
  let position = 0;
  for await (const sample of samples()) {
    let planes: Planes;
    try {
      throwIfCancelled(signal);
      const scale = sampleRateHz / sample.sampleRate;
      const start = Math.round(sample.timestamp * sampleRateHz) - startFrames;
      const gap = start - position;
      const tolerance = position === 0 ? 0 : GAP_SECONDS * sampleRateHz;
      if (gap > tolerance) {
        const latest = Math.min(endFrame, Math.ceil((seconds + LATEST_SECONDS) * sampleRateHz));
        // A packet that lies far behind the sound's end has a false time.
        if (start > latest) continue;
        yield* silence(gap, channels);
        position += gap;
      }
      const skip = gap < -tolerance ? Math.min(Math.round(-gap / scale), sample.numberOfFrames) : 0;
      const room = Math.ceil((endFrame - position) / scale);
      const frames = Math.min(sample.numberOfFrames - skip, room);
      if (!(frames > 0)) continue;
      planes = uniform(planesOf(sample, skip, frames), sample.sampleRate);
    } finally {
      sample.close();
    }
    if (planes[0]!.length === 0) continue;
    position += planes[0]!.length;
    yield planes;
  }
}

/** A sound without its first frames. */
async function* from(blocks: AsyncIterable<readonly Float32Array<ArrayBuffer>[]>, frames: number) {
  let left = frames;
  for await (const planes of blocks) {
    const length = planes[0]!.length;
    if (left < length) yield left > 0 ? planes.map((plane) => plane.slice(left)) : planes;
    left = Math.max(0, left - length);
  }
}

async function* noBlocks(): AsyncGenerator<Planes> {
  // Nothing was found.
}

/** Reads a sound by the browser's decoder and, where that stops in the middle, the rest by ffmpeg. */
function createBlocks(file: Blob, timeline: Timeline, warnings: Warning[]) {
  const { sampleRateHz, channels, seconds } = timeline;
  /** The whole sound by ffmpeg, once the browser's decoder has stopped. */
  let rest: Promise<PcmReader | undefined> | undefined;

  const whole = (signal: AbortSignal | undefined) => {
    rest ??= openWithFfmpeg(file, {
      maxSeconds: seconds + 1,
      sampleRateHz,
      channels,
      ...(signal ? { signal } : {}),
    });
    rest.catch(() => (rest = undefined));
    return rest;
  };
  const tell = (position: number) => {
    tellOnce(warnings, warning("sound/damaged", { seconds: roundTo(position / sampleRateHz, 1) }));
  };

  async function* goOn(position: number, cause: unknown, signal: AbortSignal | undefined) {
    tell(position);
    const reader = await whole(signal);
    if (!reader)
      throw toEngineError(cause, "codec/failed", "The browser's decoder stopped while reading the sound");
    yield* from(reader.blocks(signal), position);
  }

  /** What the browser's decoder left out at the end of a sound, by ffmpeg; told where that has no more either. */
  async function* ending(position: number, signal: AbortSignal | undefined) {
    const reader = await whole(signal).catch(() => undefined);
    throwIfCancelled(signal);
    let end = position;
    for await (const planes of from(reader?.blocks(signal) ?? noBlocks(), position)) {
      end += planes[0]!.length;
      yield planes;
    }
    if (end / sampleRateHz < seconds - MISSED_SECONDS) tell(end);
  }

  return {
    async *blocks(signal: AbortSignal | undefined) {
      let position = 0;
      try {
        for await (const planes of onTimeline(timeline, signal)) {
          position += planes[0]!.length;
          yield planes;
        }
      } catch (error) {
        throwIfCancelled(signal);
        yield* goOn(position, error, signal);
        return;
      }
      if (position / sampleRateHz < seconds - MISSED_SECONDS) yield* ending(position, signal);
    },
    dispose: () => void rest?.then((reader) => reader?.dispose()).catch(() => undefined),
  };
}

/** The way in which a track's samples are decoded. */
async function samplesOf(input: Input, track: InputAudioTrack): Promise<Timeline["samples"]> {
  const opusInMp4 =
    (await track.getCodec()) === "opus" && (await input.getFormat()) instanceof IsobmffInputFormat;
  const own = opusInMp4 ? await opusSamples(track) : undefined;
  return own ?? (() => new AudioSampleSink(track).samples());
}

/**
 * Reads a track by WebCodecs, after decoding its first block as a trial.
 * @param warnings the reader's own; grows while the sound is read.
 * @returns undefined when the browser cannot decode the track, or stretches of it are put together.
 */
export async function openWithWebCodecs(
  input: Input,
  track: InputAudioTrack,
  file: Blob,
  warnings: Warning[],
): Promise<PcmReader | undefined> {
  const edits = await editsOf(file);
  if (!isPlain(edits, track.id) || !(await track.canDecode())) return undefined;
  const samples = await samplesOf(input, track);
  let first: { sampleRateHz: number; channels: number } | undefined;
  try {
    for await (const sample of samples()) {
      first = { sampleRateHz: sample.sampleRate, channels: sample.numberOfChannels };
      sample.close();
      break;
    }
  } catch {
    return undefined;
  }
  const { sampleRateHz, channels } = first ?? {
    sampleRateHz: await track.getSampleRate(),
    channels: await track.getNumberOfChannels(),
  };
  if (!(sampleRateHz >= LOWEST_RATE_HZ && sampleRateHz <= HIGHEST_RATE_HZ && channels <= MOST_CHANNELS))
    return undefined;
  const beginning = await fileStart(input);
  const mediaEnd = await track.computeDuration();
  const end = endOf(edits, track.id, mediaEnd);
  const whole = first ? Math.max(0, end - beginning) : 0;
  const format = await input.getFormat();
  const delay = format === MP3 ? await readMp3Delay(file) : undefined;
  const endFrame = Math.round(whole * sampleRateHz) - (delay ? delay.start + delay.end : 0);
  const seconds = delay ? Math.max(0, endFrame / sampleRateHz) : whole;
  const timeline: Timeline = {
    samples,
    seconds,
    sampleRateHz,
    channels,
    startFrames: (delay?.start ?? 0) + Math.round(beginning * sampleRateHz),
    // An Ogg's last page and an edit say to the sample where the sound ends; other containers round, or say nothing.
    endFrame: delay || format === OGG || end < mediaEnd ? endFrame : Infinity,
  };
  const { blocks, dispose } = createBlocks(file, timeline, warnings);
  return {
    durationSeconds: seconds,
    sampleRateHz,
    channels,
    decoder: "webcodecs",
    warnings,
    blocks,
    dispose() {
      dispose();
      input.dispose();
    },
  };
}
