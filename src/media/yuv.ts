import type { RgbaImage } from "../core/image.ts";
import { growTo } from "../core/wasm-assembler.ts";
import { I420_SLACK, i420KernelsOn, type I420Kernels } from "./i420-kernels.ts";

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
  const [lumaBytes, chromaBytes] = [width * height, (width * height) >> 2];
  const luma = data.length + I420_SLACK;
  const u = luma + lumaBytes + I420_SLACK;
  const v = u + chromaBytes + I420_SLACK;
  const { memory, kernels } = converterFor(v + chromaBytes + I420_SLACK);
  const bytes = new Uint8Array(memory.buffer);
  bytes.set(data);
  for (let y = 0; y < height; y++) kernels.lumaRow(y * width * 4, luma + y * width, width);
  for (let y = 0; y < height; y += 2) {
    const chroma = (y * width) >> 2;
    kernels.chromaRow(y * width * 4, (y + 1) * width * 4, u + chroma, v + chroma, width);
  }
  target.set(bytes.subarray(luma, luma + lumaBytes));
  target.set(bytes.subarray(u, u + chromaBytes), lumaBytes);
  target.set(bytes.subarray(v, v + chromaBytes), lumaBytes + chromaBytes);
}

/** The memory of the conversion; it grows to the largest picture. */
let converter: { readonly memory: WebAssembly.Memory; readonly kernels: I420Kernels } | undefined;

function converterFor(bytes: number) {
  if (!converter) {
    const memory = new WebAssembly.Memory({ initial: 1 });
    converter = { memory, kernels: i420KernelsOn(memory) };
  }
  growTo(converter.memory, bytes);
  return converter;
}
