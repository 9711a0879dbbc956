import { kernelsOn } from "../../core/kernels/kernels.ts";

/** Draws eyeballs; numbers are addresses in the memory of the kernels. See `assembly/eyes.ts`. */
export interface EyeKernels {
  eyeball(
    parameters: number,
    upper: number,
    lower: number,
    count: number,
    texture: number,
    textureWidth: number,
    textureHeight: number,
    canvas: number,
    width: number,
    x0: number,
    y0: number,
    x1: number,
    y1: number,
    still: number,
    looks: number,
  ): void;
}

/** 64-bit floats of the kernels' parameters. */
export const EYE_PARAMETERS = 26;

/** The kernels on a memory, WebAssembly SIMD. */
export function eyeKernelsOn(memory: WebAssembly.Memory): EyeKernels {
  return kernelsOn<EyeKernels>("eyes", memory);
}
