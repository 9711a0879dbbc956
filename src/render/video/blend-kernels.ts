import { kernelsOn } from "../../core/kernels/kernels.ts";

/** Lays a face over a frame; numbers are addresses in the memory of the kernels, lengths in pixels. See `assembly/blend.ts`. */
export interface BlendKernels {
  spread(
    triangles: number,
    count: number,
    target: number,
    left: number,
    top: number,
    width: number,
    height: number,
    one: number,
    two: number,
    oneOut: number,
    twoOut: number,
  ): void;
  markSkin(alpha: number, skin: number, pixels: number): void;
  detail(words: number, mask: number, width: number, height: number, out: number): void;
  mix(one: number, two: number, pixels: number, part: number): void;
  gainSums(
    real: number,
    drawn: number,
    weights: number,
    width: number,
    height: number,
    cell: number,
    columns: number,
    out: number,
  ): void;
  blurLines(
    source: number,
    out: number,
    lines: number,
    length: number,
    step: number,
    pitch: number,
    weights: number,
    radius: number,
  ): void;
  lay(
    real: number,
    drawn: number,
    alpha: number,
    width: number,
    height: number,
    gains: number,
    places: number,
    cell: number,
    columns: number,
    rows: number,
    share: number,
    sharper: number,
  ): void;
}

/** Vectors may reach this many bytes beyond the end of what they read or write. */
export const BLEND_SLACK = 16;

/** The kernels on a memory, WebAssembly SIMD. */
export function blendKernelsOn(memory: WebAssembly.Memory): BlendKernels {
  return kernelsOn<BlendKernels>("blend", memory);
}
