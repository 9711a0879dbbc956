import type { Box } from "../../core/face.ts";
import type { RgbaImage } from "../../core/image.ts";
import { holdsPictures, WASM_PAGE } from "../../core/kernels/kernels.ts";
import { rowsOf, wordsOf, type Texture } from "./warp.ts";
import { WARP_SLACK, warpKernelsOn, warpRoom } from "./warp-kernels.ts";

/** One mesh with one texture that is drawn again and again, all of it in one memory: no frame copies more than itself. */
export interface MeshStage {
  readonly width: number;
  readonly height: number;
  /** The mesh's texture. */
  readonly texture: Texture;
  /** The canvas, `[height, width]`, one RGBA pixel per word. */
  readonly words: Uint32Array;
  /** The canvas as a picture. */
  readonly canvas: RgbaImage;
  /** For kernels that draw on the canvas as well; it never grows. */
  readonly memory: WebAssembly.Memory;
  /** Addresses of the first texel, of the first pixel, and of room for whatever one drawing needs, on a multiple of 16. */
  readonly textureAt: number;
  readonly canvasAt: number;
  readonly roomAt: number;
  /**
   * Draws the triangles that moved as `warpMesh` does.
   * @param target `[vertices, 2]` on the canvas. @param whole draws those that did not move, too.
   */
  warp(target: Float64Array, whole?: boolean): void;
  /** Lays what was drawn, premultiplied, over the background; pixels whose alpha is 255 stay. */
  lay(): void;
}

/** What {@link createMeshStage} needs. */
export interface MeshStageOptions {
  readonly width: number;
  readonly height: number;
  readonly texture: Texture;
  readonly triangles: Uint16Array;
  /** `[vertices, 2]` in pixels of the picture. */
  readonly source: Float64Array;
  /** An opaque picture of the canvas's size, and the box outside which nothing is ever drawn over it. */
  readonly background?: { readonly image: RgbaImage; readonly box: Box } | undefined;
}

/** Bytes of room for each pixel of width and height: for lines across the canvas in steps of half a pixel. */
const LINE_ROOM = 64;

/** Vectors of other kernels may reach further beyond the canvas's end. */
const CANVAS_SLACK = 64;
/** Bytes of room for a picture's planes beside two for each pixel. */
const PLANES_ROOM = 1024;

/** Texels around a triangle's own that interpolation may look at, and one more. */
const REACH = 3;

/** For each triangle 1 where nothing but 0 is in the texture there: a background without people. */
function emptyTriangles(
  { width, height, scale, x, y, data }: Texture,
  triangles: Uint16Array,
  source: Float64Array,
): Uint8Array {
  const empty = new Uint8Array(triangles.length / 3);
  for (let t = 0; t < empty.length; t++) {
    const corners = [0, 1, 2].map((k) => {
      const v = triangles[3 * t + k]! * 2;
      return [(source[v]! - x) * scale, (source[v + 1]! - y) * scale] as const;
    });
    const isEmpty = (): boolean => {
      const downs = corners.map(([, v]) => v);
      const last = Math.min(height - 1, Math.ceil(Math.max(...downs)) + REACH);
      for (let row = Math.max(0, Math.floor(Math.min(...downs)) - REACH); row <= last; row++) {
        // Where the edges cross the rows that this one may be mixed with.
        let [left, right] = [Infinity, -Infinity];
        corners.forEach(([au, av], k) => {
          const [bu, bv] = corners[(k + 1) % 3]!;
          for (const limit of [row - REACH, row + REACH]) {
            const share = av === bv ? 0 : Math.min(1, Math.max(0, (limit - av) / (bv - av)));
            const u = au + share * (bu - au);
            if (Math.abs(av + share * (bv - av) - row) > REACH + 1) continue;
            [left, right] = [Math.min(left, u), Math.max(right, u)];
          }
          if (Math.abs(av - row) <= REACH) [left, right] = [Math.min(left, au), Math.max(right, au)];
        });
        const from = row * width + Math.max(0, Math.floor(left) - REACH);
        const to = row * width + Math.min(width - 1, Math.ceil(right) + REACH);
        for (let at = from; at <= to; at++) if (data[at] !== 0) return false;
      }
      return true;
    };
    empty[t] = isEmpty() ? 1 : 0;
  }
  return empty;
}

/** For each row of a texture the bytes, counted from its first texel, of the first texel that is not 0, and behind the last. */
function extentsOf({ width, height, scale, x, data }: Texture, source: Float64Array): Uint32Array {
  let [left, right] = [Infinity, -Infinity];
  for (let i = 0; i < source.length; i += 2) {
    left = Math.min(left, source[i]!);
    right = Math.max(right, source[i]!);
  }
  const begin = Math.max(0, Math.floor((left - x) * scale));
  const end = Math.min(width, Math.ceil((right - x) * scale) + 2);
  const extents = new Uint32Array(2 * height);
  for (let row = 0; row < height; row++) {
    let [first, behind] = [row * width + begin, row * width + end];
    while (first < behind && data[first] === 0) first++;
    while (first < behind && data[behind - 1] === 0) behind--;
    extents.set([4 * first, 4 * behind], 2 * row);
  }
  return extents;
}

/** Puts a mesh, its texture and its background into a memory; WebAssembly SIMD. */
export function createMeshStage(options: MeshStageOptions): MeshStage {
  const { width, height, texture, triangles, source, background } = options;
  const rowBytes = width * 4;
  const behind = background && { y: background.box.y, rows: background.box.height };
  let bytes = 0;
  const place = (size: number) => {
    const at = bytes;
    bytes = Math.ceil((bytes + size) / 16) * 16;
    return at;
  };
  const textureAt = place(texture.data.byteLength + WARP_SLACK);
  const sourceAt = place(source.byteLength);
  const targetAt = place(source.byteLength);
  const trianglesAt = place(triangles.byteLength);
  const emptyAt = place(triangles.length / 3);
  const extentsAt = place(8 * texture.height);
  const roomBytes = Math.max(
    warpRoom(triangles.length / 3, height),
    LINE_ROOM * (width + height),
    2 * width * height + PLANES_ROOM,
  );
  const roomAt = place(roomBytes);
  const canvasAt = place(height * rowBytes + CANVAS_SLACK);
  const behindAt = place((behind?.rows ?? 0) * rowBytes + WARP_SLACK);
  const memory = new WebAssembly.Memory({ initial: Math.ceil(bytes / WASM_PAGE) });
  const { buffer } = memory;
  const kernels = warpKernelsOn(memory);
  const data = new Uint32Array(buffer, textureAt, texture.data.length);
  data.set(texture.data);
  new Float64Array(buffer, sourceAt, source.length).set(source);
  new Uint16Array(buffer, trianglesAt, triangles.length).set(triangles);
  new Uint8Array(buffer, emptyAt, triangles.length / 3).set(emptyTriangles(texture, triangles, source));
  new Uint32Array(buffer, extentsAt, 2 * texture.height).set(extentsOf(texture, source));
  if (background && behind) {
    const rows = wordsOf(background.image).subarray(behind.y * width, (behind.y + behind.rows) * width);
    new Uint32Array(buffer, behindAt, rows.length).set(rows);
  }
  holdsPictures({ memory, roomAt, roomBytes });
  const placed = new Float64Array(buffer, targetAt, source.length);
  return {
    ...{ width, height, memory, textureAt, canvasAt, roomAt },
    texture: { ...texture, data },
    words: new Uint32Array(buffer, canvasAt, width * height),
    canvas: { width, height, data: new Uint8ClampedArray(buffer, canvasAt, height * rowBytes) },
    warp(target, whole = false) {
      const [top, bottom] = rowsOf(target, height);
      if (top >= bottom) return;
      placed.set(target);
      kernels.warp(
        trianglesAt,
        0,
        triangles.length / 3,
        sourceAt,
        targetAt,
        textureAt,
        texture.width,
        texture.height,
        texture.x,
        texture.y,
        texture.scale,
        canvasAt + top * rowBytes,
        width,
        top,
        bottom,
        roomAt,
        whole ? 1 : 0,
        emptyAt,
        extentsAt,
      );
    },
    lay() {
      if (behind) kernels.overRow(canvasAt + behind.y * rowBytes, behindAt, behind.rows * width);
    },
  };
}
