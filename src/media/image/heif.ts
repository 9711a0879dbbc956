import libheifUrl from "libheif-js/libheif-wasm/libheif-bundle.mjs?url";
import type { RgbaImage } from "../../core/image.ts";
import { EngineError } from "../../job/errors.ts";
import { p3ToSrgb } from "../planes/wide-colour.ts";
import { hasDisplayP3 } from "./heif-colour.ts";

/** A picture of a file, turned and mirrored as the file says. @see libheif-js 1.23. */
interface HeifImage {
  get_width(): number;
  get_height(): number;
  is_primary(): boolean;
  /** Writes pixels into `image.data`; the argument is null when they cannot be decoded. */
  display(image: HeifPixels, done: (image: HeifPixels | null) => void): void;
  free(): void;
}

interface HeifPixels {
  readonly data: Uint8ClampedArray<ArrayBuffer>;
  readonly width: number;
  readonly height: number;
}

/** The part of `libheif-js` that is used here. */
interface Libheif {
  readonly HeifDecoder: new () => { decode(bytes: Uint8Array): HeifImage[] };
}

let library: Promise<Libheif> | undefined;

/** Loads libheif, a file of its own (LGPL), from where this code came from; another build may lie there. */
async function loadLibheif(): Promise<Libheif> {
  const url = new URL(libheifUrl, globalThis.location.href).href;
  const { default: create } = (await import(/* @vite-ignore */ url)) as {
    default: () => Libheif | Promise<Libheif>;
  };
  return create();
}

/**
 * Decodes the primary picture of a HEIC file by libheif, which is loaded then (0.5 MB compressed): thumbnails, depth and
 * gain maps are other pictures of the file and are left. Turned and mirrored once, by the file's own boxes (the EXIF
 * orientation beside them says the same again and does not count); Display P3 becomes sRGB. Works in a worker.
 * @param checkSize is told the size before any pixel is decoded.
 * @throws EngineError `codec/missing` where libheif cannot be loaded; whatever `checkSize` throws; a plain error for
 * what is damaged.
 */
export async function decodeHeif(
  bytes: Uint8Array<ArrayBuffer>,
  checkSize: (size: { width: number; height: number }) => void,
): Promise<RgbaImage> {
  let libheif: Libheif;
  try {
    libheif = await (library ??= loadLibheif());
  } catch (error) {
    library = undefined;
    throw new EngineError(
      "codec/missing",
      "The decoder of HEIC pictures (libheif) could not be loaded. Check the connection and try again, or save the picture as JPEG or PNG.",
      { cause: error },
    );
  }
  const images = new libheif.HeifDecoder().decode(bytes);
  try {
    const primary = images.find((image) => image.is_primary()) ?? images[0];
    if (!primary) throw new Error("it holds no picture");
    const size = { width: primary.get_width(), height: primary.get_height() };
    checkSize(size);
    const room: HeifPixels = { ...size, data: new Uint8ClampedArray(size.width * size.height * 4) };
    const shown = await new Promise<HeifPixels | null>((resolve) => primary.display(room, resolve));
    if (!shown) throw new Error("its pixels cannot be decoded");
    const image: RgbaImage = { ...size, data: shown.data };
    if (hasDisplayP3(bytes)) p3ToSrgb(image);
    return image;
  } finally {
    for (const image of images) image.free();
  }
}
