import { EngineError } from "../../job/errors.ts";
import {
  TRACKED_VERTICES,
  type FaceTrack,
  type FaceTracks,
  type TrackSummary,
} from "../../core/face-track.ts";
import type { RgbaImage } from "../../core/image.ts";
import { isWhite, maskAlpha, type MaskAlpha } from "../../core/mask-alpha.ts";
import { warning, type Warning } from "../../job/warnings.ts";

/** Who gets the new voice. */
export interface VideoChoice {
  readonly animated: readonly FaceTrack[];
  readonly summaries: ReadonlyMap<FaceTrack, TrackSummary>;
  readonly warnings: readonly Warning[];
}

/** Lips that move more than this (inter-ocular distances) speak, if they also move this much more than all others'. */
const SPEAKING_IOD = 0.045;
const SPEAKING_MORE = 1.4;
/** Faces seen less than this share of the best-seen one do not count as speakers. */
const SEEN_SHARE = 0.3;
/** Share of the frames in which the mouth must lie under the white of a mask. */
const UNDER_MASK = 0.5;
/** Smallest distance between the eyes, in pixels of the output, with which a mouth has pixels enough to move. */
const MIN_IOD_PX = 14;
const SMALL_IOD_PX = 30;

function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.round(share * (sorted.length - 1))] ?? 0;
}

/** What a track shows, in short; at most some hundred frames are looked at. */
export function summarise(tracks: FaceTracks, track: FaceTrack): TrackSummary {
  const seen: number[] = [];
  track.presence.forEach((value, frame) => {
    if (value > 0) seen.push(frame);
  });
  const stride = Math.max(1, Math.floor(seen.length / 600));
  const boxes = { left: [] as number[], top: [] as number[], right: [] as number[], bottom: [] as number[] };
  const iods: number[] = [];
  const gaps: number[] = [];
  for (let i = 0; i < seen.length; i += stride) {
    const row = seen[i]! * TRACKED_VERTICES * 3;
    const at = (vertex: number, axis: number) => track.points[row + vertex * 3 + axis]! * tracks.step;
    let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
    for (let v = 0; v < TRACKED_VERTICES; v++) {
      left = Math.min(left, at(v, 0));
      right = Math.max(right, at(v, 0));
      top = Math.min(top, at(v, 1));
      bottom = Math.max(bottom, at(v, 1));
    }
    boxes.left.push(left);
    boxes.top.push(top);
    boxes.right.push(right);
    boxes.bottom.push(bottom);
    const eye = (a: number, b: number, axis: number) => (at(a, axis) + at(b, axis)) / 2;
    const iod = Math.hypot(...[0, 1, 2].map((k) => eye(33, 133, k) - eye(263, 362, k)));
    iods.push(iod);
    gaps.push(Math.hypot(at(13, 0) - at(14, 0), at(13, 1) - at(14, 1)) / Math.max(1, iod));
  }
  const [x, y] = [quantile(boxes.left, 0.5), quantile(boxes.top, 0.5)];
  return {
    id: track.id,
    seen: seen.length,
    box: { x, y, width: quantile(boxes.right, 0.5) - x, height: quantile(boxes.bottom, 0.5) - y },
    lipMotion: quantile(gaps, 0.95) - quantile(gaps, 0.05),
    iod: quantile(iods, 0.5),
  };
}

/** Share of the frames in which the middle of the mouth lies under a mask's white. @param mask of the tracks' size. */
function shareUnderMask(tracks: FaceTracks, track: FaceTrack, mask: MaskAlpha): number {
  let [white, seen] = [0, 0];
  track.presence.forEach((value, frame) => {
    if (value === 0) return;
    seen++;
    const row = frame * TRACKED_VERTICES * 3;
    const middle = (axis: number) =>
      ((track.points[row + 13 * 3 + axis]! + track.points[row + 14 * 3 + axis]!) / 2) * tracks.step;
    const [x, y] = [Math.floor(middle(0)), Math.floor(middle(1))];
    if (x >= 0 && y >= 0 && x < mask.width && y < mask.height && isWhite(mask, x, y)) white++;
  });
  return seen > 0 ? white / seen : 0;
}

/**
 * The faces to animate: those under the mask, else the one whose mouth moves most while the others' rest, else the
 * largest over time.
 * @param scale pixels of the output per pixel of the tracks.
 * @throws EngineError `input/no-face`, `input/face-too-small`.
 */
export function chooseTracks(tracks: FaceTracks, mask: RgbaImage | null, scale: number): VideoChoice {
  const summaries = new Map(tracks.faces.map((track) => [track, summarise(tracks, track)]));
  if (tracks.faces.length === 0) {
    throw new EngineError(
      "input/no-face",
      `No face was found in the video's ${tracks.frames} frames. Use one that shows a face from the front, not covered.`,
    );
  }
  const of = (track: FaceTrack) => summaries.get(track)!;
  const most = Math.max(...tracks.faces.map((track) => of(track).seen));
  if (most < 2 && tracks.frames > 1) {
    throw new EngineError(
      "input/no-face",
      `A face was found in only one of the video's ${tracks.frames} frames, too few to follow it. Use a video that shows the face longer.`,
    );
  }
  const warnings: Warning[] = [];
  let animated: FaceTrack[];
  if (mask) {
    const alpha = maskAlpha(mask, tracks.width, tracks.height);
    animated = tracks.faces.filter((track) => shareUnderMask(tracks, track, alpha) >= UNDER_MASK);
    if (animated.length === 0) {
      throw new EngineError(
        "input/no-face",
        `The mask's white part covers none of the ${tracks.faces.length} faces' mouths. Paint the face to animate white, or leave the mask out.`,
      );
    }
  } else {
    const steady = tracks.faces.filter((track) => of(track).seen >= SEEN_SHARE * most);
    const bySpeech = [...steady].sort((a, b) => of(b).lipMotion - of(a).lipMotion);
    const [first, second] = bySpeech;
    const speaks =
      of(first!).lipMotion > SPEAKING_IOD &&
      (!second || of(first!).lipMotion > SPEAKING_MORE * of(second).lipMotion);
    const bySize = [...steady].sort((a, b) => of(b).iod * of(b).seen - of(a).iod * of(a).seen);
    animated = [speaks ? first! : bySize[0]!];
    if (tracks.faces.length > 1) {
      const code = speaks ? "video/speaking-face" : "video/largest-face";
      warnings.push(warning(code, { faces: tracks.faces.length }));
    }
  }
  const smallest = Math.min(...animated.map((track) => of(track).iod * scale));
  if (smallest < MIN_IOD_PX) {
    throw new EngineError(
      "input/face-too-small",
      `The face is too small: ${Math.round(smallest)} pixels between the eyes, at least ${MIN_IOD_PX} are needed. Use a closer shot or a higher resolution.`,
      { details: { value: Math.round(smallest), limits: { least: MIN_IOD_PX }, unit: "pixels" } },
    );
  }
  if (smallest < SMALL_IOD_PX) {
    warnings.push(warning("face/small", { pixels: Math.round(smallest) }));
  }
  return { animated, summaries, warnings };
}
