import { afterEach, expect, test, vi } from "vitest";
import { sha256Hex } from "../../core/sha256.ts";
import { isPlanar } from "../planes/picture.ts";
import type { VideoPicturesOptions } from "../demux/video-source.ts";
import { FfmpegCore } from "./ffmpeg.ts";
import { openWithFfmpeg } from "./video-ffmpeg.ts";

const clip = async (ending: string) =>
  (await fetch(new URL(`../../../tests/fixtures/video/open-gop.${ending}`, import.meta.url))).blob();

async function framesOf(file: Blob, options: VideoPicturesOptions): Promise<string[]> {
  const video = (await openWithFfmpeg(file, undefined))!;
  const frames: string[] = [];
  for await (const { picture, second, timestampSeconds, durationSeconds } of video.pictures(options)) {
    expect(isPlanar(picture)).toBe(true);
    const bytes = new Uint8Array([...picture.data, ...(second?.data ?? [])]);
    frames.push(`${timestampSeconds.toFixed(5)} ${durationSeconds.toFixed(5)} ${await sha256Hex(bytes)}`);
  }
  video.dispose();
  return frames;
}

afterEach(() => vi.restoreAllMocks());

test.each(["mp4", "mkv"])(
  "HEVC that two decoders divide among them has the frames that one gives: %s",
  async (ending) => {
    const file = await clip(ending);
    const run = vi.spyOn(FfmpegCore.prototype, "run");
    const stretches = () =>
      run.mock.calls.filter(([{ args }]) => args.some((arg) => arg.startsWith("trim="))).length;
    const size = { width: 64, height: 48, second: { width: 96, height: 72 } };
    const divided = await framesOf(file, { ...size, seconds: 6 });
    expect(stretches()).toBe(3);
    const whole = await framesOf(file, size);
    expect(stretches()).toBe(3);
    expect(whole).toHaveLength(150);
    expect(divided).toEqual(whole);
  },
);
