import { AudioSampleSink, MP3, type AudioSample, type Input, type InputAudioTrack } from "mediabunny";
import { throwIfCancelled, toEngineError } from "../../job/errors.ts";
import type { PcmReader } from "./audio-source.ts";
import { readMp3Delay } from "./mp3-delay.ts";

/** Containers round timestamps to a millisecond or so: below this a difference is no gap. */
const GAP_SECONDS = 0.008;
/** Silence of a gap is given in blocks of this length. */
const SILENCE_FRAMES = 48_000;

/** Frames to cut before time 0, and the frame (after that cut) at which the sound ends. */
interface Trim {
  readonly startFrames: number;
  readonly endFrame: number;
}

function planesOf(sample: AudioSample, skip: number, frameCount: number): Float32Array<ArrayBuffer>[] {
  return Array.from({ length: sample.numberOfChannels }, (_, planeIndex) => {
    const plane = new Float32Array(frameCount);
    sample.copyTo(plane, { planeIndex, format: "f32-planar", frameOffset: skip, frameCount });
    return plane;
  });
}

function* silence(frames: number, channels: number): Generator<Float32Array<ArrayBuffer>[]> {
  for (let left = frames; left > 0; left -= SILENCE_FRAMES) {
    const length = Math.min(left, SILENCE_FRAMES);
    yield Array.from({ length: channels }, () => new Float32Array(length));
  }
}

/**
 * Puts decoded samples on one timeline from 0: what lies before 0 (encoder priming) is cut,
 * gaps (a track that starts late) become silence, overlaps are cut.
 */
async function* onTimeline(
  track: InputAudioTrack,
  sampleRateHz: number,
  channels: number,
  trim: Trim,
  signal: AbortSignal | undefined,
): AsyncGenerator<Float32Array<ArrayBuffer>[]> {
  let position = 0;
  try {
    for await (const sample of new AudioSampleSink(track).samples()) {
      try {
        throwIfCancelled(signal);
        const start = Math.round(sample.timestamp * sampleRateHz) - trim.startFrames;
        const gap = start - position;
        const tolerance = position === 0 ? 0 : GAP_SECONDS * sampleRateHz;
        if (gap > tolerance) {
          yield* silence(gap, channels);
          position += gap;
        }
        const skip = gap < -tolerance ? Math.min(-gap, sample.numberOfFrames) : 0;
        const frames = Math.min(sample.numberOfFrames - skip, trim.endFrame - position);
        if (frames <= 0) continue;
        position += frames;
        yield planesOf(sample, skip, frames);
      } finally {
        sample.close();
      }
    }
  } catch (error) {
    throw toEngineError(error, "codec/failed", "The browser's decoder stopped while reading the sound");
  }
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
  const whole = first ? Math.max(0, await track.computeDuration()) : 0;
  const delay = (await input.getFormat()) === MP3 ? await readMp3Delay(file) : undefined;
  const endFrame = Math.round(whole * sampleRateHz) - (delay ? delay.start + delay.end : 0);
  const trim: Trim = { startFrames: delay?.start ?? 0, endFrame: delay ? endFrame : Infinity };
  return {
    durationSeconds: delay ? Math.max(0, endFrame / sampleRateHz) : whole,
    sampleRateHz,
    channels,
    decoder: "webcodecs",
    warnings: [],
    blocks: (signal) => onTimeline(track, sampleRateHz, channels, trim, signal),
    dispose: () => input.dispose(),
  };
}
