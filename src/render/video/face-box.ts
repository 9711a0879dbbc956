import type { Box } from "../../core/face.ts";
import { clamp, smoothstep } from "../../core/scalar.ts";
import { growTo } from "../../core/kernels/kernels.ts";
import type { Outline } from "../mouth/mouth-outline.ts";
import { gaussian } from "../raster/plane.ts";
import type { Canvas } from "../raster/warp.ts";
import { BLEND_SLACK, blendKernelsOn } from "./blend-kernels.ts";

/** Pictures of a {@link FaceBox}: the frame, and what is drawn of the face. */
export type BoxPicture = "real" | "one" | "two";

/** A mesh whose vertices' values are spread over a box. */
export interface SpreadMesh {
  readonly triangles: Uint16Array;
  /** `[vertices, 2]` in pixels of the canvas. */
  readonly points: Float64Array;
}

/** Gain of light between two pictures, coarse and smooth, on a grid of cells. */
export interface LightGain {
  /** Side of a cell in pixels. */
  readonly cell: number;
  readonly columns: number;
  readonly rows: number;
  /** `[rows, columns, 4]`: red, green, blue, 0. */
  readonly gains: Float32Array;
}

/** Fine detail of skin: mean difference between a pixel and the mean of its four neighbours in grey levels of green. */
export interface SkinDetail {
  /** As it is. */
  readonly plain: number;
  /** As it would be with {@link DETAIL_PROBE} times that difference on top. */
  readonly sharpened: number;
}

/** Share of the difference to its neighbours that {@link SkinDetail.sharpened} adds. */
export const DETAIL_PROBE = 0.5;

/**
 * What is looked at and changed pixel by pixel in a box around a face, in one memory that grows to the largest box.
 * WebAssembly SIMD. Views are valid until the next `begin` or `measureGain`.
 */
export interface FaceBox {
  /** `[height, width]` how much of the face shows. */
  readonly alpha: Float32Array;
  /** `[height, width]` 1 on skin that shows, 0 elsewhere. */
  readonly skin: Float32Array;
  /** `[height, width]` one RGBA pixel per word. */
  words(picture: BoxPicture): Uint32Array;
  /** Begins with another box; what was in the one before is gone. @param vertices of the meshes to come, at most. */
  begin(box: Box, vertices: number, triangles: number): void;
  /** Copies the box out of a canvas. @param x and `y`: which pixel of the frame the canvas begins with, the first one when absent. */
  load(picture: BoxPicture, canvas: Canvas, x?: number, y?: number): void;
  /** Copies the box to a canvas. */
  store(picture: BoxPicture, canvas: Canvas): void;
  /**
   * Spreads values of vertices, linearly within each triangle; pixels outside all triangles get 0.
   * @returns `[height, width]`, valid until the next call.
   */
  spread(mesh: SpreadMesh, values: Float64Array): Float32Array<ArrayBuffer>;
  /** Fills in `alpha` and `skin`. @param shares how much of the face each vertex shows. @param skin 0 on the lips, 1 on the skin. */
  spreadShares(mesh: SpreadMesh, shares: Float64Array, skin: Float64Array): void;
  /** {@link SkinDetail} where `skin` is above 0; two pixels at its rim are left out. */
  detailOf(picture: BoxPicture): SkinDetail;
  /**
   * Mixes the second picture into the first, whose share is given.
   * @param opening between whose edges the first picture stays alone: teeth of two mouths would shine through each other.
   */
  mix(share: number, opening: Outline | null): void;
  /**
   * The low-frequency gain that carries the light of the first picture to that of the frame.
   * @param sigma of the smoothing in pixels. @param weights which pixels count; `skin` when absent.
   */
  measureGain(sigma: number, weights?: Float32Array): LightGain;
  /**
   * Lays the first picture over the frame, in the frame's light and sharpness.
   * @param share times `alpha`. @param sharper share of the difference to its neighbours that each pixel is given.
   */
  lay(gain: LightGain, share: number, sharper: number): void;
}

const MIN_GAIN = 0.75;
const MAX_GAIN = 1.33;
/** Added to both sums in grey levels, so that dark places give no wild gain. */
const DARK = 4;
/** Softness of the lips' inner edges in pixels where what is between them does not mix. */
const UNMIXED_SOFT_PX = 1;
/** 32-bit floats of a cell in the sums of the gain, and in the gain. */
const [SUMS, GAINS] = [8, 4];

/** Addresses in the memory of a {@link FaceBox}. */
interface Places {
  readonly real: number;
  readonly one: number;
  readonly two: number;
  readonly alpha: number;
  readonly skin: number;
  readonly spread: number;
  readonly triangles: number;
  readonly points: number;
  readonly firstValues: number;
  readonly secondValues: number;
  readonly columns: number;
  readonly detail: number;
  readonly cells: number;
}

/** Gains of red, green and blue along a row of the box into `out`, `[width, 3]`. */
export function gainRow(
  { cell, columns, rows, gains }: LightGain,
  y: number,
  width: number,
  out: Float32Array,
): void {
  const v = clamp((y + 0.5) / cell - 0.5, 0, rows - 1);
  const y0 = Math.min(Math.floor(v), Math.max(0, rows - 2));
  const right = columns > 1 ? GAINS : 0;
  const down = rows > 1 ? GAINS * columns : 0;
  for (let x = 0; x < width; x++) {
    const u = clamp((x + 0.5) / cell - 0.5, 0, columns - 1);
    const x0 = Math.min(Math.floor(u), Math.max(0, columns - 2));
    for (let k = 0; k < 3; k++) {
      const a = (y0 * columns + x0) * GAINS + k;
      const upper = gains[a]! + (gains[a + right]! - gains[a]!) * (u - x0);
      const lower = gains[a + down]! + (gains[a + down + right]! - gains[a + down]!) * (u - x0);
      out[x * 3 + k] = upper + (lower - upper) * (v - y0);
    }
  }
}

/** Starts a {@link FaceBox}. */
export function createFaceBox(): FaceBox {
  const memory = new WebAssembly.Memory({ initial: 1 });
  const kernels = blendKernelsOn(memory);
  let box: Box = { x: 0, y: 0, width: 0, height: 0 };
  let pixels = 0;
  let places: Places = {
    ...{ real: 0, one: 0, two: 0, alpha: 0, skin: 0, spread: 0, triangles: 0, points: 0 },
    ...{ firstValues: 0, secondValues: 0, columns: 0, detail: 0, cells: 0 },
  };
  const floats = (at: number, length = pixels) => new Float32Array(memory.buffer, at, length);
  const words = (picture: BoxPicture) => new Uint32Array(memory.buffer, places[picture], pixels);

  const begin: FaceBox["begin"] = (wanted, vertices, triangles) => {
    box = wanted;
    pixels = box.width * box.height;
    let bytes = 0;
    const place = (size: number) => {
      const at = bytes;
      bytes = Math.ceil((bytes + size + BLEND_SLACK) / 16) * 16;
      return at;
    };
    const picture = pixels * 4;
    places = {
      real: place(picture),
      one: place(picture),
      two: place(picture),
      alpha: place(picture),
      skin: place(picture),
      spread: place(picture),
      triangles: place(triangles * 6),
      points: place(vertices * 16),
      firstValues: place(vertices * 8),
      secondValues: place(vertices * 8),
      columns: place(box.width * 12),
      detail: place(3 * 8),
      cells: bytes,
    };
    growTo(memory, bytes);
  };

  const spread = (
    { triangles, points }: SpreadMesh,
    first: readonly [values: Float64Array, out: number],
    second = first,
  ) => {
    new Uint16Array(memory.buffer, places.triangles, triangles.length).set(triangles);
    new Float64Array(memory.buffer, places.points, points.length).set(points);
    new Float64Array(memory.buffer, places.firstValues, first[0].length).set(first[0]);
    new Float64Array(memory.buffer, places.secondValues, second[0].length).set(second[0]);
    kernels.spread(
      places.triangles,
      triangles.length / 3,
      places.points,
      box.x,
      box.y,
      box.width,
      box.height,
      places.firstValues,
      places.secondValues,
      first[1],
      second[1],
    );
  };

  /** Mixes anew between the edges of an opening, more of the first picture. @param one as it was. */
  const keepOpening = (one: Uint32Array, share: number, opening: Outline) => {
    const [mixed, two] = [words("one"), words("two")];
    for (let y = box.y, at = 0; y < box.y + box.height; y++) {
      for (let x = box.x; x < box.x + box.width; x++, at++) {
        const [rx, ry] = [x - opening.x, y - opening.y];
        const bin = Math.round((rx * opening.alongX + ry * opening.alongY) * opening.bins);
        if (bin < 0 || bin >= opening.count) continue;
        const across = ry * opening.alongX - rx * opening.alongY;
        const inside = Math.min(across - opening.upper[bin]!, opening.lower[bin]! - across);
        if (inside <= -UNMIXED_SOFT_PX) continue;
        const own = share + (1 - share) * smoothstep(-UNMIXED_SOFT_PX, UNMIXED_SOFT_PX, inside);
        mixed[at] = mixWords(two[at]!, one[at]!, own);
      }
    }
  };

  return {
    get alpha() {
      return floats(places.alpha);
    },
    get skin() {
      return floats(places.skin);
    },
    words,
    begin,
    load(picture, canvas, x = 0, y = 0) {
      const own = words(picture);
      for (let row = 0; row < box.height; row++) {
        const from = (box.y - y + row) * canvas.width + box.x - x;
        own.set(canvas.words.subarray(from, from + box.width), row * box.width);
      }
    },
    store(picture, canvas) {
      const own = words(picture);
      for (let y = 0; y < box.height; y++) {
        const at = (box.y + y) * canvas.width + box.x;
        canvas.words.set(own.subarray(y * box.width, (y + 1) * box.width), at);
      }
    },
    spread(mesh, values) {
      spread(mesh, [values, places.spread]);
      return floats(places.spread);
    },
    spreadShares(mesh, shares, skin) {
      spread(mesh, [shares, places.alpha], [skin, places.skin]);
      kernels.markSkin(places.alpha, places.skin, pixels);
    },
    detailOf(picture) {
      kernels.detail(places[picture], places.skin, box.width, box.height, places.detail);
      const [plain, sharpened, count] = new Float64Array(memory.buffer, places.detail, 3) as unknown as [
        number,
        number,
        number,
      ];
      if (count === 0) return { plain: 0, sharpened: 0 };
      return { plain: plain / 4 / count, sharpened: sharpened / 32 / count };
    },
    mix(share, opening) {
      const one = opening && words("one").slice();
      kernels.mix(places.one, places.two, pixels, Math.round(share * 256));
      if (one) keepOpening(one, share, opening);
    },
    measureGain(sigma, weights) {
      const cell = Math.max(1, Math.round(sigma / 3));
      const columns = Math.ceil(box.width / cell);
      const rows = Math.ceil(box.height / cell);
      const cells = columns * rows;
      let at = places.skin;
      if (weights) {
        at = places.spread;
        floats(at).set(weights);
      }
      const weighing = gaussian(sigma / cell);
      const line = SUMS * 4;
      const passed = places.cells + cells * line;
      const weighingAt = passed + cells * line;
      growTo(memory, weighingAt + weighing.byteLength);
      floats(places.cells, cells * SUMS).fill(0);
      floats(weighingAt, weighing.length).set(weighing);
      kernels.gainSums(places.real, places.one, at, box.width, box.height, cell, columns, places.cells);
      const radius = (weighing.length - 1) / 2;
      const row = columns * line;
      kernels.blurLines(places.cells, passed, rows, columns, line, row, weighingAt, radius);
      kernels.blurLines(passed, places.cells, columns, rows, row, line, weighingAt, radius);
      const soft = floats(places.cells, cells * SUMS);
      const gains = new Float32Array(cells * GAINS);
      for (let i = 0; i < cells; i++) {
        const w = soft[i * SUMS + 3]! + 1e-4;
        for (let k = 0; k < 3; k++) {
          const [real, drawn] = [soft[i * SUMS + k]!, soft[i * SUMS + 4 + k]!];
          gains[i * GAINS + k] = clamp((real + DARK * w) / (drawn + DARK * w), MIN_GAIN, MAX_GAIN);
        }
      }
      return { cell, columns, rows, gains };
    },
    lay({ cell, columns, rows, gains }, share, sharper) {
      floats(places.cells, gains.length).set(gains);
      const across = new Float64Array(memory.buffer, places.columns, box.width);
      const cells = new Int32Array(memory.buffer, places.columns + 8 * box.width, box.width);
      for (let x = 0; x < box.width; x++) {
        const u = clamp((x + 0.5) / cell - 0.5, 0, columns - 1);
        cells[x] = Math.min(Math.floor(u), Math.max(0, columns - 2));
        across[x] = u - cells[x]!;
      }
      kernels.lay(
        places.real,
        places.one,
        places.alpha,
        box.width,
        box.height,
        places.cells,
        places.columns,
        cell,
        columns,
        rows,
        share,
        sharper,
      );
    },
  };
}

/** Two colours mixed, `share` of the second. */
function mixWords(a: number, b: number, share: number): number {
  const part = Math.round(share * 256);
  const even = (Math.imul(a & 0xff00ff, 256 - part) + Math.imul(b & 0xff00ff, part) + 0x800080) >>> 8;
  const odd = Math.imul((a >>> 8) & 0xff00ff, 256 - part) + Math.imul((b >>> 8) & 0xff00ff, part) + 0x800080;
  return ((even & 0xff00ff) | (odd & 0xff00ff00)) >>> 0;
}
