import { expect, test } from "vitest";
import { readVideoFacts } from "./video-facts.ts";

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
    durationSeconds: 65.04,
    startSeconds: 0.08,
    bitrate: 773_000,
    codec: "hevc",
    hasAudio: true,
    stored: { width: 1080, height: 1920 },
    alpha: false,
    alphaDecoder: null,
    hdr: false,
    broadcast: false,
    planes: {
      width: 1080,
      height: 1920,
      format: "yuv420p",
      bits: 8,
      alpha: false,
      colour: { primaries: "bt709", transfer: "bt709", matrix: "bt709", fullRange: false },
      wide: null,
      fullRange: false,
    },
  });
});

test("the shape is the first frame's, not one that the stream's line knows of a later one", () => {
  const facts = readVideoFacts([
    "  Stream #0:0[0x100]: Video: h264 (High) ([27][0][0][0] / 0x001B), yuv420p(progressive), 720x576 [SAR 64:45 DAR 16:9], 25 fps, 25 tbr, 90k tbn",
    "    Side data:",
    "      displaymatrix: rotation of -90.00 degrees",
    "  Stream #0:0: Video: wrapped_avframe, yuv420p(progressive), 576x720 [SAR 15:16 DAR 3:4], q=2-31, 200 kb/s, 25 fps, 25 tbn",
  ]);
  expect(facts).toMatchObject({ width: 576, height: 768, stored: { width: 576, height: 720 } });
});

test("a cover picture is no video", () => {
  expect(
    readVideoFacts([
      "  Stream #0:0: Video: mjpeg (Baseline), yuvj420p(pc), 500x500, 90k tbr, 90k tbn (attached pic)",
    ]),
  ).toBeUndefined();
});

test.each([
  ["yuvj420p(pc, bt470bg/unknown/unknown, progressive)", "yuvj420p", "bt470bg", "bt709", true],
  ["yuv422p10le(tv, bt709, top first)", "yuv420p", "bt709", "bt709", false],
  ["yuv444p12le(pc, smpte170m/bt709/iec61966-2-1)", "yuv420p", "smpte170m", "bt709", true],
  ["yuv420p(progressive)", "yuv420p", "smpte170m", "bt709", false],
  ["yuv411p", "yuv420p", "smpte170m", "bt709", false],
])(
  "planes stored as %s come in 8 bits with their own colour space",
  (told, format, matrix, primaries, fullRange) => {
    const line = `  Stream #0:0: Video: hevc (Main), ${told}, 640x480 [SAR 1:1 DAR 4:3], 25 fps, 25 tbr, 25 tbn`;
    expect(readVideoFacts([line])?.planes).toMatchObject({ width: 640, height: 480, format });
    expect(readVideoFacts([line])?.planes?.colour).toMatchObject({ matrix, primaries, fullRange });
  },
);

const lineOf = (told: string) =>
  `  Stream #0:0: Video: hevc (Main), ${told}, 640x480 [SAR 1:1 DAR 4:3], 25 fps, 25 tbr, 25 tbn`;

test.each([
  ["no planes of luma and chroma", "gbrp(pc, gbr/bt709/iec61966-2-1)", false],
  ["grey", "gray", false],
  ["transparent pixels", "argb", true],
])("ffmpeg converts what is stored with %s", (_, told, alpha) => {
  const facts = readVideoFacts([lineOf(told)]);
  expect(facts?.planes).toBeNull();
  expect(facts?.alpha).toBe(alpha);
});

test.each([
  ["yuv420p10le(tv, bt2020nc/bt2020/bt709)", "sdr", "bt2020", false],
  ["yuv420p10le(tv, bt2020nc/bt2020/smpte2084, progressive)", "pq", "bt2020", true],
  ["yuv422p10le(tv, bt2020nc/bt2020/arib-std-b67)", "hlg", "bt2020", true],
  ["yuv420p(tv, bt709/smpte432/bt709)", "sdr", "p3", false],
])("planes of wide colours, %s, keep 10 bits to be converted here", (told, transfer, primaries, hdr) => {
  const facts = readVideoFacts([lineOf(told)]);
  expect(facts?.hdr).toBe(hdr);
  expect(facts?.planes).toMatchObject({ bits: 10, format: "yuv420p10le", colour: null });
  expect(facts?.planes?.wide).toMatchObject({ transfer, primaries, fullRange: false });
});

test("alpha is told, in planes and beside a WebM's colours", () => {
  expect(readVideoFacts([lineOf("yuva444p12le(bt709)")])).toMatchObject({
    alpha: true,
    alphaDecoder: null,
    planes: { format: "yuva420p", bits: 8 },
  });
  const webm = [
    "  Stream #0:0: Video: vp9 (Profile 0), yuv420p(tv), 640x480, 25 fps, 25 tbr, 1k tbn",
    "    Metadata:",
    "      alpha_mode      : 1",
  ];
  expect(readVideoFacts(webm)).toMatchObject({
    alpha: true,
    alphaDecoder: "libvpx-vp9",
    planes: { format: "yuva420p" },
  });
});
