import { kernelsOn } from "../../core/kernels/kernels.ts";

/** Draws meshes; numbers are addresses in the memory of the kernels. */
export interface WarpKernels {
  /**
   * See `warpMesh`: triangles in 16-bit numbers, vertices in pairs of 64-bit floats, `canvas` from row `top` to `bottom`;
   * `empty` 0, or a byte for each triangle, 1 where all its texels are 0; `extents` 0, or for each row of the texture which
   * of its bytes, counted from the first texel, may be looked up: the first, and behind the last.
   */
  warp(
    triangles: number,
    first: number,
    last: number,
    source: number,
    target: number,
    texture: number,
    textureWidth: number,
    textureHeight: number,
    originX: number,
    originY: number,
    scale: number,
    canvas: number,
    width: number,
    top: number,
    bottom: number,
    room: number,
    whole: number,
    empty: number,
    extents: number,
  ): void;
  /** Lays a row of at least four premultiplied pixels over opaque ones, in place. */
  overRow(row: number, behind: number, width: number): void;
}

/** Room that `warp` needs to draw so many triangles on so many rows, in bytes; it begins on a multiple of 16. */
export function warpRoom(triangles: number, rows: number): number {
  return 248 * triangles + 4 * rows + 8;
}
/** Vectors may reach this many bytes beyond the end of a texture or a canvas. */
export const WARP_SLACK = 16;

/** The kernels on a memory, WebAssembly SIMD. */
export function warpKernelsOn(memory: WebAssembly.Memory): WarpKernels {
  return kernelsOn<WarpKernels>("warp", memory);
}
