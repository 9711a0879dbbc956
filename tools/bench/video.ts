import type { Resolution } from "../../src/core/image.ts";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import {
  ALL_FORMATS,
  BufferTarget,
  EncodedPacketSink,
  EncodedVideoPacketSource,
  FilePathSource,
  Input,
  Mp4OutputFormat,
  Output,
} from "mediabunny";
import type { JobProgress, JobResult } from "../../src/job/job.ts";
import { createEngineHost, type EngineHost } from "../../src/headless/engine-host.ts";
import { processorMs } from "./stages.ts";
import { peakMemory, type MemoryPeaks } from "./memory.ts";

/** Speed of giving a video a new voice. Times in milliseconds. */
export interface VideoBench {
  readonly videoSeconds: number;
  readonly frames: number;
  readonly source: string;
  readonly encoder: string;
  /** Median of the warm runs. */
  readonly totalMs: number;
  readonly timesRealTime: number;
  readonly stagesMs: Readonly<Record<string, number>>;
  /** Processor time of all the browser's processes in that run. */
  readonly processorMs: number;
}

/** One length of the measure of long videos. */
export interface LengthBench {
  readonly seconds: number;
  readonly memory: MemoryPeaks;
  /** Wall time of the job by its frames, in milliseconds. */
  readonly frameMs: number;
}

/** Peak memory and time while a long video and a short one get a new voice. */
export interface LongVideoBench {
  readonly short: LengthBench;
  readonly long: LengthBench;
  /** The long one's peak memory by the short one's. */
  readonly memoryRatio: number;
  /** The long one's time per frame by the short one's. */
  readonly timeRatio: number;
  /** Frames of the long result beside those that its length asks for. */
  readonly frames: number;
  readonly wantedFrames: number;
  /** Seconds by which pictures and sound of the long result end apart. */
  readonly endsApart: number;
}

/** A portrait and a voice of the project, from which the bench makes its own videos. */
export interface VideoBenchFiles {
  readonly host: EngineHost;
  readonly folder: string;
  readonly portrait: string;
  readonly voice: string;
}

type Measured = Omit<JobResult, "output">;

async function speak(
  { host, folder, portrait, voice }: VideoBenchFiles,
  resolution: Resolution,
): Promise<string> {
  const outputPath = join(folder, `head-${resolution}.mp4`);
  await host.run({
    model: "lipsync-image",
    formState: { image: { path: portrait }, audio: { path: voice }, resolution, seed: 1 },
    backend: "wasm",
    outputPath,
  });
  return outputPath;
}

async function dub(
  host: EngineHost,
  video: string,
  audio: string,
  resolution: Resolution,
  outputPath: string,
  onProgress: (progress: JobProgress) => void = () => undefined,
) {
  const formState = { video: { path: video }, audio: { path: audio }, resolution, seed: 1 };
  const { result } = await host.run(
    { model: "lipsync-video", formState, backend: "wasm", outputPath },
    { onProgress },
  );
  return result;
}

/**
 * Gives a new voice to a 720p video of a talking head, which the engine makes first, at 480p: decoding, scaling,
 * following, drawing and encoding.
 */
export async function measureVideo(files: VideoBenchFiles, runs: number): Promise<VideoBench> {
  const { host, folder, voice } = files;
  const source = await speak(files, "720p");
  const browser = (await host.page()).context().browser()!;
  const run = async () => {
    const before = await processorMs(browser);
    const started = performance.now();
    const result: Measured = await dub(host, source, voice, "480p", join(folder, "video.mp4"));
    return { result, ms: performance.now() - started, processor: (await processorMs(browser)) - before };
  };
  await run();
  const measured: Awaited<ReturnType<typeof run>>[] = [];
  for (let i = 0; i < runs; i++) measured.push(await run());
  const middle = measured.sort((a, b) => a.ms - b.ms)[Math.floor(runs / 2)]!;
  const { report, timings } = middle.result;
  return {
    videoSeconds: report.durationSeconds,
    frames: report.frames,
    source: "720 × 900 pixels, H.264",
    encoder: report.encoder,
    totalMs: middle.ms,
    timesRealTime: (report.durationSeconds * 1000) / middle.ms,
    stagesMs: timings,
    processorMs: middle.processor,
  };
}

/** A video's pictures again and again, without decoding them. */
async function repeated(path: string, times: number, target: string): Promise<void> {
  const input = new Input({ source: new FilePathSource(path), formats: ALL_FORMATS });
  try {
    const track = (await input.getPrimaryVideoTrack())!;
    const decoderConfig = (await track.getDecoderConfig())!;
    const length = await track.computeDuration();
    const source = new EncodedVideoPacketSource("avc");
    const buffer = new BufferTarget();
    const output = new Output({ format: new Mp4OutputFormat(), target: buffer });
    output.addVideoTrack(source);
    await output.start();
    for (let round = 0; round < times; round++) {
      for await (const packet of new EncodedPacketSink(track).packets()) {
        await source.add(packet.clone({ timestamp: packet.timestamp + round * length }), { decoderConfig });
      }
    }
    await output.finalize();
    await writeFile(target, new Uint8Array(buffer.buffer!));
  } finally {
    input.dispose();
  }
}

/** How far apart a video's pictures and sound end, and how many pictures it has. */
async function endsOf(path: string): Promise<{ frames: number; endsApart: number }> {
  const input = new Input({ source: new FilePathSource(path), formats: ALL_FORMATS });
  try {
    const [video, audio] = [(await input.getPrimaryVideoTrack())!, (await input.getPrimaryAudioTrack())!];
    const { packetCount } = await video.computePacketStats();
    const endsApart = Math.abs((await video.computeDuration()) - (await audio.computeDuration()));
    return { frames: packetCount, endsApart };
  } finally {
    input.dispose();
  }
}

/**
 * Peak memory and time of a video of about ten minutes and of one of about a minute, both 720p, each with a voice
 * as long and in a browser of its own that has made a short one before.
 * @param longVoice makes a voice of at least so many seconds. @param sampleSeconds length of the bundled voice.
 */
export async function measureLongVideo(
  files: VideoBenchFiles,
  sampleSeconds: number,
  longVoice: (seconds: number) => Promise<string>,
): Promise<LongVideoBench> {
  const head = await speak(files, "720p");
  const measured = async (rounds: number) => {
    const [video, path] = [`long-${rounds}.mp4`, `dubbed-${rounds}.mp4`].map((name) =>
      join(files.folder, name),
    );
    await repeated(head, rounds, video!);
    // A little shorter than the whole number of samples, so that no sample more is taken.
    const voice = await longVoice((rounds - 0.5) * sampleSeconds);
    const host = await createEngineHost();
    try {
      await dub(host, head, files.voice, "720p", path!);
      let result: Measured | undefined;
      const started = performance.now();
      const memory = await peakMemory((await host.page()).context().browser()!, async (enter) => {
        result = await dub(host, video!, voice, "720p", path!, ({ stage }) => enter(stage));
      });
      const { report } = result!;
      const frameMs = (performance.now() - started) / report.frames;
      return { path: path!, report, length: { seconds: report.durationSeconds, memory, frameMs } };
    } finally {
      await host.close();
    }
  };
  const short = await measured(Math.round(60 / sampleSeconds));
  const long = await measured(Math.floor(600 / sampleSeconds));
  const { durationSeconds, fps } = long.report;
  return {
    short: short.length,
    long: long.length,
    memoryRatio: long.length.memory.bytes / short.length.memory.bytes,
    timeRatio: long.length.frameMs / short.length.frameMs,
    wantedFrames: Math.ceil(durationSeconds * fps - 1e-6),
    ...(await endsOf(long.path)),
  };
}

/** The figures as lines of text. */
export function describeVideo({ stagesMs, ...video }: VideoBench): string[] {
  return [
    `Video, ${video.source} to 480p, ${video.videoSeconds.toFixed(1)} s, ${video.encoder}: ${Math.round(video.totalMs)} ms, ` +
      `${video.timesRealTime.toFixed(2)} × real time, ${(video.processorMs / video.frames).toFixed(1)} ms of processor time a frame`,
    ...Object.entries(stagesMs).map(
      ([stage, ms]) =>
        `  ${stage.padEnd(16)} ${Math.round(ms)} ms, ${(ms / video.frames).toFixed(1)} a frame`,
    ),
  ];
}

/** The figures of a long video as lines of text. */
export function describeLongVideo({ short, long, ...found }: LongVideoBench): string[] {
  const mega = (bytes: number) => `${Math.round(bytes / 1e6)} MB`;
  const stages = Object.keys(long.memory.byStage).map((stage) => {
    const [few, many] = [short, long].map(({ memory }) => mega(memory.byStage[stage] ?? 0));
    return `  ${stage.padEnd(16)} ${few}, ${many}`;
  });
  return [
    `Peak memory, 720p video: ${mega(short.memory.bytes)} for ${short.seconds.toFixed(0)} s, ` +
      `${mega(long.memory.bytes)} for ${long.seconds.toFixed(0)} s, ratio ${found.memoryRatio.toFixed(3)}; ` +
      `${found.frames} frames of ${found.wantedFrames}, pictures and sound end ${(1000 * found.endsApart).toFixed(0)} ms apart`,
    ...stages,
    `Time: ${short.frameMs.toFixed(1)} and ${long.frameMs.toFixed(1)} ms a frame, ratio ${found.timeRatio.toFixed(3)}`,
  ];
}
