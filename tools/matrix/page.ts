import { audioSourceFrom, type AudioSource, type PcmReader } from "../../src/media/audio/audio-source.ts";
import { joinReaders } from "../../src/media/audio/joined-sound.ts";
import { wholeWav } from "../../src/media/audio/whole-wav.ts";
import { recordingsIn } from "../../src/media/demux/joined-recordings.ts";
import { openAudio } from "../../src/media/audio/open-audio.ts";
import { frameRateOf } from "../../src/media/demux/frame-rate.ts";
import { openVideo, type VideoSource } from "../../src/media/demux/open-video.ts";
import { openWithFfmpeg as soundByFfmpeg } from "../../src/media/ffmpeg/audio-ffmpeg.ts";
import { openWithFfmpeg as videoByFfmpeg } from "../../src/media/ffmpeg/video-ffmpeg.ts";
import { rgbaOf } from "../../src/media/planes/picture.ts";
import { outputRate } from "../../src/pipeline/plan/output-rate.ts";
import type { Reading } from "./reading.ts";
import { traceMouth } from "./results/trace-mouth.ts";

/** By which way a file is read: as the engine chooses, or by its ffmpeg. */
type Route = "chosen" | "ffmpeg";

declare global {
  interface Window {
    dudakMatrix: {
      read(url: string, kind: "sound" | "video", route: Route): Promise<Reading>;
      /** Follows the face at a place in shares of the picture; see `traceMouth`. */
      mouth(url: string, near: { readonly x: number; readonly y: number }): Promise<(number | null)[]>;
    };
  }
}

async function openSound(file: Blob, route: Route): Promise<AudioSource> {
  if (route === "chosen") return openAudio(file);
  const readers: PcmReader[] = [];
  for (const recording of await recordingsIn(file)) {
    const reader = await soundByFfmpeg(await wholeWav(recording), { maxSeconds: 60 });
    if (reader) readers.push(reader);
  }
  const [first, ...others] = readers;
  if (!first) throw new Error("ffmpeg finds no sound");
  return audioSourceFrom(others.length === 0 ? first : joinReaders([first, ...others]));
}

async function readSound(file: Blob, route: Route): Promise<Reading> {
  const sound = await openSound(file, route);
  let [peak, at, frames] = [0, 0, 0];
  for await (const { planes, startFrame } of sound.chunks({ sampleRateHz: 48_000, channels: 1 })) {
    planes[0]!.forEach((value, i) => {
      if (Math.abs(value) > peak) [peak, at] = [Math.abs(value), startFrame + i];
    });
    frames = startFrame + planes[0]!.length;
  }
  const { decoder } = sound;
  const warnings = sound.warnings.map(({ code }) => code);
  sound.dispose();
  return { seconds: frames / 48_000, ...(peak > 0.05 ? { click: at / 48_000 } : {}), decoder, warnings };
}

async function readVideo(file: Blob, route: Route): Promise<Reading> {
  const video: VideoSource | undefined =
    route === "chosen" ? await openVideo(file) : await videoByFfmpeg(file, undefined);
  if (!video) throw new Error("ffmpeg finds no pictures");
  const starts: number[] = [];
  let flash: number | undefined;
  let patches: number[][] = [];
  const turned = video.height > video.width;
  for await (const { picture, timestampSeconds } of video.pictures()) {
    const { data, width, height } = rgbaOf(picture);
    const at = (i: number) => {
      const [x, y] = turned ? [width / 2, (height * (i + 0.5)) / 4] : [(width * (i + 0.5)) / 4, height / 2];
      const from = (Math.floor(y) * width + Math.floor(x)) * 4;
      return [...data.subarray(from, from + 3)];
    };
    if (starts.length === 0) patches = [0, 1, 2, 3].map(at);
    if (flash === undefined && at(0).every((value) => value > 225)) flash = timestampSeconds;
    starts.push(timestampSeconds);
  }
  const { decoder } = video;
  const warnings = video.warnings.map(({ code }) => code);
  video.dispose();
  return {
    ...{ frames: starts.length, span: starts.at(-1)! - starts[0]!, patches, decoder, warnings },
    ...(flash === undefined ? {} : { flash }),
    outputRate: outputRate(frameRateOf(starts)),
  };
}

window.dudakMatrix = {
  mouth: async (url, near) => traceMouth(await (await fetch(url)).blob(), near),
  async read(url, kind, route) {
    try {
      const file = await (await fetch(url)).blob();
      return await (kind === "sound" ? readSound(file, route) : readVideo(file, route));
    } catch (error) {
      return { error: (error as { code?: string }).code ?? String(error) };
    }
  },
};
