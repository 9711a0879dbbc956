import type { RgbaImage } from "../../core/image.ts";
import { yuvToRgba } from "./frame-planes.ts";
import { LUMA_WEIGHTS, type YuvMatrix } from "./plane-colour.ts";

/** A key frame of 320 × 240 in one colour, which leaves its matrix open. */
export interface TestFrame {
  /** In the words of WebCodecs. */
  readonly codec: string;
  /** Base64; H.264 with start codes. */
  readonly data: string;
  readonly yuv: readonly [y: number, u: number, v: number];
  readonly fullRange: boolean;
}

const COLOUR = [120, 96, 176] as const;
const GREY = [200, 128, 128] as const;

/** By mediabunny's names of the codecs whose streams can leave the matrix open. */
export const TEST_FRAMES: Readonly<Record<"avc" | "vp9" | "av1", TestFrame>> = {
  avc: {
    codec: "avc1.42c00d",
    data:
      "AAAAAWdCwA3ZAUH6EAAAAwAQAAADAyDxQqSAAAAAAWjLgEMsgAAAAWWIhArxGKAAIvMcAATB44AApPScnJycnJyc" +
      "nJycnJycnJycnJyddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddd" +
      "dddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddd" +
      "dddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddd" +
      "ddddddddddddddddddddddddddddddde",
    yuv: COLOUR,
    fullRange: false,
  },
  vp9: {
    codec: "vp09.00.10.08",
    data: "gkmDQgAT8A72ADgkHBgKAACAYfYwaB17QAAQ/KgAEdVY6CLHdsWGXI8MEA==",
    yuv: COLOUR,
    fullRange: false,
  },
  av1: {
    codec: "av01.0.00M.08",
    data: "EgAKCwAAAAQ8/7za+QBAMhwQAIUAAACAAAAA69/ngEwkb7fBsNSPIkHENJWg",
    yuv: COLOUR,
    fullRange: false,
  },
};

/** Full range, said in the stream. */
export const FULL_RANGE_FRAME: TestFrame = {
  codec: "avc1.42c00d",
  data:
    "AAAAAWdCwA3ZAUH6bIAAAAMAgAAAGQeKFSQAAAABaMuAQyyAAAABZYiECvJigADyJJycnJycnJycnJycnJycnJyc" +
    "nJ11111111111111111111111111111111111111111111111111111111111111111111111111111111111111" +
    "1111111111111111111111111111111111111111111111111111111111111111111111111111111111111111" +
    "1111111111111111111111111111111111111111111111111111111111111111111111111111111111111111" +
    "1111111111111111114=",
  yuv: GREY,
  fullRange: true,
};

type Rgb = readonly [red: number, green: number, blue: number];

/** The pixel in the middle of what the browser draws of a frame; undefined where it cannot decode it. */
async function drawn({ codec, data }: TestFrame): Promise<Rgb | undefined> {
  const frames: VideoFrame[] = [];
  const decoder = new VideoDecoder({ output: (frame) => frames.push(frame), error: () => undefined });
  try {
    decoder.configure({ codec });
    const bytes = Uint8Array.from(atob(data), (letter) => letter.charCodeAt(0));
    decoder.decode(new EncodedVideoChunk({ type: "key", timestamp: 0, data: bytes }));
    await decoder.flush();
    const context = new OffscreenCanvas(3, 3).getContext("2d", { willReadFrequently: true })!;
    context.drawImage(frames[0]!, 0, 0, 3, 3);
    const [red, green, blue] = context.getImageData(1, 1, 1, 1).data;
    return [red!, green!, blue!];
  } catch {
    return undefined;
  } finally {
    for (const frame of frames) frame.close();
    if (decoder.state !== "closed") decoder.close();
  }
}

/** What a frame's one colour is by a matrix and a range. */
function colourBy({ yuv }: TestFrame, matrix: YuvMatrix, fullRange: boolean): Rgb {
  const [y, u, v] = yuv.map((sample) => ({ width: 1, height: 1, data: Uint8Array.of(sample) }));
  const { data } = yuvToRgba({ planes: [y!, u!, v!], matrix, fullRange });
  return [data[0]!, data[1]!, data[2]!];
}

const distance = (a: Rgb, b: Rgb) => a.reduce((sum, value, i) => sum + (value - b[i]!) ** 2, 0);

const matrices = new Map<string, Promise<YuvMatrix | undefined>>();

/**
 * By which matrix this browser turns frames of a codec into pixels that leave theirs open and are less than 720 lines
 * high; it draws a known one to find out, once in each thread. Undefined for other codecs, and where it cannot be told.
 */
export function matrixOfBrowser(codec: string): Promise<YuvMatrix | undefined> {
  const frame = (TEST_FRAMES as Readonly<Record<string, TestFrame>>)[codec];
  if (!frame) return Promise.resolve(undefined);
  const asked = matrices.get(codec) ?? tellMatrix(frame);
  matrices.set(codec, asked);
  return asked;
}

async function tellMatrix(frame: TestFrame): Promise<YuvMatrix | undefined> {
  const seen = await drawn(frame);
  if (!seen) return undefined;
  const farFrom = (matrix: YuvMatrix) => distance(seen, colourBy(frame, matrix, frame.fullRange));
  return farFrom("bt601") <= farFrom("bt709") ? "bt601" : "bt709";
}

let lost: Promise<boolean> | undefined;

/**
 * Whether this browser takes samples of full range for limited ones, which crushes what is dark and what is bright, as
 * Firefox 153 does on Linux.
 */
export function losesFullRange(): Promise<boolean> {
  lost ??= drawn(FULL_RANGE_FRAME).then((seen) => {
    if (!seen) return false;
    const farFrom = (range: boolean) => distance(seen, colourBy(FULL_RANGE_FRAME, "bt601", range));
    return farFrom(false) < farFrom(true);
  });
  return lost;
}

/** Fraction bits of the whole numbers that pixels are multiplied with. */
const BITS = 14;

/** How much of each of three old values goes into a new one. */
type Shares = readonly [red: number, green: number, blue: number];

/** What turns pixels made by one matrix into those that another would have made of the same samples. */
function between(from: YuvMatrix, to: YuvMatrix): readonly [red: Shares, green: Shares, blue: Shares] {
  const [oldRed, oldBlue] = LUMA_WEIGHTS[from];
  const [newRed, newBlue] = LUMA_WEIGHTS[to];
  const luma: Shares = [oldRed, 1 - oldRed - oldBlue, oldBlue];
  const shares = (share: (i: 0 | 1 | 2) => number): Shares => [share(0), share(1), share(2)];
  // Chroma is what red and blue differ from luma, in steps of each matrix's own.
  const red = shares((i) => (((i === 0 ? 1 : 0) - luma[i]) * (1 - newRed)) / (1 - oldRed));
  const blue = shares((i) => (((i === 2 ? 1 : 0) - luma[i]) * (1 - newBlue)) / (1 - oldBlue));
  const green = shares((i) => -(newRed * red[i] + newBlue * blue[i]) / (1 - newRed - newBlue));
  const whole = (row: Shares) => shares((i) => Math.round((row[i] + luma[i]) * 2 ** BITS));
  return [whole(red), whole(green), whole(blue)];
}

/**
 * Changes pixels that a browser has made by a wrong matrix into what the right one makes of the same samples, to within
 * rounding; samples that went beyond what pixels hold stay cut off.
 */
export function remake({ data }: RgbaImage, from: YuvMatrix, to: YuvMatrix): void {
  const [[rr, rg, rb], [gr, gg, gb], [br, bg, bb]] = between(from, to);
  const half = 2 ** (BITS - 1);
  for (let i = 0; i < data.length; i += 4) {
    const [red, green, blue] = [data[i]!, data[i + 1]!, data[i + 2]!];
    data[i] = (rr * red + rg * green + rb * blue + half) >> BITS;
    data[i + 1] = (gr * red + gg * green + gb * blue + half) >> BITS;
    data[i + 2] = (br * red + bg * green + bb * blue + half) >> BITS;
  }
}
