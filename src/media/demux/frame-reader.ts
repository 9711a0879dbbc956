import type { VideoSample } from "mediabunny";
import type { RgbaImage } from "../../core/image.ts";
import { remake } from "../planes/browser-colours.ts";
import { turnImage, turnPlane, yuvToRgba, type Plane } from "../planes/frame-planes.ts";
import { joinPlanes, type Picture } from "../planes/picture.ts";
import {
  matrixBehind,
  planeColourOf,
  sameColour,
  type PlaneColour,
  type YuvMatrix,
} from "../planes/plane-colour.ts";
import { createFrameScaler, type FrameScaler } from "../planes/frame-scaler.ts";

const PLANAR: Readonly<Record<string, readonly [x: number, y: number]>> = {
  I420: [2, 2],
  I420A: [2, 2],
  I422: [2, 1],
  I422A: [2, 1],
  I444: [1, 1],
  I444A: [1, 1],
  NV12: [2, 2],
};

/** Width and height before rotation, square pixels. */
export interface Size {
  readonly width: number;
  readonly height: number;
}

/**
 * The matrix that the file names. Chromium reports BT.709 for frames of untagged video whatever their size,
 * so its word counts only where the container's agrees or the frame says something else.
 */
function matrixOf(sample: VideoSample, tagged: boolean): YuvMatrix {
  return matrixBehind(sample.colorSpace.matrix, tagged, sample.visibleRect.height);
}

/** Whether a frame's light goes beyond what screens usually show. */
export function isHdr(sample: VideoSample): boolean {
  const transfer: string | null = sample.colorSpace.transfer;
  return transfer === "pq" || transfer === "hlg";
}

function withoutPadding(
  bytes: Uint8Array,
  offset: number,
  stride: number,
  width: number,
  height: number,
): Plane {
  if (stride === width) return { width, height, data: bytes.subarray(offset, offset + width * height) };
  const data = new Uint8Array(width * height);
  for (let y = 0; y < height; y++) {
    data.set(bytes.subarray(offset + y * stride, offset + y * stride + width), y * width);
  }
  return { width, height, data };
}

/** Every second byte of interleaved chroma, from `first`. */
function deinterleave(
  bytes: Uint8Array,
  offset: number,
  stride: number,
  width: number,
  height: number,
): Plane {
  const data = new Uint8Array(width * height);
  for (let y = 0; y < height; y++) {
    const from = offset + y * stride;
    for (let x = 0; x < width; x++) data[y * width + x] = bytes[from + 2 * x]!;
  }
  return { width, height, data };
}

/** Whether the browser hands a frame over as pixels of its own making, as Firefox 153 does on Linux. */
export function isConverted(sample: VideoSample): boolean {
  return !isHdr(sample) && /^(RGB|BGR)[AX]$/.test(sample.format ?? "");
}

/**
 * Whether the browser hands a frame over as {@link FrameReader} needs it. WebKit decodes 4:4:4 but copies no such
 * planes, and what it draws is tinted.
 */
export async function isReadable(sample: VideoSample): Promise<boolean> {
  if (!PLANAR[sample.format ?? ""] || isHdr(sample)) return true;
  return sample.copyTo(new Uint8Array(sample.allocationSize())).then(
    () => true,
    () => false,
  );
}

/**
 * The colour space with which a frame's planes are passed on; null where they are not 8-bit 4:2:0.
 * @param tagged whether the container names the colour matrix.
 */
export function passedColour(sample: VideoSample, tagged: boolean): PlaneColour | null {
  const [byX, byY] = PLANAR[sample.format ?? ""] ?? [];
  if (byX !== 2 || byY !== 2 || isHdr(sample)) return null;
  return planeColourOf(sample.colorSpace, matrixOf(sample, tagged));
}

/** Turns decoded samples of one video into pictures; keeps scalers and buffers between frames. */
export class FrameReader {
  #buffer = new Uint8Array(0);
  readonly #scale: FrameScaler;

  /**
   * @param size of the pictures before rotation.
   * @param tagged whether the container names the colour matrix.
   * @param drawnBy the matrix by which the browser converts frames that it does not give as planes, where that is not
   * the one that {@link matrixBehind} takes them for.
   */
  constructor(
    private readonly size: Size,
    private readonly tagged: boolean,
    private readonly drawnBy: YuvMatrix | null = null,
  ) {
    this.#scale = createFrameScaler(size);
  }

  async image(sample: VideoSample): Promise<RgbaImage> {
    const planes = await this.#planes(sample);
    const image = planes
      ? yuvToRgba({
          planes,
          matrix: matrixOf(sample, this.tagged),
          fullRange: sample.colorSpace.fullRange === true,
        })
      : this.#draw(sample);
    return turnImage(image, sample.rotation, sample.flip);
  }

  /** The frame's planes where they are of the given colour space and its sides even, else its pixels. */
  async picture(sample: VideoSample, colour: PlaneColour | null): Promise<Picture> {
    const passed = passedColour(sample, this.tagged);
    const even = this.size.width % 2 === 0 && this.size.height % 2 === 0;
    if (!colour || !passed || !even || !sameColour(passed, colour)) return this.image(sample);
    const [y, u, v] = (await this.#planes(sample))!;
    const turn = (plane: Plane) => turnPlane(plane, sample.rotation, sample.flip);
    return joinPlanes([turn(y), turn(u), turn(v)], colour);
  }

  /** Planes at the wanted size, valid until the next call; null where they are not of 8 bits. */
  async #planes(sample: VideoSample): Promise<[Plane, Plane, Plane] | null> {
    const subsampling = PLANAR[sample.format ?? ""];
    if (!subsampling || isHdr(sample)) return null;
    const [byX, byY] = subsampling;
    const bytes = sample.allocationSize();
    if (this.#buffer.length < bytes) this.#buffer = new Uint8Array(bytes);
    const layout = await sample.copyTo(this.#buffer);
    const { width, height } = sample.visibleRect;
    const [chromaWidth, chromaHeight] = [Math.ceil(width / byX), Math.ceil(height / byY)];
    const luma = withoutPadding(this.#buffer, layout[0]!.offset, layout[0]!.stride, width, height);
    const chroma = ([1, 2] as const).map((plane) => {
      if (sample.format !== "NV12") {
        const { offset, stride } = layout[plane]!;
        return withoutPadding(this.#buffer, offset, stride, chromaWidth, chromaHeight);
      }
      const { offset, stride } = layout[1]!;
      return deinterleave(this.#buffer, offset + plane - 1, stride, chromaWidth, chromaHeight);
    });
    return this.#scale([luma, chroma[0]!, chroma[1]!]);
  }

  /** For formats without 8-bit planes (RGB, 10 bits, high dynamic range): the browser's own conversion. */
  #draw(sample: VideoSample): RgbaImage {
    const { width, height } = this.size;
    const context = new OffscreenCanvas(width, height).getContext("2d", { willReadFrequently: true })!;
    context.imageSmoothingQuality = "high";
    const frame = sample.toVideoFrame();
    try {
      context.drawImage(frame, 0, 0, width, height);
    } finally {
      frame.close();
    }
    const { data } = context.getImageData(0, 0, width, height);
    const image = { width, height, data: data as Uint8ClampedArray<ArrayBuffer> };
    if (this.drawnBy && isConverted(sample)) remake(image, this.drawnBy, matrixOf(sample, this.tagged));
    return image;
  }
}
