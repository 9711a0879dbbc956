import type { RgbaImage } from "../core/image.ts";

/** How the frames of {@link rgbaToI420} are tagged. */
export const BT709 = { primaries: "bt709", transfer: "bt709", matrix: "bt709", fullRange: false } as const;

/** Bytes of an I420 picture whose sides are even. */
export function i420Bytes(width: number, height: number): number {
  return (width * height * 3) / 2;
}

/**
 * Converts to planar 4:2:0 (Y, then U, then V) by BT.709, limited range, chroma averaged over 2×2 pixels.
 * Browsers convert RGB frames by BT.601 or 709 as they please; doing it here keeps the tags true.
 * Alpha is ignored.
 * @param image both sides even.
 * @param target at least {@link i420Bytes} long.
 * @see ITU-R BT.709-6, section 3.
 */
export function rgbaToI420(image: RgbaImage, target: Uint8Array): void {
  const { width, height, data } = image;
  const pixels = new Uint32Array(data.buffer, data.byteOffset, width * height);
  const chromaWidth = width >> 1;
  const uStart = width * height;
  const vStart = uStart + (uStart >> 2);
  for (let y = 0; y < height; y += 2) {
    const upper = y * width;
    const lower = upper + width;
    const chroma = (y >> 1) * chromaWidth;
    for (let x = 0; x < width; x += 2) {
      const a = pixels[upper + x]!;
      const b = pixels[upper + x + 1]!;
      const c = pixels[lower + x]!;
      const d = pixels[lower + x + 1]!;
      target[upper + x] = luma(a);
      target[upper + x + 1] = luma(b);
      target[lower + x] = luma(c);
      target[lower + x + 1] = luma(d);
      const red = (a & 255) + (b & 255) + (c & 255) + (d & 255);
      const green = ((a >>> 8) & 255) + ((b >>> 8) & 255) + ((c >>> 8) & 255) + ((d >>> 8) & 255);
      const blue = ((a >>> 16) & 255) + ((b >>> 16) & 255) + ((c >>> 16) & 255) + ((d >>> 16) & 255);
      target[uStart + chroma + (x >> 1)] = (-6596 * red - 22189 * green + 28784 * blue + 33685504) >> 18;
      target[vStart + chroma + (x >> 1)] = (28784 * red - 26145 * green - 2639 * blue + 33685504) >> 18;
    }
  }
}

/** 16 + 219 · (0.2126 R + 0.7152 G + 0.0722 B) / 255 of a little-endian RGBA pixel, in 16-bit fixed point. */
function luma(pixel: number): number {
  const sum = 11966 * (pixel & 255) + 40254 * ((pixel >>> 8) & 255) + 4064 * ((pixel >>> 16) & 255);
  return (sum + 1081344) >> 16;
}
