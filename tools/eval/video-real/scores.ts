import { TRACKED_VERTICES } from "../../../src/core/face-track.ts";
import type { Box, FaceLandmarks } from "../../../src/core/face.ts";
import type { RgbaImage } from "../../../src/core/image.ts";
import type { MouthPose } from "../../../src/core/mouth.ts";
import { readLipLine, type LipLine } from "../../../src/render/own-frames/lip-line.ts";
import type { VideoFace } from "../../../src/render/video/video-face.ts";
import type { FaceAnalyser } from "../../../src/vision/landmarks/face-analyser.ts";
import { correlation } from "../../../src/core/correlation.ts";
import { jitter, laplacianVariance } from "../video/eval-video-measures.ts";
import { psnrWithin, ssim } from "../video/ssim.ts";
import type { RealStage } from "./stage.ts";

/** Lips as landmarks find them, in inter-ocular distances. */
export interface SeenLips {
  readonly gap: number;
  readonly width: number;
}

/** How like the truth a speaker's drawn mouth is. */
export interface RealScore {
  readonly frames: number;
  readonly ssim: number;
  readonly psnr: number;
  /** Correlation of the seen gap and width with the truth. */
  readonly openingR: number;
  readonly widthR: number;
  /** Share of the truly shut frames that are shown shut. */
  readonly shut: number;
  readonly sharpness: number;
  /** Share of the frames drawn shut whose lip line is none of the clip's own shut ones'; and of those themselves. */
  readonly streaks: number;
  readonly streaksFloor: number;
  /** Jitter of the gap while the true mouth rests shut, and the true one's own, in inter-ocular distances. */
  readonly jitter: number;
  readonly jitterFloor: number;
  /** The least similar frame. */
  readonly worst: { readonly frame: number; readonly ssim: number };
}

/** Side of the mouth's box in widths of the mouth. */
const BOX_WIDTHS = 1.6;
/** Lips nearer than this share of the speaker's 95th percentile are shut. */
const SHUT_SHARE = 0.15;
/** Frames of rest before and behind a frame that counts as rest. */
const REST_FRAMES = 3;
/** So many frames on end are measured of every so many: landmarks take their time. */
const MEASURED_FRAMES = 3;
const OF_FRAMES = 9;
const SPREADS = 4;
const LEAST_SPREAD = 0.15;

const PAIRS = [
  [13, 14],
  [82, 87],
  [312, 317],
] as const;

/** Reads the lips of landmarks, `[≥ 468, 3]` in pixels. */
export function seenLips(points: ArrayLike<number>): SeenLips {
  const apart = (a: number, b: number) =>
    Math.hypot(points[a * 3]! - points[b * 3]!, points[a * 3 + 1]! - points[b * 3 + 1]!);
  const middle = (a: number, b: number, axis: number) => (points[a * 3 + axis]! + points[b * 3 + axis]!) / 2;
  const iod = Math.hypot(middle(33, 133, 0) - middle(263, 362, 0), middle(33, 133, 1) - middle(263, 362, 1));
  return {
    gap: PAIRS.reduce((sum, [a, b]) => sum + apart(a, b), 0) / (PAIRS.length * iod),
    width: apart(61, 291) / iod,
  };
}

/** What a speaker's own video shows, frame by frame; null where no face is seen or none is drawn. */
export interface RealTruth {
  readonly landmarks: readonly (FaceLandmarks | null)[];
  readonly lips: readonly (SeenLips | null)[];
  /** Gap below which lips are shut. */
  readonly shutBelow: number;
  readonly lines: readonly (LipLine | null)[];
}

const flatOf = ({ points }: FaceLandmarks) =>
  Float64Array.from({ length: TRACKED_VERTICES * 2 }, (_, i) => points[(i >> 1) * 3 + (i & 1)]! - 0.5);

const iodOf = ({ points }: FaceLandmarks) => {
  const middle = (a: number, b: number, axis: number) => (points[a * 3 + axis]! + points[b * 3 + axis]!) / 2;
  return Math.hypot(middle(33, 133, 0) - middle(263, 362, 0), middle(33, 133, 1) - middle(263, 362, 1));
};

const quantile = (values: readonly number[], share: number) =>
  [...values].sort((a, b) => a - b)[Math.round(share * (values.length - 1))] ?? 0;

/** Reads the truth of a speaker out of the tracks. */
export function readTruth({ tracked, images, faces }: RealStage): RealTruth {
  const { tracks, width, height } = tracked;
  const track = tracks.faces[0]!;
  const [sx, sy] = [(tracks.step * width) / tracks.width, (tracks.step * height) / tracks.height];
  const landmarks = images.map((_, frame): FaceLandmarks | null => {
    if (!(track.presence[frame]! > 0) || faces.own.strength[frame]! < 1) return null;
    const row = frame * TRACKED_VERTICES * 3;
    const points = Float32Array.from(
      { length: 478 * 3 },
      (_, i) => (track.points[row + i] ?? 0) * (i % 3 === 1 ? sy : sx),
    );
    return { points, presence: track.presence[frame]! / 255 };
  });
  const lips = landmarks.map((found) => found && seenLips(found.points));
  const gaps = lips.flatMap((found) => (found ? [found.gap] : []));
  return {
    landmarks,
    lips,
    shutBelow: SHUT_SHARE * quantile(gaps, 0.95),
    lines: landmarks.map((found, frame) => found && readLipLine(images[frame]!, flatOf(found), iodOf(found))),
  };
}

/** A square around the mouth. */
export function mouthBox({ points }: FaceLandmarks): Box {
  const at = (vertex: number, axis: number) => points[vertex * 3 + axis]!;
  const side = Math.round(BOX_WIDTHS * Math.hypot(at(61, 0) - at(291, 0), at(61, 1) - at(291, 1)));
  const x = Math.round((at(61, 0) + at(291, 0) - side) / 2);
  return { x, y: Math.round((at(13, 1) + at(14, 1) - side) / 2), width: side, height: side };
}

/** Lip lines that lie outside the clip's own shut ones. */
function streakTest(lines: readonly LipLine[]): (line: LipLine) => boolean {
  const limit = (key: keyof LipLine) => {
    const values = lines.map((line) => line[key]);
    const middle = quantile(values, 0.5);
    const spread = quantile(
      values.map((value) => Math.abs(value - middle)),
      0.5,
    );
    return middle + SPREADS * Math.max(spread, LEAST_SPREAD * middle);
  };
  const [dark, bright] = [limit("dark"), Math.max(0.1, limit("bright"))];
  return (line) => line.dark > dark || line.bright > bright;
}

/**
 * Draws a speaker's frames with a mouth each and compares them with the true ones.
 * @param want the gaps that lips should have; the speaker's own where absent.
 * @param shows which frames are wanted by `show` besides those that are measured.
 */
export async function scoreReal(
  stage: RealStage,
  truth: RealTruth,
  face: VideoFace,
  mouths: readonly MouthPose[],
  analyser: FaceAnalyser,
  want: readonly (SeenLips | null)[] = truth.lips,
  shows: (frame: number) => boolean = () => false,
  show: (frame: number, image: RgbaImage) => void = () => undefined,
): Promise<RealScore> {
  const { images } = stage;
  face.plan(
    images.map((_, frame) => frame),
    mouths,
  );
  const [like, noise, gaps, widths, wantedGaps, wantedWidths]: number[][] = [[], [], [], [], [], []];
  let [sharpOwn, sharpDrawn, shut, shown] = [0, 0, 0, 0];
  let worst = { frame: -1, ssim: Infinity };
  const drawnLines: LipLine[] = [];
  const seen: (SeenLips | null)[] = [];
  for (let frame = 0; frame < mouths.length; frame++) {
    const found = truth.landmarks[frame];
    const wanted = want[frame];
    const measured = frame % OF_FRAMES < MEASURED_FRAMES;
    if (!found || !wanted || !(measured || shows(frame))) {
      seen.push(null);
      continue;
    }
    const own = images[frame]!;
    const image: RgbaImage = { ...own, data: own.data.slice() };
    face.render(frame, mouths[frame]!, image, undefined, frame);
    if (shows(frame)) show(frame, image);
    if (!measured) {
      seen.push(null);
      continue;
    }
    const box = mouthBox(found);
    const value = ssim(own, image, box);
    like!.push(value);
    noise!.push(psnrWithin(own, image, box));
    if (value < worst.ssim) worst = { frame, ssim: value };
    sharpOwn += laplacianVariance(own, box);
    sharpDrawn += laplacianVariance(image, box);
    const landmarks = await analyser.landmarks(image, found);
    const lips = landmarks ? seenLips(landmarks.points) : { gap: NaN, width: NaN };
    seen.push(lips);
    if (!landmarks) continue;
    gaps!.push(lips.gap);
    widths!.push(lips.width);
    wantedGaps!.push(wanted.gap);
    wantedWidths!.push(wanted.width);
    if (wanted.gap < truth.shutBelow) {
      shut++;
      if (lips.gap < truth.shutBelow) shown++;
    }
    if (face.lips.shapeOf(mouths[frame]!).gap < 0.01) {
      drawnLines.push(readLipLine(image, flatOf(landmarks), iodOf(landmarks)));
    }
  }
  const ownLines = truth.lines.filter((line, i) => line && truth.lips[i]!.gap < truth.shutBelow) as LipLine[];
  const streak = streakTest(ownLines);
  const rests = truth.lips.map((_, frame) =>
    Array.from({ length: 2 * REST_FRAMES + 1 }, (__, k) => truth.lips[frame + k - REST_FRAMES]).every(
      (lips) => lips && lips.gap < truth.shutBelow,
    ),
  );
  const calm = (series: readonly (SeenLips | null)[]) => {
    const squares = rests.flatMap((rest, i) => {
      const near = [series[i - 1], series[i], series[i + 1]];
      return rest && near.every((lips) => lips) ? [jitter(near.map((lips) => lips!.gap)) ** 2] : [];
    });
    return Math.sqrt(meanOf(squares));
  };
  return {
    frames: like!.length,
    ssim: meanOf(like!),
    psnr: meanOf(noise!),
    openingR: correlation(wantedGaps!, gaps!),
    widthR: correlation(wantedWidths!, widths!),
    shut: shown / Math.max(1, shut),
    sharpness: sharpDrawn / sharpOwn,
    streaks: meanOf(drawnLines.map((line) => Number(streak(line)))),
    streaksFloor: meanOf(ownLines.map((line) => Number(streak(line)))),
    jitter: calm(seen),
    jitterFloor: calm(truth.lips),
    worst,
  };
}

/** Mean; 0 of nothing. */
export function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
}
