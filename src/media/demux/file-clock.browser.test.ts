import { expect, test } from "vitest";
import { openAudio } from "../audio/open-audio.ts";
import { audioSourceFrom } from "../audio/audio-source.ts";
import { openWithFfmpeg as soundByFfmpeg } from "../ffmpeg/audio-ffmpeg.ts";
import { openWithFfmpeg as videoByFfmpeg } from "../ffmpeg/video-ffmpeg.ts";
import { rgbaOf } from "../planes/picture.ts";
import { fixtureFile, peakSeconds } from "../test-media.ts";
import { openVideo } from "./open-video.ts";
import type { VideoSource } from "./video-source.ts";

/** When the first frame is shown, when the white one, and when the last one ends. */
async function instants(video: VideoSource) {
  let [first, white, end] = [Number.NaN, Number.NaN, 0];
  for await (const { picture, timestampSeconds, durationSeconds } of video.pictures()) {
    if (Number.isNaN(first)) first = timestampSeconds;
    if (rgbaOf(picture).data[0]! > 128 && Number.isNaN(white)) white = timestampSeconds;
    end = timestampSeconds + durationSeconds;
  }
  const packets = await video.packets(new AbortController().signal);
  video.dispose();
  return { first, white, end, packet: Math.min(...packets.map((packet) => packet.timestampSeconds)) };
}

/**
 * Files whose clocks begin at 5 s or at an hour: sound from the first instant on, pictures 0.2 s later, a click and a
 * white frame 0.6 s after the beginning.
 */
test.each(["late.mkv", "late.webm", "late.mp4", "late-video.mpegts"])(
  "pictures and sound of %s count from its earliest track, by the browser and by ffmpeg",
  async (name) => {
    const file = await fixtureFile(name);
    const native = await openVideo(file);
    expect(native.decoder).toBe("webcodecs");
    // The whole file lasts 1.2 s, whatever its clock says.
    expect(native.durationSeconds).toBeLessThan(1.25);
    const routes = [
      [native, await openAudio(file)],
      [
        (await videoByFfmpeg(file, undefined))!,
        audioSourceFrom((await soundByFfmpeg(file, { maxSeconds: 60 }))!),
      ],
    ] as const;
    for (const [video, sound] of routes) {
      const { first, white, end, packet } = await instants(video);
      // Encoders of sound put up to 23 ms of their own before its first sample.
      expect(Math.abs(first - 0.2)).toBeLessThan(0.03);
      expect(Math.abs(white - first - 0.4)).toBeLessThan(0.03);
      expect(Math.abs(end - first - 0.8)).toBeLessThan(0.03);
      expect(Math.abs(packet - first)).toBeLessThan(0.03);
      // Where the white frame is, there is the click; the WebM's own blocks of Opus are 6.5 ms early.
      expect(Math.abs((await peakSeconds(sound)) - white)).toBeLessThan(
        name.endsWith("webm") ? 0.008 : 0.002,
      );
      sound.dispose();
    }
  },
);

test("a transport stream whose clock begins anew in the middle is read to its end, in order", async () => {
  const part = await fixtureFile("late-video.mpegts");
  const video = await openVideo(new Blob([part, part]));
  expect(video.decoder).toBe("ffmpeg");
  const times: number[] = [];
  const whites: number[] = [];
  for await (const { picture, timestampSeconds } of video.pictures()) {
    times.push(timestampSeconds);
    if (rgbaOf(picture).data[0]! > 128) whites.push(timestampSeconds);
  }
  // Twenty frames and a white one among them, twice.
  expect(times).toHaveLength(40);
  expect(times).toEqual([...times].sort((a, b) => a - b));
  expect(whites).toHaveLength(2);
  expect(whites[1]! - whites[0]!).toBeGreaterThan(0.7);
  const again: number[] = [];
  for await (const { timestampSeconds } of video.pictures({ fromSeconds: times[30]! })) {
    again.push(timestampSeconds);
  }
  expect(again).toEqual(times.slice(30));
  video.dispose();
});
