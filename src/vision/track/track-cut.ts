import type { RgbaImage } from "../../core/image.ts";

/** Tells frames that begin a new shot from frames that continue one. */
export interface CutDetector {
  /** Looks at the next frame; true when a new shot begins with it. The first frame begins none. */
  next(image: RgbaImage): boolean;
  /** Mean change of the frames before, which the next one's is compared with. */
  readonly recent: number;
}

const COLUMNS = 16;
const ROWS = 9;
const BINS = 8;
/** Share of all sampled pixels that must change their colour bin at a cut. */
const HISTOGRAM_CHANGE = 0.32;
/** Mean change of the thumbnail in grey levels that goes with a cut. */
const THUMBNAIL_CHANGE = 14;
/** A cut stands out from the motion before it by this factor. */
const OVER_RECENT = 3.5;

interface Look {
  /** `[BINS³]` shares of the pixels. */
  readonly histogram: Float32Array;
  /** `[ROWS, COLUMNS, 3]` mean colours. */
  readonly thumbnail: Float32Array;
}

function lookAt(image: RgbaImage): Look {
  const histogram = new Float32Array(BINS ** 3);
  const thumbnail = new Float32Array(COLUMNS * ROWS * 3);
  const counts = new Float32Array(COLUMNS * ROWS);
  const stride = Math.max(2, Math.round(Math.min(image.width, image.height) / 100));
  let total = 0;
  for (let y = 0; y < image.height; y += stride) {
    const row = Math.floor((y * ROWS) / image.height) * COLUMNS;
    for (let x = 0; x < image.width; x += stride) {
      const at = (y * image.width + x) * 4;
      const [r, g, b] = [image.data[at]!, image.data[at + 1]!, image.data[at + 2]!];
      histogram[((r >> 5) * BINS + (g >> 5)) * BINS + (b >> 5)]! += 1;
      const cell = row + Math.floor((x * COLUMNS) / image.width);
      thumbnail[cell * 3]! += r;
      thumbnail[cell * 3 + 1]! += g;
      thumbnail[cell * 3 + 2]! += b;
      counts[cell]! += 1;
      total++;
    }
  }
  for (let i = 0; i < histogram.length; i++) histogram[i]! /= total;
  for (let i = 0; i < thumbnail.length; i++) thumbnail[i]! /= Math.max(1, counts[Math.floor(i / 3)]!);
  return { histogram, thumbnail };
}

const meanChange = (a: Float32Array, b: Float32Array) =>
  a.reduce((sum, value, i) => sum + Math.abs(value - b[i]!), 0);

/**
 * Starts a detector of hard cuts: a jump both of the colour histogram and of a 16 × 9 thumbnail, larger than the
 * motion of the frames before.
 * @param recent of the detector whose work goes on; that one's last frame is this one's first.
 */
export function createCutDetector(recent = 0): CutDetector {
  let previous: Look | undefined;
  return {
    get recent() {
      return recent;
    },
    next(image) {
      const look = lookAt(image);
      const before = previous;
      previous = look;
      if (!before) return false;
      const histogram = meanChange(look.histogram, before.histogram) / 2;
      const thumbnail = meanChange(look.thumbnail, before.thumbnail) / look.thumbnail.length;
      const cut =
        histogram > HISTOGRAM_CHANGE && thumbnail > Math.max(THUMBNAIL_CHANGE, OVER_RECENT * recent);
      recent = cut ? 0 : 0.8 * recent + 0.2 * thumbnail;
      return cut;
    },
  };
}
