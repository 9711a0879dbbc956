import type { VideoSample } from "mediabunny";
import type { RgbaImage } from "../../core/image.ts";
import { resizeImage } from "../image/resize-image.ts";
import { remake } from "../planes/browser-colours.ts";
import { rgbOfPlanes, turnImage, turnPlane, yuvToRgba, type Plane } from "../planes/frame-planes.ts";
import { createFrameScaler, type FramePlanes, type FrameScaler } from "../planes/frame-scaler.ts";
import { fittedSize, letterboxImage, letterboxPlanes } from "../planes/letterbox.ts";
import { joinPlanes, type Picture } from "../planes/picture.ts";
import {
  matrixBehind,
  planeColourOf,
  sameColour,
  type PlaneColour,
  type YuvMatrix,
} from "../planes/plane-colour.ts";
import { BACKGROUND_GREY, eightBitPlanes, isTransparent, layPixelsOnGrey } from "../planes/stored-planes.ts";
import {
  createWideConverter,
  isHighRange,
  wideColourOf,
  type WideColour,
  type WideConverter,
} from "../planes/wide-colour.ts";
import { isPlanarFormat, readStoredFrame, subsamplingOf } from "./sample-planes.ts";

/** Width and height before rotation, square pixels. */
export interface Size {
  readonly width: number;
  readonly height: number;
}

/** What a container says of its colours. */
export type ContainerColour = Readonly<VideoColorSpaceInit>;

type FrameColour = Pick<VideoColorSpace, "primaries" | "transfer" | "matrix" | "fullRange">;

/**
 * What is known of a frame's colours. mediabunny 1.61 joins the two streams of a video with alpha, as browsers record a
 * canvas, to frames that say BT.709 in limited range whatever the file says: there the container's word counts.
 */
function colourOf(sample: VideoSample, container: ContainerColour): FrameColour {
  if (!/^I4\d\dA/.test(sample.format ?? "")) return sample.colorSpace;
  const { primaries = null, transfer = null, matrix = null, fullRange = null } = container;
  return { primaries, transfer, matrix, fullRange };
}

/**
 * The matrix that the file names. Chromium reports BT.709 for frames of untagged video whatever their size,
 * so its word counts only where the container's agrees or the frame says something else.
 */
function matrixOf(sample: VideoSample, container: ContainerColour): YuvMatrix {
  const { matrix } = colourOf(sample, container);
  return matrixBehind(matrix, Boolean(container.matrix), sample.visibleRect.height);
}

/** Whether a frame's light goes beyond what screens usually show. */
export function isHdr(sample: VideoSample, container: ContainerColour): boolean {
  return isHighRange(colourOf(sample, container).transfer);
}

/** The wide colour space of a frame, null for the usual ones. */
function wideOf(sample: VideoSample, container: ContainerColour): WideColour | null {
  return wideColourOf(colourOf(sample, container), matrixOf(sample, container));
}

/** Whether the browser hands a frame over as pixels of its own making, as Firefox 153 does on Linux. */
export function isConverted(sample: VideoSample): boolean {
  return !isHighRange(sample.colorSpace.transfer) && /^(RGB|BGR)[AX]$/.test(sample.format ?? "");
}

/**
 * Whether the browser hands a frame over as {@link FrameReader} needs it. WebKit decodes 4:4:4 but copies no such
 * planes, and what it draws is tinted; what browsers make of wide colours differs, so these must come as planes.
 */
export async function isReadable(sample: VideoSample, container: ContainerColour): Promise<boolean> {
  if (!isPlanarFormat(sample.format)) return wideOf(sample, container) === null;
  return sample.copyTo(new Uint8Array(sample.allocationSize())).then(
    () => true,
    () => false,
  );
}

/**
 * The colour space with which a frame's planes are passed on, in 8 bits; null where they are not 4:2:0.
 */
export function passedColour(sample: VideoSample, container: ContainerColour): PlaneColour | null {
  const [byX, byY] = subsamplingOf(sample.format) ?? [];
  if (byX !== 2 || byY !== 2 || wideOf(sample, container)) return null;
  return planeColourOf(colourOf(sample, container), matrixOf(sample, container));
}

/** Width of a frame by its height as it is shown, before rotation: size or pixels' aspect may change in the middle. */
export function aspectOf({ squarePixelWidth, squarePixelHeight }: VideoSample): number {
  return squarePixelWidth / squarePixelHeight;
}

/** What a {@link FrameReader} knows of a video. */
export interface FrameShape {
  /** Of the pictures before rotation. */
  readonly size: Size;
  /** Of the video's frames before rotation, see {@link aspectOf}. */
  readonly aspect: number;
  readonly container: ContainerColour;
  /**
   * The matrix by which the browser converts frames that it does not give as planes, where that is not the one that
   * {@link matrixBehind} takes them for.
   */
  readonly drawnBy?: YuvMatrix | null;
  /** Whether planes are green, blue and red. */
  readonly rgb?: boolean;
  readonly findings?: FrameFindings;
}

/** What a {@link FrameReader} finds in frames beside their pixels. */
export interface FrameFindings {
  /** Parts that let something show through. */
  onTransparent(): void;
  /** Another aspect than the first frame's. */
  onReshaped(): void;
}

/** Turns decoded samples of one video into pictures; keeps scalers and buffers between frames. */
export class FrameReader {
  #buffer = new Uint8Array(0);
  #scalers = new Map<string, FrameScaler>();
  #wide: { readonly key: string; readonly convert: WideConverter } | undefined;

  constructor(private readonly shape: FrameShape) {}

  async image(sample: VideoSample): Promise<RgbaImage> {
    const image = (await this.#wideImage(sample)) ?? (await this.#usualImage(sample)) ?? this.#draw(sample);
    return turnImage(image, sample.rotation, sample.flip);
  }

  /** The frame's planes where they are of the given colour space and its sides even, else its pixels. */
  async picture(sample: VideoSample, colour: PlaneColour | null): Promise<Picture> {
    const passed = passedColour(sample, this.shape.container);
    const even = this.shape.size.width % 2 === 0 && this.shape.size.height % 2 === 0;
    if (!colour || !passed || !even || !sameColour(passed, colour)) return this.image(sample);
    const [y, u, v] = (await this.#planes(sample))!;
    const turn = (plane: Plane) => turnPlane(plane, sample.rotation, sample.flip);
    return joinPlanes([turn(y), turn(u), turn(v)], colour);
  }

  async #usualImage(sample: VideoSample): Promise<RgbaImage | undefined> {
    const planes = await this.#planes(sample);
    const fullRange = colourOf(sample, this.shape.container).fullRange === true;
    if (!planes) return undefined;
    if (this.shape.rgb) return rgbOfPlanes(planes);
    return yuvToRgba({ planes, matrix: matrixOf(sample, this.shape.container), fullRange });
  }

  /** The pixels of a frame of a wide colour space; undefined for others. */
  async #wideImage(sample: VideoSample): Promise<RgbaImage | undefined> {
    const colour = wideOf(sample, this.shape.container);
    if (!colour || !isPlanarFormat(sample.format)) return undefined;
    const key = JSON.stringify(colour);
    if (this.#wide?.key !== key) this.#wide = { key, convert: createWideConverter(colour) };
    const stored = await this.#stored(sample);
    const image = this.#wide.convert(stored);
    if (stored.alpha) layPixelsOnGrey(image, stored.alpha, stored.bits);
    const fitted = this.#fitted(sample);
    return letterboxImage(resizeImage(image, fitted.width, fitted.height), this.shape.size);
  }

  /** Planes at the wanted size in 8 bits, valid until the next call; null where they are of a wide colour space. */
  async #planes(sample: VideoSample): Promise<FramePlanes | null> {
    if (!isPlanarFormat(sample.format) || wideOf(sample, this.shape.container)) return null;
    const { container, rgb } = this.shape;
    const fullRange = colourOf(sample, container).fullRange === true || rgb === true;
    const planes = eightBitPlanes(await this.#stored(sample), fullRange);
    const fitted = this.#fitted(sample);
    const key = `${fitted.width}x${fitted.height}`;
    const scale = this.#scalers.get(key) ?? createFrameScaler(fitted);
    this.#scalers.set(key, scale);
    return letterboxPlanes(scale(planes), this.shape.size, fullRange);
  }

  async #stored(sample: VideoSample) {
    const bytes = sample.allocationSize();
    if (this.#buffer.length < bytes) this.#buffer = new Uint8Array(bytes);
    const stored = await readStoredFrame(sample, this.#buffer);
    if (isTransparent(stored)) this.shape.findings?.onTransparent();
    return stored;
  }

  /** The room that a frame takes of the picture. */
  #fitted(sample: VideoSample): Size {
    const fitted = fittedSize(this.shape.size, aspectOf(sample) / this.shape.aspect);
    if (fitted !== this.shape.size) this.shape.findings?.onReshaped();
    return fitted;
  }

  /** For frames that come as pixels: the browser's own conversion. */
  #draw(sample: VideoSample): RgbaImage {
    const { width, height } = this.shape.size;
    const fitted = this.#fitted(sample);
    const context = new OffscreenCanvas(width, height).getContext("2d", { willReadFrequently: true })!;
    context.imageSmoothingQuality = "high";
    const [left, top] = [(width - fitted.width) >> 1, (height - fitted.height) >> 1];
    const grey = BACKGROUND_GREY;
    context.fillRect(0, 0, width, height);
    context.fillStyle = `rgb(${grey}, ${grey}, ${grey})`;
    context.fillRect(left, top, fitted.width, fitted.height);
    const frame = sample.toVideoFrame();
    try {
      context.drawImage(frame, left, top, fitted.width, fitted.height);
    } finally {
      frame.close();
    }
    const { data } = context.getImageData(0, 0, width, height);
    const image = { width, height, data: data as Uint8ClampedArray<ArrayBuffer> };
    if (this.shape.drawnBy && isConverted(sample))
      remake(image, this.shape.drawnBy, matrixOf(sample, this.shape.container));
    return image;
  }
}
