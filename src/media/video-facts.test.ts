import { expect, test } from "vitest";
import { readVideoFacts } from "./video-ffmpeg.ts";

test("size, rate, rotation and sound are read from ffmpeg's log", () => {
  const facts = readVideoFacts([
    "Input #0, mov,mp4,m4a,3gp,3g2,mj2, from '/blob-video/video':",
    "  Duration: 00:01:05.04, start: 0.080000, bitrate: 923 kb/s",
    "  Stream #0:0[0x1](und): Video: hevc (Main 10) (hvc1 / 0x31637668), yuv420p10le(tv), 1920x1080 [SAR 4:3 DAR 64:27], 773 kb/s, 23.98 fps, 23.98 tbr, 25 tbn",
    "    Side data:",
    "      displaymatrix: rotation of -90.00 degrees",
    "  Stream #0:1: Audio: mp3 (U[0][0][0] / 0x0055), 44100 Hz, stereo, fltp, 128 kb/s",
  ]);
  expect(facts).toEqual({
    width: 1080,
    height: 2560,
    fps: 24_000 / 1001,
    variableRate: false,
    durationSeconds: 65.04,
    startSeconds: 0.08,
    bitrate: 773_000,
    codec: "hevc",
    hasAudio: true,
  });
});

test("a cover picture is no video", () => {
  expect(
    readVideoFacts([
      "  Stream #0:0: Video: mjpeg (Baseline), yuvj420p(pc), 500x500, 90k tbr, 90k tbn (attached pic)",
    ]),
  ).toBeUndefined();
});
