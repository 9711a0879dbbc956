import { VideoSample } from "mediabunny";
import { expect, test } from "vitest";
import {
  FULL_RANGE_FRAME,
  losesFullRange,
  matrixOfBrowser,
  remake,
  TEST_FRAMES,
  type TestFrame,
} from "./browser-colours.ts";
import { yuvToRgba } from "./frame-planes.ts";
import { FrameReader, isConverted } from "../demux/frame-reader.ts";
import type { YuvMatrix } from "./plane-colour.ts";

async function decoded({ codec, data }: TestFrame) {
  const frames: VideoFrame[] = [];
  const decoder = new VideoDecoder({ output: (frame) => frames.push(frame), error: () => undefined });
  // Graphics hardware would give other planes.
  decoder.configure({ codec, hardwareAcceleration: "prefer-software" });
  const bytes = Uint8Array.from(atob(data), (letter) => letter.charCodeAt(0));
  decoder.decode(new EncodedVideoChunk({ type: "key", timestamp: 0, data: bytes }));
  await decoder.flush();
  decoder.close();
  const frame = frames[0]!;
  const planes = new Uint8Array(frame.allocationSize());
  const layout = await frame.copyTo(planes);
  const { displayWidth, displayHeight } = frame;
  const { fullRange, matrix } = frame.colorSpace;
  frame.close();
  return {
    size: [displayWidth, displayHeight],
    yuv: layout.map(({ offset }) => planes[offset]),
    fullRange,
    matrix,
  };
}

test("the test frames hold the colours that are said of them", async () => {
  for (const frame of [...Object.values(TEST_FRAMES), FULL_RANGE_FRAME]) {
    const { size, yuv, fullRange } = await decoded(frame);
    expect([size, yuv, fullRange]).toEqual([[320, 240], frame.yuv, frame.fullRange]);
  }
});

test("what this browser makes of frames is told, and of codecs without a test frame nothing", async () => {
  for (const codec of Object.keys(TEST_FRAMES)) {
    expect(["bt601", "bt709"]).toContain(await matrixOfBrowser(codec));
  }
  expect(await matrixOfBrowser("vp8")).toBeUndefined();
  // Chromium minds the range.
  expect(await losesFullRange()).toBe(false);
});

/** The largest difference of two values at one place. */
const far = (a: Uint8ClampedArray, b: Uint8ClampedArray) =>
  a.reduce((most, value, i) => Math.max(most, Math.abs(value - b[i]!)), 0);

/** Samples of moderate colours, which both matrices keep within what pixels hold. */
function colours(matrix: YuvMatrix) {
  const [width, height] = [64, 16];
  const plane = (sample: (i: number) => number) => ({
    width,
    height,
    data: Uint8Array.from({ length: width * height }, (_, i) => sample(i)),
  });
  return yuvToRgba({
    planes: [
      plane((i) => 110 + (i % 32)),
      plane((i) => 104 + ((i >> 5) % 7) * 8),
      plane((i) => 104 + ((i >> 8) % 4) * 16),
    ],
    matrix,
    fullRange: false,
  });
}

test("pixels made by a wrong matrix become those of the right one, whichever it was", () => {
  for (const [from, to] of [
    ["bt709", "bt601"],
    ["bt601", "bt709"],
  ] as const) {
    const [given, wanted] = [colours(from), colours(to)];
    const before = given.data.slice();
    remake(given, from, to);
    expect(far(before, wanted.data)).toBeGreaterThan(8);
    // Three values were rounded before, and one is after.
    expect(far(given.data, wanted.data)).toBeLessThanOrEqual(2);
  }
});

test("frames that the browser has converted are made right as they are read, planes stay as they are", async () => {
  const pixels = colours("bt709");
  const frame = { size: pixels, aspect: pixels.width / pixels.height, container: {} };
  const shape = { codedWidth: pixels.width, codedHeight: pixels.height, timestamp: 0 };
  const converted = new VideoSample(pixels.data, { ...shape, format: "RGBX" });
  expect(isConverted(converted)).toBe(true);
  const image = await new FrameReader({ ...frame, drawnBy: "bt709" }).image(converted);
  converted.close();
  expect(far(image.data, colours("bt601").data)).toBeLessThanOrEqual(2);

  const samples = Uint8Array.from(
    { length: (pixels.width * pixels.height * 3) / 2 },
    (_, i) => 60 + (i % 120),
  );
  const planar = new VideoSample(samples, { ...shape, format: "I420" });
  expect(isConverted(planar)).toBe(false);
  const [plain, warned] = await Promise.all(
    [null, "bt709" as const].map((drawnBy) => new FrameReader({ ...frame, drawnBy }).image(planar)),
  );
  planar.close();
  expect(warned).toEqual(plain);
});
