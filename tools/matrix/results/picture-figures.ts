import { wideReference } from "./wide-reference.ts";
import { ffmpeg, ffprobe } from "../ffmpeg.ts";
import type { ResultCase } from "./result-cases.ts";

/** Pictures are compared by their mean colours in a grid of so many cells each way. */
export const GRID = 24;
const CELL_BYTES = 3;
const THUMB_BYTES = GRID * GRID * CELL_BYTES;

/** The pictures of a file. */
interface Thumbs {
  /** When each is shown, in seconds from the first. */
  readonly starts: readonly number[];
  /** `[frames, GRID, GRID, 3]`, levels of sRGB. */
  readonly colours: Uint8Array;
}

function startsOf(path: string, decoder: readonly string[] = []): number[] {
  const { answer } = ffprobe(
    [...decoder, "-select_streams", "v:0", "-show_entries", "frame=best_effort_timestamp_time"],
    path,
  );
  const { frames = [] } = answer as { frames?: { best_effort_timestamp_time?: string }[] };
  const starts = frames.map(({ best_effort_timestamp_time: at }) => Number(at));
  return starts.map((at) => at - starts[0]!);
}

const SMALL = `scale=${GRID}:${GRID}:flags=area`;

function thumbsBy(path: string, filter: string, pixels: string, before: readonly string[] = []): Buffer {
  const frames = ["-map", "0:v:0", "-fps_mode", "passthrough"];
  return ffmpeg([
    ...before,
    ...["-i", path, ...frames],
    ...["-vf", filter, "-pix_fmt", pixels, "-f", "rawvideo", "-"],
  ]);
}

/** HLG of BT.2020 in 10 bits as levels of sRGB. */
function hlgThumbs(path: string): Uint8Array {
  const raw = thumbsBy(path, SMALL, "yuv444p10le");
  const samples = new Uint16Array(raw.buffer.slice(raw.byteOffset, raw.byteOffset + raw.byteLength));
  const area = GRID * GRID;
  const colours = new Uint8Array((samples.length / (3 * area)) * THUMB_BYTES);
  for (let i = 0; i < colours.length / 3; i++) {
    const from = Math.floor(i / area) * 3 * area + (i % area);
    const [y, u, v] = [0, 1, 2].map((plane) => samples[from + plane * area]! / 4) as [number, number, number];
    colours.set(wideReference("hlg", [(y - 16) / 219, (u - 128) / 224, (v - 128) / 224]), 3 * i);
  }
  return colours;
}

/** A source's pictures as a screen shows them, by the machine's own ffmpeg. */
function sourceThumbs(path: string, seen: ResultCase["seen"]): Thumbs {
  if (seen === "hlg") return { starts: startsOf(path), colours: hlgThumbs(path) };
  if (seen === "over light grey") {
    const decoder = ["-c:v", "libvpx-vp9"];
    const over = `format=rgba,geq=r='r(X,Y)*alpha(X,Y)/255+232*(1-alpha(X,Y)/255)':g='g(X,Y)*alpha(X,Y)/255+232*(1-alpha(X,Y)/255)':b='b(X,Y)*alpha(X,Y)/255+232*(1-alpha(X,Y)/255)':a=255,${SMALL}`;
    return { starts: startsOf(path), colours: thumbsBy(path, over, "rgb24", decoder) };
  }
  const matrix = seen === "bt709" ? ":in_color_matrix=bt709" : seen === "full range" ? ":in_range=pc" : "";
  return { starts: startsOf(path), colours: thumbsBy(path, SMALL + matrix, "rgb24") };
}

/** A box in shares of the picture. */
export interface Share {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** What a result has of its source's pictures. */
export interface PictureFigures {
  readonly frames: number;
  /** Frames a second, by the frames' own instants, and how unevenly they come, in seconds. */
  readonly fps: number;
  readonly jitter: number;
  /** From the first frame's start to the last one's end, in seconds. */
  readonly seconds: number;
  /** Of 255: 98 of 100 cells outside the faces differ by no more from the source's frame of that instant. */
  readonly levels?: number;
  /** In seconds: how far the best fitting source frame lies from the one of that instant, 90 of 100 frames; encoders leave
   * out what changes little. */
  readonly shift?: number;
}

/** The source frame that is shown at an instant, which is rounded to the result's clock. @param step of that clock. */
function shownAt(starts: readonly number[], seconds: number, step: number): number {
  let index = 0;
  // Half a millisecond: Matroska and WebM count in whole ones.
  while (index + 1 < starts.length && starts[index + 1]! <= seconds + step / 2 - 0.000_6) index++;
  return index;
}

function difference(a: Uint8Array, b: Uint8Array, i: number, j: number, cells: readonly number[]): number {
  let sum = 0;
  for (const cell of cells) {
    for (let k = 0; k < 3; k++)
      sum += Math.abs(a[i * THUMB_BYTES + cell * 3 + k]! - b[j * THUMB_BYTES + cell * 3 + k]!);
  }
  return sum / (3 * cells.length);
}

const quantile = (values: readonly number[], share: number) =>
  values.toSorted((a, b) => a - b)[Math.min(values.length - 1, Math.floor(share * values.length))];

/**
 * Compares a result's pictures with its source's.
 * @param source absent where the result is of a single picture.
 * @param faces where the lips may differ.
 */
export function pictureFigures(
  result: string,
  source: { readonly path: string; readonly seen: ResultCase["seen"] } | undefined,
  faces: readonly Share[],
): PictureFigures {
  const got: Thumbs = { starts: startsOf(result), colours: thumbsBy(result, SMALL, "rgb24") };
  const frames = got.starts.length;
  const steps = got.starts.slice(1).map((at, i) => at - got.starts[i]!);
  const step = frames > 1 ? got.starts.at(-1)! / (frames - 1) : 0;
  const times = {
    frames,
    fps: step > 0 ? 1 / step : 0,
    jitter: Math.max(0, ...steps.map((value) => Math.abs(value - step))),
    seconds: (got.starts.at(-1) ?? 0) + step,
  };
  if (!source) return times;
  const wanted = sourceThumbs(source.path, source.seen);
  const outside = Array.from({ length: GRID * GRID }, (_, i) => i).filter((i) => {
    const [x, y] = [((i % GRID) + 0.5) / GRID, (Math.floor(i / GRID) + 0.5) / GRID];
    return !faces.some(
      (face) =>
        x > face.x - face.width / 4 &&
        x < face.x + (face.width * 5) / 4 &&
        y > face.y &&
        y < face.y + face.height * 1.4,
    );
  });
  const last = wanted.starts.at(-1)!;
  const levels: number[] = [];
  const shifts: number[] = [];
  for (const [i, at] of got.starts.entries()) {
    if (at > last && i > 0) break;
    const j = shownAt(wanted.starts, at, step);
    for (const cell of outside) {
      for (let k = 0; k < 3; k++) {
        const place = cell * 3 + k;
        levels.push(
          Math.abs(got.colours[i * THUMB_BYTES + place]! - wanted.colours[j * THUMB_BYTES + place]!),
        );
      }
    }
    const here = difference(got.colours, wanted.colours, i, j, outside);
    // Codecs' losses change which of two frames that look alike fits better.
    let [best, shift] = [0.6 * here - 0.25, 0];
    for (const [other, start] of wanted.starts.entries()) {
      if (Math.abs(start - at) > 0.6) continue;
      const apart = difference(got.colours, wanted.colours, i, other, outside);
      if (apart < best) [best, shift] = [apart, Math.abs(start - wanted.starts[j]!)];
    }
    shifts.push(shift);
  }
  return { ...times, levels: quantile(levels, 0.98) ?? 0, shift: quantile(shifts, 0.9) ?? 0 };
}
