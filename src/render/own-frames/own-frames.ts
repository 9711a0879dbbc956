import { TRACKED_VERTICES } from "../../core/face-track.ts";
import type { MouthPose } from "../../core/mouth.ts";
import { clamp, smoothstep } from "../../core/scalar.ts";
import { yawOf } from "../face-rig/head-fit.ts";
import type { Colour } from "../portrait/picture-facts.ts";
import { percentile } from "../raster/plane.ts";
import type { Exemplar } from "./exemplar.ts";
import { pitchOf, type OwnLook } from "./library.ts";
import type { FaceMotion } from "../video/video-motion.ts";
import { createMouthPlaces, mouthPlaceOf, type MouthPlaces } from "./mouth-place.ts";
import { misfit, NO_OWN, planOwnFrames, type Candidate, type WantedMouth } from "./plan-frames.ts";
import { oddities } from "./mouth-look.ts";
import type { PersonLips } from "./person-lips.ts";
import { findShut, SHUT_IOD } from "./shut-lips.ts";

/** One of the frames that share in a frame's mouth; null stands for the reference. */
export interface OwnShare {
  readonly exemplar: Exemplar | null;
  readonly share: number;
}

/** The person's own mouths, frame by frame. */
export interface OwnFrames {
  /** Frames of the video whose pictures must be given to {@link OwnFrames.addExemplar}. */
  readonly frames: readonly number[];
  /** Keeps a frame's lower face. */
  addExemplar(index: number, exemplar: Exemplar): void;
  /** Does what planning and drawing need of the exemplars alone, once all are kept; else they do it when they need it. */
  settle(): void;
  /** Plans all frames of the output. @param places frames of the video that it shows. */
  plan(places: ArrayLike<number>, mouths: readonly MouthPose[], lips: PersonLips): void;
  /** Who shares in a frame, at most two, the larger share first. @param step number of the output's frame, once planned. */
  sharesAt(frame: number, mouth: MouthPose, lips: PersonLips, step?: number): readonly OwnShare[];
  /** What is dark in the person's mouth in sRGB; null where no exemplar's lips are open. */
  readonly cavity: Colour | null;
  /** What a mouth moves from shut lips by gap and width alone, in cm, head frame: `[468, 3]`. */
  plainOffsets(mouth: MouthPose, lips: PersonLips): Float64Array;
  /**
   * Adds to `out` (`[468, 3]` in cm) a share of an exemplar's face, its lips moved to those of a mouth.
   * @param wanted {@link OwnFrames.plainOffsets} of that mouth. @param frame of the video in which it is drawn.
   */
  addLips(
    exemplar: Exemplar,
    wanted: Float64Array,
    mouth: MouthPose,
    frame: number,
    lips: PersonLips,
    share: number,
    out: Float64Array,
  ): void;
}

/**
 * Seconds over which a change is blended, on each side; a neighbour's mouth blends in where it fits at most so much worse
 * than the frame's own. Where there are few mouths to choose from neighbours are too unlike each other: of 30 frames
 * (`talk.mp4`) lips followed eight voices at r .71 with the first, .68 with the second.
 */
const BLENDING = { few: { seconds: 0.04, worse: 6 }, many: { seconds: 0.08, worse: 12 } } as const;
/** Exemplars from which on they are many. */
const MANY = 150;

/** Share of the exemplars with open lips, the widest, that tell what is dark in the mouth. */
const WIDE = 0.3;

/** The middle of what is dark in the widest mouths. */
function findCavity(exemplars: readonly Exemplar[]): Colour | null {
  const open = exemplars
    .filter(({ dark }) => dark !== null)
    .sort((a, b) => b.look.gap - a.look.gap || a.look.frame - b.look.frame);
  const wide = open.slice(0, Math.ceil(WIDE * open.length)).map(({ dark }) => dark!);
  if (wide.length === 0) return null;
  const middle = (k: 0 | 1 | 2) =>
    percentile(
      wide.map((colour) => colour[k]),
      0.5,
    );
  return [middle(0), middle(1), middle(2)];
}

/**
 * Reuses a person's own mouths, planned over time.
 * @param library exemplars. @param lightAt the face's light in a frame. @param mayUse whether a frame may be an exemplar of another.
 * @param saidAt what the person's own sound says in a frame, asked when the first frame is planned; null where that is not known.
 * @param aroundLips `[468]` how far a vertex moves with the place of the lips, 0 to 1. @param aroundChin the same with the chin's.
 */
export function createOwnFrames(
  library: readonly OwnLook[],
  motion: FaceMotion,
  fps: number,
  lightAt: (frame: number) => Pick<WantedMouth, "red" | "green" | "blue">,
  mayUse: (exemplar: number, frame: number) => boolean,
  saidAt: ((frame: number) => MouthPose | null) | null,
  aroundLips: Float64Array,
  aroundChin: Float64Array,
): OwnFrames {
  let learned: MouthPlaces | undefined;
  const mouthPlaces = () => (learned ??= createMouthPlaces(motion, fps, mayUse));
  const moved = new Float64Array(TRACKED_VERTICES * 3);
  const pieces: Exemplar[] = [];
  let candidates: Candidate[] | undefined;
  let cavity: Colour | null | undefined;
  let planned:
    | {
        readonly path: Int32Array;
        readonly places: ArrayLike<number>;
        readonly wanted: readonly (WantedMouth | null)[];
      }
    | undefined;
  const sharp = percentile(
    library.map(({ sharpness }) => sharpness),
    0.9,
  );
  let compared: { readonly shut: ReturnType<typeof findShut>; readonly odd: Float64Array } | undefined;
  const compare = () => (compared ??= { shut: findShut(pieces), odd: oddities(pieces) });
  const known = () => {
    if (candidates) return candidates;
    const { shut, odd } = compare();
    return (candidates = pieces.map((piece, i) => ({
      look: piece.look,
      said: saidAt?.(piece.look.frame) ?? null,
      shut: shut.get(piece) ?? null,
      odd: odd[i]!,
    })));
  };
  const wantedAt = (place: number, mouth: MouthPose, lips: PersonLips): WantedMouth => {
    const shape = lips.shapeOf(mouth);
    const head = motion.pose(place);
    return {
      ...shape,
      place,
      said: mouth,
      opening: 0,
      teeth: mouth.teeth * smoothstep(0, 0.15, mouth.aperture) * (1 - mouth.round),
      shut: shape.gap < SHUT_IOD,
      yawDeg: yawOf(head),
      pitchDeg: pitchOf(head),
      logScale: Math.log(head.scale),
      ...lightAt(place),
    };
  };
  const own = new Map<Exemplar, Float64Array>();
  const blending = BLENDING[library.length < MANY ? "few" : "many"];
  const spread = Math.max(1, Math.round(blending.seconds * fps));
  const fitted = (exemplar: Exemplar, lips: PersonLips) => {
    let offsets = own.get(exemplar);
    if (!offsets) {
      const shut = known()[pieces.indexOf(exemplar)]!.shut;
      const gap = shut ? 0 : Math.max(0, exemplar.look.gap);
      offsets = lips.express(lips.plainPose(gap, exemplar.look.width)).slice();
      own.set(exemplar, offsets);
    }
    return offsets;
  };
  return {
    frames: library.map(({ frame }) => frame),
    addExemplar(index, exemplar) {
      pieces[index] = exemplar;
    },
    settle() {
      compare();
      mouthPlaces();
    },
    plan(places, mouths, lips) {
      const inside = mouths.flatMap((_, step) => (motion.stretchAt(places[step]!) ? [step] : []));
      const wanted = inside.map((step) => wantedAt(places[step]!, mouths[step]!, lips));
      const moving = wanted.map((mouth, i) => {
        const [before, after] = [wanted[Math.max(0, i - 1)]!, wanted[Math.min(wanted.length - 1, i + 1)]!];
        return { ...mouth, opening: (after.gap - before.gap) / 2 };
      });
      const path = new Int32Array(mouths.length).fill(NO_OWN);
      const all = mouths.map((): WantedMouth | null => null);
      planOwnFrames(known(), moving, sharp, mayUse).forEach((index, i) => {
        path[inside[i]!] = index;
        all[inside[i]!] = moving[i]!;
      });
      planned = { path, places, wanted: all };
    },
    sharesAt(frame, mouth, lips, step) {
      const of = (index: number) => (index === NO_OWN ? null : pieces[index]!);
      if (step === undefined || !planned) {
        const wanted = wantedAt(frame, mouth, lips);
        const [index] = planOwnFrames(known(), [wanted], sharp, mayUse);
        return [{ exemplar: of(index!), share: 1 }];
      }
      const { path, places, wanted } = planned;
      const costOf = (index: number) =>
        index === NO_OWN ? 0 : misfit(known()[index]!, wanted[step]!, sharp);
      const chosen = path[step]!;
      const most = chosen === NO_OWN ? 0 : costOf(chosen) + blending.worse;
      const counts = new Map<number, number>();
      for (let k = -spread; k <= spread; k++) {
        // What is beyond a cut, or the video's other end, does not blend in.
        const at = clamp(step + k, 0, path.length - 1);
        const near =
          Math.abs(places[at]! - frame) <= spread &&
          motion.stretchAt(places[at]!) === motion.stretchAt(frame);
        // Nor does a mouth that is another one than this frame's: its teeth or its lips would shine through.
        const index = near && costOf(path[at]!) <= most ? path[at]! : chosen;
        counts.set(index, (counts.get(index) ?? 0) + spread + 1 - Math.abs(k));
      }
      const top = [...counts].sort((a, b) => b[1] - a[1] || a[0] - b[0]).slice(0, 2);
      const total = top.reduce((sum, [, count]) => sum + count, 0);
      return top.map(([index, count]) => ({ exemplar: of(index), share: count / total }));
    },
    get cavity() {
      return (cavity = cavity === undefined ? findCavity(pieces) : cavity);
    },
    plainOffsets(mouth, lips) {
      const { gap, width } = lips.shapeOf(mouth);
      return lips.express(lips.plainPose(gap < SHUT_IOD ? 0 : gap, width)).slice();
    },
    addLips(exemplar, wanted, mouth, frame, lips, share, out) {
      const offsets = fitted(exemplar, lips);
      for (let i = 0; i < moved.length; i++) moved[i] = exemplar.local[i]! + wanted[i]! - offsets[i]!;
      const { gap, width } = lips.shapeOf(mouth);
      const from = mouthPlaceOf(moved);
      const to = mouthPlaces().placeAt(frame, { gap: gap < SHUT_IOD ? 0 : gap, width }, exemplar.look.frame);
      const wide = Math.max(1, Math.abs(moved[291 * 3]! - moved[61 * 3]!));
      for (let v = 0; v < TRACKED_VERTICES; v++) {
        const turned = ((to.slope - from.slope) * (from.x - moved[v * 3]!)) / wide;
        out[v * 3]! += share * (moved[v * 3]! + aroundLips[v]! * (to.x - from.x));
        out[v * 3 + 1]! +=
          share *
          (moved[v * 3 + 1]! +
            aroundLips[v]! * (to.y - from.y + turned) +
            aroundChin[v]! * (to.chin - from.chin));
        out[v * 3 + 2]! += share * moved[v * 3 + 2]!;
      }
    },
  };
}
