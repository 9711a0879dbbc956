import { wavHeader } from "../../src/core/wav.ts";
import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  CLICK_SECONDS,
  FLASH_SECONDS,
  PATCHES,
  SOUND_SECONDS,
  VIDEO_SECONDS,
  type MatrixCase,
} from "./matrix-case.ts";
import { ffmpeg, ffprobe } from "./ffmpeg.ts";
import type { Reading } from "./reading.ts";

const RATE_HZ = 48_000;

/** What every sound is made of: silence with one click of half a millisecond. */
function clickWav(): Buffer {
  const samples = new Int16Array(Math.round(SOUND_SECONDS * RATE_HZ));
  samples.fill(28_000, CLICK_SECONDS * RATE_HZ, CLICK_SECONDS * RATE_HZ + 24);
  const header = wavHeader({ sampleRateHz: RATE_HZ, encoding: "s16" }, samples.byteLength);
  return Buffer.concat([header, Buffer.from(samples.buffer)]);
}

const hex = (rgb: readonly number[]) =>
  `0x${rgb.map((value) => value.toString(16).padStart(2, "0")).join("")}`;

/** Four patches side by side, and a white frame. */
function pictures(rate: number): string {
  const boxes = PATCHES.map((rgb, i) => `drawbox=x=${i * 64}:w=64:h=96:c=${hex(rgb)}:t=fill`);
  // At a frame a second the flash would have no frame of its own.
  const at = Math.round(FLASH_SECONDS * rate);
  const flash = rate < 5 ? [] : [`drawbox=c=white:t=fill:enable='eq(n,${at})'`];
  const seconds = rate < 5 ? 4 : VIDEO_SECONDS;
  return [`color=c=black:s=256x96:r=${rate}:d=${seconds},format=rgb24`, ...boxes, ...flash].join(",");
}

/** Makes a case's file. @returns its path. */
export function makeFile(folder: string, index: number, given: MatrixCase): string {
  const path = join(folder, `case-${index}.${given.ext}`);
  const filter = given.filter ? [given.kind === "sound" ? "-af" : "-vf", given.filter] : [];
  if (given.kind === "sound") {
    const wav = join(folder, "click.wav");
    writeFileSync(wav, clickWav());
    ffmpeg(["-i", wav, ...filter, ...given.args, path]);
  } else {
    ffmpeg(["-f", "lavfi", "-i", pictures(given.rate ?? 25), ...filter, ...given.args, path]);
  }
  if (given.copied) {
    const whole = join(folder, `whole-${index}.${given.ext}`);
    renameSync(path, whole);
    ffmpeg([...(given.copied.before ?? []), "-i", whole, "-c", "copy", ...given.copied.after, path]);
  }
  if (given.damage) writeFileSync(path, given.damage(readFileSync(path)));
  return path;
}

/** What the machine's own ffmpeg finds in a sound: how long it is, and where the click lies. */
function soundBy(path: string): Reading {
  let pcm: Buffer;
  try {
    const gapless = ["-af", "aresample=async=1:first_pts=0"];
    const clocked = !/\.(mp3|aac|flac|wav)$/.test(path);
    pcm = ffmpeg([
      "-i",
      path,
      "-map",
      "0:a:0",
      ...(clocked ? gapless : []),
      "-ar",
      "48000",
      "-ac",
      "1",
      "-f",
      "f32le",
      "-",
    ]);
  } catch (error) {
    return { error: String(error) };
  }
  const samples = new Float32Array(pcm.buffer, pcm.byteOffset, pcm.byteLength >> 2);
  let peak = 0;
  let at = 0;
  samples.forEach((value, i) => {
    if (Math.abs(value) > peak) [peak, at] = [Math.abs(value), i];
  });
  return { seconds: samples.length / RATE_HZ, ...(peak > 0.05 ? { click: at / RATE_HZ } : {}) };
}

/** What it finds in a video. */
function videoBy(path: string, turned: boolean): Reading {
  const { answer, said } = ffprobe(
    ["-select_streams", "v:0", "-show_entries", "frame=best_effort_timestamp_time"],
    path,
  );
  const { frames = [] } = answer as { frames?: { best_effort_timestamp_time?: string }[] };
  if (frames.length === 0) return { error: said };
  const times = frames.map((frame) => Number(frame.best_effort_timestamp_time));
  const raw = ffmpeg([
    "-i",
    path,
    "-map",
    "0:v:0",
    "-vf",
    `scale=${turned ? "96:256" : "256:96"}:flags=area,setsar=1`,
    "-frames:v",
    "1",
    "-pix_fmt",
    "rgb24",
    "-f",
    "rawvideo",
    "-",
  ]);
  const patches = PATCHES.map((_, i) => {
    const at = 3 * (turned ? (i * 64 + 32) * 96 + 48 : 48 * 256 + i * 64 + 32);
    return [...raw.subarray(at, at + 3)];
  });
  return { frames: frames.length, span: times.at(-1)! - times[0]!, patches };
}

/** What the machine's own ffmpeg finds in a case's file. */
export function readByFfmpeg(path: string, { kind, turned }: MatrixCase): Reading {
  return kind === "sound" ? soundBy(path) : videoBy(path, turned ?? false);
}
