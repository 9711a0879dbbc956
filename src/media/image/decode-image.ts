import { EngineError } from "../../job/errors.ts";
import type { RgbaImage } from "../../core/image.ts";
import { warning, type Warning } from "../../job/warnings.ts";
import { BACKGROUND_GREY } from "../planes/stored-planes.ts";
import { decodeHeif } from "./heif.ts";
import { readImageHeader, type ImageHeader } from "./image-header.ts";
import { sniff, type Looks } from "../demux/sniff.ts";

export { resizeImage } from "./resize-image.ts";

/** A picture ready for work: upright, sRGB, opaque. */
export interface DecodedImage {
  /** At most `maxPixels`; alpha is 255 everywhere. */
  readonly image: RgbaImage;
  /** Size in pixels of the picture in the file, upright. */
  readonly sourceWidth: number;
  readonly sourceHeight: number;
  /** Whether a library decoded it, for want of a decoder of the browser's: a page cannot show the file itself. */
  readonly foreign: boolean;
  readonly warnings: readonly Warning[];
}

/** Limits of {@link decodeImage}, in pixels. */
export interface DecodeImageOptions {
  /** A larger picture is scaled down to this while it is decoded; 8.3 million (4K) when absent. */
  readonly maxPixels?: number;
  /** A larger file is refused; 100 million when absent. */
  readonly maxSourcePixels?: number;
  /** A picture with a shorter side below this is refused; 64 when absent. */
  readonly minSide?: number;
}

const DEFAULT_MAX_PIXELS = 3840 * 2160;
const DEFAULT_MAX_SOURCE_PIXELS = 100_000_000;
const DEFAULT_MIN_SIDE = 64;

/**
 * Decodes whatever the browser can (JPEG with CMYK, PNG of 8 and 16 bits, GIF, WebP, BMP, AVIF), and HEIC by libheif
 * where the browser cannot:
 * EXIF orientation applied, colour profile converted to sRGB, transparency laid on light grey (with a warning),
 * the first frame of an animation (with a warning). Works in a worker.
 * @throws EngineError `input/image` for what is not a picture, is damaged or empty; `input/image-too-small`;
 * `input/image-too-large`, before any pixel is decoded; `codec/missing` for a kind that this browser lacks;
 * `device/memory`.
 */
export async function decodeImage(file: Blob, options: DecodeImageOptions = {}): Promise<DecodedImage> {
  const maxPixels = options.maxPixels ?? DEFAULT_MAX_PIXELS;
  const bytes = await readAll(file);
  const kind = sniff(bytes.subarray(0, 1024));
  refuseOther(kind, file);
  const header = readImageHeader(bytes);
  const turned = header.orientation >= 5;
  const stored = header.width && header.height ? { width: header.width, height: header.height } : undefined;
  const known = stored && turned ? { width: stored.height, height: stored.width } : stored;
  if (known) checkSize(known, options);

  // HEIF tells its turn elsewhere than in EXIF: its upright size is known once it is decoded.
  const upright = isHeif(kind) ? undefined : known;
  const target = upright && fit(upright, maxPixels);
  const { bitmap, foreign } = await decode(
    header.complete ? bytes : ended(bytes, kind),
    file.type,
    kind,
    target,
    options,
  );
  try {
    const source = upright ?? { width: bitmap.width, height: bitmap.height };
    if (!upright) checkSize(source, options);
    const size = target ?? fit(source, maxPixels) ?? source;
    const { image, transparent } = flatten(bitmap, size);
    return {
      image,
      sourceWidth: source.width,
      sourceHeight: source.height,
      foreign,
      warnings: warningsFor(header, transparent),
    };
  } finally {
    bitmap.close();
  }
}

/**
 * A JPEG that is cut short, with the mark of its end, without which Chromium reads nothing of it: what is missing becomes
 * grey. Other pictures as they are.
 */
function ended(bytes: Uint8Array<ArrayBuffer>, { words }: Looks): Uint8Array<ArrayBuffer> {
  if (!words.includes("JPEG picture")) return bytes;
  const whole = new Uint8Array(bytes.length + 2);
  whole.set(bytes);
  whole.set([0xff, 0xd9], bytes.length);
  return whole;
}

const isHeic = ({ words }: Looks) => words.includes("HEIC");
const isHeif = (kind: Looks) => isHeic(kind) || kind.words.includes("AVIF");

async function readAll(file: Blob): Promise<Uint8Array<ArrayBuffer>> {
  try {
    return new Uint8Array(await file.arrayBuffer());
  } catch (error) {
    throw new EngineError(
      "input/image",
      "The picture could not be read from the disk. If it was moved or changed, choose it again.",
      { cause: error },
    );
  }
}

function refuseOther(kind: Looks, file: Blob): void {
  const name = file instanceof File && file.name ? `“${file.name}”` : "The file";
  if (kind.kind === "empty") {
    throw new EngineError("input/image", `${name} is empty (0 bytes). Choose a JPEG, PNG or WebP picture.`);
  }
  if (kind.kind !== "image" && kind.kind !== "unknown") {
    throw new EngineError(
      "input/image",
      `${name} is not a picture: it looks like ${kind.words}. Choose a JPEG, PNG or WebP picture.`,
    );
  }
}

function checkSize(size: { width: number; height: number }, options: DecodeImageOptions): void {
  const minSide = options.minSide ?? DEFAULT_MIN_SIDE;
  const maxSourcePixels = options.maxSourcePixels ?? DEFAULT_MAX_SOURCE_PIXELS;
  const { width, height } = size;
  if (Math.min(width, height) < minSide) {
    throw new EngineError(
      "input/image-too-small",
      `The picture is ${width}×${height} pixels; at least ${minSide} on each side are needed, and a face looks good from about 256. Choose a larger one.`,
      { details: { value: Math.min(width, height), limits: { least: minSide }, unit: "pixels" } },
    );
  }
  if (width * height > maxSourcePixels) {
    const megapixels = (value: number) => (value / 1e6).toFixed(0);
    throw new EngineError(
      "input/image-too-large",
      `The picture is ${width}×${height} (${megapixels(width * height)} megapixels); the limit is ${megapixels(maxSourcePixels)}. Scale it down first.`,
      { details: { value: width * height, limits: { most: maxSourcePixels }, unit: "pixels" } },
    );
  }
}

/** The size with the same aspect within `maxPixels`, or undefined when `size` is within it already. */
function fit(size: { width: number; height: number }, maxPixels: number) {
  if (size.width * size.height <= maxPixels) return undefined;
  const scale = Math.sqrt(maxPixels / (size.width * size.height));
  return {
    width: Math.max(1, Math.floor(size.width * scale)),
    height: Math.max(1, Math.floor(size.height * scale)),
  };
}

async function decode(
  bytes: Uint8Array<ArrayBuffer>,
  type: string,
  kind: Looks,
  target: { width: number; height: number } | undefined,
  options: DecodeImageOptions,
): Promise<{ bitmap: ImageBitmap; foreign: boolean }> {
  try {
    const bitmap = await createImageBitmap(new Blob([bytes], { type }), {
      imageOrientation: "from-image",
      premultiplyAlpha: "default",
      colorSpaceConversion: "default",
      ...(target ? { resizeWidth: target.width, resizeHeight: target.height, resizeQuality: "high" } : {}),
    });
    return { bitmap, foreign: false };
  } catch (browsers) {
    let error: unknown = browsers;
    if (isHeic(kind)) {
      try {
        const { data, width, height } = await decodeHeif(bytes, (size) => checkSize(size, options));
        return { bitmap: await createImageBitmap(new ImageData(data, width, height)), foreign: true };
      } catch (failure) {
        if (failure instanceof EngineError) throw failure;
        error = failure;
      }
    }
    const text = error instanceof Error ? error.message : String(error);
    if (/memory|allocat/i.test(text)) {
      throw new EngineError(
        "device/memory",
        "The browser refused the memory to decode the picture. Close other tabs or use a smaller picture.",
        { cause: error },
      );
    }
    if (/AVIF|TIFF/.test(kind.words)) {
      throw new EngineError(
        "codec/missing",
        `The file is ${kind.words}, and this browser could not decode it (${text}). Save it as JPEG or PNG and try again.`,
        { cause: error },
      );
    }
    throw new EngineError(
      "input/image",
      kind.kind === "image"
        ? `The file looks like ${kind.words}, but it is damaged and could not be decoded (${text}). Export the picture again.`
        : `The file could not be decoded as a picture (${text}). Choose a JPEG, PNG or WebP picture.`,
      { cause: error },
    );
  }
}

function flatten(bitmap: ImageBitmap, size: { width: number; height: number }) {
  const canvas = new OffscreenCanvas(size.width, size.height);
  const context = canvas.getContext("2d", { willReadFrequently: true, colorSpace: "srgb" });
  if (!context) {
    throw new EngineError(
      "device/memory",
      "The browser refused a canvas for the picture. Close other tabs and try again.",
    );
  }
  context.imageSmoothingQuality = "high";
  context.drawImage(bitmap, 0, 0, size.width, size.height);
  const read = () => context.getImageData(0, 0, size.width, size.height).data;
  let data = read();
  const transparent = data.some((value, index) => (index & 3) === 3 && value < 255);
  if (transparent) {
    context.globalCompositeOperation = "destination-over";
    context.fillStyle = `rgb(${BACKGROUND_GREY}, ${BACKGROUND_GREY}, ${BACKGROUND_GREY})`;
    context.fillRect(0, 0, size.width, size.height);
    data = read();
  }
  const image: RgbaImage = { ...size, data: data as Uint8ClampedArray<ArrayBuffer> };
  return { image, transparent };
}

function warningsFor(header: ImageHeader, transparent: boolean): Warning[] {
  const warnings: Warning[] = [];
  if (header.animated) warnings.push(warning("picture/animated"));
  if (transparent) warnings.push(warning("picture/transparent"));
  if (!header.complete) warnings.push(warning("picture/cut-short"));
  return warnings;
}
