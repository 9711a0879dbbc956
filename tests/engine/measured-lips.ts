import { ALL_FORMATS, AudioBufferSink, BlobSource, CanvasSink, Input } from "mediabunny";
import type { RgbaImage } from "../../src/core/image.ts";
import { createFaceAnalyser } from "../../src/vision/landmarks/face-analyser.ts";
import { createRuntime } from "../../src/inference/runtime.ts";
import { openAudio } from "../../src/media/audio/open-audio.ts";
import { correlation } from "../../src/core/correlation.ts";
import { lagSeconds, sampleTruth } from "../../tools/eval/video/eval-video-measures.ts";
import { wavOf } from "./media.ts";

/** Rate of the voices' samples and of their exact aperture. */
const VOICE_HZ = 16_000;
const TRUTH_HZ = 100;

/** A synthesised voice whose aperture is known exactly. */
export interface KnownVoice {
  readonly file: File;
  /** Mono, 16 kHz. */
  readonly pcm: Float32Array;
  /** 100 Hz, 0 shut to 1 wide open. */
  readonly aperture: Float32Array;
}

async function clip(name: string): Promise<{ pcm: Float32Array; aperture: readonly number[] }> {
  const [sound, labels] = await Promise.all(
    ["flac", "json"].map((ending) => fetch(new URL(`../eval/speech/${name}.${ending}`, import.meta.url))),
  );
  const source = await openAudio(await sound!.blob());
  try {
    const { aperture } = (await labels!.json()) as { aperture: readonly number[] };
    return { pcm: await source.mono16k(), aperture };
  } finally {
    source.dispose();
  }
}

/**
 * Clips of `tests/eval/speech` joined, and of those the part between two instants in seconds.
 * They are chosen for lips that part clearly; how well the engine does on all clips is the eval's matter.
 */
export async function knownVoice(names: readonly string[], from: number, to: number): Promise<KnownVoice> {
  const clips = await Promise.all(names.map(clip));
  const join = (parts: readonly ArrayLike<number>[], rateHz: number) =>
    Float32Array.from(parts.flatMap((part) => Array.from(part)).slice(from * rateHz, to * rateHz));
  const hop = VOICE_HZ / TRUTH_HZ;
  const pcm = join(
    clips.map((part) => part.pcm.subarray(0, part.aperture.length * hop)),
    VOICE_HZ,
  );
  return {
    pcm,
    aperture: join(
      clips.map((part) => part.aperture),
      TRUTH_HZ,
    ),
    file: wavOf(pcm, VOICE_HZ),
  };
}

/** A decoded picture and the instant in seconds from which a player shows it. */
export interface ShownPicture extends RgbaImage {
  readonly seconds: number;
}

/** Every picture of a finished file, decoded by mediabunny alone. */
export async function picturesOf(output: Blob): Promise<ShownPicture[]> {
  const input = new Input({ formats: ALL_FORMATS, source: new BlobSource(output) });
  const track = await input.getPrimaryVideoTrack();
  const pictures: ShownPicture[] = [];
  for await (const { canvas, timestamp } of new CanvasSink(track!).canvases()) {
    const { width, height } = canvas;
    const context = canvas.getContext("2d") as OffscreenCanvasRenderingContext2D;
    const { data } = context.getImageData(0, 0, width, height);
    pictures.push({ width, height, data, seconds: timestamp });
  }
  return pictures;
}

/** The first channel of a finished file's sound at its own rate, silence before its first sample. */
async function soundOf(output: Blob): Promise<{ samples: Float32Array; rateHz: number }> {
  const input = new Input({ formats: ALL_FORMATS, source: new BlobSource(output) });
  const track = (await input.getPrimaryAudioTrack())!;
  const rateHz = track.sampleRate;
  const samples = new Float32Array(Math.ceil((await track.computeDuration()) * rateHz));
  for await (const { buffer, timestamp } of new AudioBufferSink(track).buffers()) {
    const at = Math.round(timestamp * rateHz);
    const part = buffer.getChannelData(0).subarray(Math.max(0, -at));
    samples.set(part.subarray(0, samples.length - Math.max(0, at)), Math.max(0, at));
  }
  return { samples, rateHz };
}

/** By how many seconds a finished file's sound lags behind the voice that was put in, to 1 ms, within ± 0.2 s. */
export async function soundLag(output: Blob, { pcm }: KnownVoice): Promise<number> {
  const { samples, rateHz } = await soundOf(output);
  const step = 4;
  const own = pcm.filter((_, i) => i % step === 0);
  let [best, lag] = [-Infinity, 0];
  for (let late = -0.2; late <= 0.2; late += 0.001) {
    const heard = own.map((_, i) => samples[Math.round(((i * step) / VOICE_HZ + late) * rateHz)] ?? 0);
    const r = correlation(own, heard);
    if (r > best) [best, lag] = [r, late];
  }
  return lag;
}

/** The two eyes' outer corners, and pairs of points across the gap between the lips. */
const EYES = [33, 263] as const;
const ACROSS = [
  [13, 14],
  [82, 87],
  [312, 317],
] as const;

function gapOf(points: Float32Array): number {
  const between = (a: number, b: number) =>
    Math.hypot(points[a * 3]! - points[b * 3]!, points[a * 3 + 1]! - points[b * 3 + 1]!);
  return ACROSS.reduce((sum, [a, b]) => sum + between(a, b), 0) / ACROSS.length / between(...EYES);
}

/**
 * Follows faces through pictures by their pixels alone.
 * @returns per face, from left to right, the gap between the lips in each picture, in distances of the eyes' corners.
 */
export async function gapsIn(pictures: readonly RgbaImage[], faces = 1): Promise<number[][]> {
  const runtime = await createRuntime({ backend: "wasm" });
  try {
    const analyser = await createFaceAnalyser(runtime);
    const found = (await analyser.analyse(pictures[0]!)).slice(0, faces);
    if (found.length < faces) throw new Error(`only ${String(found.length)} faces are seen`);
    found.sort((a, b) => a.detection.box.x - b.detection.box.x);
    const gaps: number[][] = [];
    for (let { landmarks } of found) {
      const own: number[] = [];
      for (const picture of pictures) {
        landmarks = await analyser.landmarks(picture, landmarks);
        own.push(gapOf(landmarks.points));
      }
      gaps.push(own);
    }
    return gaps;
  } finally {
    await runtime.dispose();
  }
}

/** How lips follow a voice. */
export interface Following {
  /** Correlation of the gap with the exact aperture. */
  readonly r: number;
  /** Seconds by which the lips are late, at the peak of the correlation. */
  readonly lag: number;
}

/** Compares the gaps of pictures with a voice that begins at the pictures' second 0. */
export function following(
  gaps: readonly number[],
  pictures: readonly ShownPicture[],
  { aperture }: KnownVoice,
): Following {
  const within = pictures.filter(({ seconds }) => seconds < aperture.length / TRUTH_HZ);
  const wanted = within.map(({ seconds }) => sampleTruth(aperture, seconds));
  const own = gaps.slice(0, within.length);
  const fps = (within.length - 1) / (within.at(-1)!.seconds - within[0]!.seconds);
  const late = lagSeconds(aperture, own, fps) + within[0]!.seconds;
  return { r: correlation(wanted, own), lag: late };
}
