import { AudioSampleSink, MP3, type AudioSample, type Input, type InputAudioTrack } from "mediabunny";
import { throwIfCancelled, toEngineError } from "../../job/errors.ts";
import { warning, type Warning } from "../../job/warnings.ts";
import { fileStart } from "../demux/file-clock.ts";
import { openWithFfmpeg } from "../ffmpeg/audio-ffmpeg.ts";
import type { PcmReader } from "./audio-source.ts";
import { toStereo } from "./downmix.ts";
import { readMp3Delay } from "./mp3-delay.ts";
import { createResampler, type Resampler } from "./resample.ts";

/** Containers round timestamps to a millisecond or so: below this a difference is no gap. */
const GAP_SECONDS = 0.008;
/** Silence of a gap is given in blocks of this length. */
const SILENCE_FRAMES = 48_000;

type Planes = Float32Array<ArrayBuffer>[];

/** How a track's decoded samples lie on the sound's own time. */
interface Timeline {
  readonly sampleRateHz: number;
  readonly channels: number;
  /** Frames to cut: those before the file's time 0, and those that the encoder put first. */
  readonly startFrames: number;
  /** The frame (after that cut) at which the sound ends. */
  readonly endFrame: number;
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

/** Any number of channels as another one. */
function withChannels(planes: Planes, channels: number): Planes {
  if (planes.length === channels) return planes;
  const [left, right] = toStereo(planes);
  if (channels > 1) return Array.from({ length: channels }, (_, i) => (i % 2 === 0 ? left : right).slice());
  return [left.map((value, i) => (value + right[i]!) / 2) as Float32Array<ArrayBuffer>];
}

/** Brings blocks whose rate or number of channels changes in mid-sound (joined files) to those of its beginning. */
function createUniform({ sampleRateHz, channels }: Timeline) {
  let from = sampleRateHz;
  let resamplers: Resampler[] = [];
  return (planes: Planes, rateHz: number): Planes => {
    const fitting = withChannels(planes, channels);
    if (rateHz !== from) {
      from = rateHz;
      resamplers = rateHz === sampleRateHz ? [] : fitting.map(() => createResampler(rateHz, sampleRateHz));
    }
    return resamplers.length > 0 ? fitting.map((plane, i) => resamplers[i]!.push(plane)) : fitting;
  };
}

/**
 * Puts decoded samples on one timeline from 0: what lies before 0 (encoder priming) is cut,
 * gaps (a track that starts late) become silence, overlaps are cut.
 * @throws whatever the decoder throws.
 */
async function* onTimeline(
  track: InputAudioTrack,
  timeline: Timeline,
  signal: AbortSignal | undefined,
): AsyncGenerator<Planes> {
  const { sampleRateHz, channels, startFrames, endFrame } = timeline;
  const uniform = createUniform(timeline);
  let position = 0;
  for await (const sample of new AudioSampleSink(track).samples()) {
    let planes: Planes;
    try {
      throwIfCancelled(signal);
      const scale = sampleRateHz / sample.sampleRate;
      const start = Math.round(sample.timestamp * sampleRateHz) - startFrames;
      const gap = start - position;
      const tolerance = position === 0 ? 0 : GAP_SECONDS * sampleRateHz;
      if (gap > tolerance) {
        yield* silence(Math.min(gap, endFrame - position), channels);
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

/** Reads a sound by the browser's decoder and, where that stops in the middle, the rest by ffmpeg. */
function createBlocks(file: Blob, track: InputAudioTrack, timeline: Timeline, warnings: Warning[]) {
  const { sampleRateHz, channels } = timeline;
  /** The whole sound by ffmpeg, once the browser's decoder has stopped. */
  let rest: Promise<PcmReader | undefined> | undefined;

  async function* goOn(position: number, cause: unknown, signal: AbortSignal | undefined) {
    if (!rest) {
      const maxSeconds = (await track.computeDuration()) + 1;
      rest = openWithFfmpeg(file, { maxSeconds, sampleRateHz, channels, ...(signal ? { signal } : {}) });
      rest.catch(() => (rest = undefined));
      warnings.push(warning("sound/damaged", { seconds: (position / sampleRateHz).toFixed(1) }));
    }
    const reader = await rest;
    if (!reader)
      throw toEngineError(cause, "codec/failed", "The browser's decoder stopped while reading the sound");
    yield* from(reader.blocks(signal), position);
  }

  return {
    async *blocks(signal: AbortSignal | undefined) {
      let position = 0;
      try {
        for await (const planes of onTimeline(track, timeline, signal)) {
          position += planes[0]!.length;
          yield planes;
        }
      } catch (error) {
        throwIfCancelled(signal);
        yield* goOn(position, error, signal);
      }
    },
    dispose: () => void rest?.then((reader) => reader?.dispose()).catch(() => undefined),
  };
}

/**
 * Reads a track by WebCodecs, after decoding its first block as a trial.
 * @returns undefined when the browser cannot decode the track.
 */
export async function openWithWebCodecs(
  input: Input,
  track: InputAudioTrack,
  file: Blob,
): Promise<PcmReader | undefined> {
  if (!(await track.canDecode())) return undefined;
  let first: { sampleRateHz: number; channels: number } | undefined;
  try {
    for await (const sample of new AudioSampleSink(track).samples()) {
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
  const beginning = await fileStart(input);
  const whole = first ? Math.max(0, (await track.computeDuration()) - beginning) : 0;
  const delay = (await input.getFormat()) === MP3 ? await readMp3Delay(file) : undefined;
  const endFrame = Math.round(whole * sampleRateHz) - (delay ? delay.start + delay.end : 0);
  const timeline: Timeline = {
    sampleRateHz,
    channels,
    startFrames: (delay?.start ?? 0) + Math.round(beginning * sampleRateHz),
    endFrame: delay ? endFrame : Infinity,
  };
  const warnings: Warning[] = [];
  const { blocks, dispose } = createBlocks(file, track, timeline, warnings);
  return {
    durationSeconds: delay ? Math.max(0, endFrame / sampleRateHz) : whole,
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
