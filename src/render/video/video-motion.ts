import { TRACKED_VERTICES, type FaceTrack, type FaceTracks } from "../../core/face-track.ts";
import { inverseMotion, readStep, rotationOf, STEP_VALUES, type HeadMotion } from "../../core/head-step.ts";
import { clamp, smoothstep } from "../../core/scalar.ts";
import { compose, meanPose } from "../face-rig/head-chain.ts";
import { fitHead, type HeadFit } from "../face-rig/head-fit.ts";
import { createPoseTable, type PoseTable } from "../face-rig/pose-table.ts";
import { CANONICAL_IOD_CM, type Rig } from "../face-rig/rig.ts";

/** A face at one instant: its shape in the head's own frame, and where the head is in the picture. */
export interface FaceState {
  /** `[468, 3]` in cm. */
  readonly local: Float64Array;
  readonly head: HeadFit;
}

/** A stretch of frames of one shot in which a face is seen, `first` to `last` inclusive. */
export interface Stretch {
  readonly first: number;
  readonly last: number;
  /** Whether the stretch ends there because the face is gone, not because the shot or the video ends. */
  readonly openStart: boolean;
  readonly openEnd: boolean;
}

/** The smoothed motion of one tracked face, in pixels of the output. */
export interface FaceMotion {
  readonly stretches: readonly Stretch[];
  /** The stretch that holds a frame. */
  stretchAt(frame: number): Stretch | undefined;
  /**
   * The face of a frame in which it is seen: its shape as measured there, its place as in {@link FaceMotion.at}, where
   * the measurement's error is smoothed away. Belongs to the motion, which overwrites it when others are asked for.
   */
  measured(frame: number): FaceState;
  /** The face at a frame of a stretch, smoothed forward and backward in time; `local` belongs to the caller. */
  at(frame: number): FaceState;
  /** Where the head is in a frame of a stretch, as in {@link FaceMotion.at}. */
  pose(frame: number): HeadFit;
  /** Whether the face was seen in that frame itself. */
  seen(frame: number): boolean;
}

/** Cut-off frequency in Hz of what the landmarks say beyond the motion seen in the picture. */
const DRIFT_HZ = 0.7;
/** The same for the chin, which is no rigid piece altogether. */
const CHIN_HZ = 1.5;
/** Cut-off frequencies in Hz: the calm head and the upper face, the moving head, mouth and jaw. */
const CALM_HZ = 1.5;
const HEAD_HZ = 6;
const LIPS_HZ = 7;
/** Height below the nose in the canonical face from which on the chin begins. */
const CHIN_FROM_CM = 5.2;
/** Head motion (inter-ocular distances) between which the calm filter gives way to the quick one. */
const STILL_IOD = 0.008;
const MOVING_IOD = 0.035;
/** A face missing for at most this many frames is interpolated. */
const BRIDGED_FRAMES = 5;
const CACHED_FRAMES = 96;
/** Smoothed shapes that are kept, 11 kB each. */
const SHAPES_KNOWN = 400;
const VALUES = TRACKED_VERTICES * 3;

/** Share of the mouth and jaw in a vertex's motion by its height in the canonical face (cm, down from the nose). */
export function lowerFaceShare(rig: Rig, vertex: number): number {
  return smoothstep(1.2, 3, rig.vertices[vertex * 3 + 1]!);
}

/** Share of the chin's own motion in a vertex's: all of it where the jaw carries it, none from the lower lip up. */
function chinShareOf(rig: Rig, vertex: number): number {
  if (rig.vertices[vertex * 3 + 1]! < CHIN_FROM_CM) return 0;
  return clamp((rig.deltas.jaw[vertex * 3 + 1]! / rig.deltas.jaw[152 * 3 + 1]! - 0.3) / 0.5, 0, 1);
}

/** Turns points of the picture into the head's own frame, in cm; `out` gets `[468, 3]`. */
function toLocal<Out extends Float64Array>(points: ArrayLike<number>, head: HeadFit, out: Out): Out {
  const { scale, rotation, shift } = head;
  for (let i = 0; i < VALUES; i += 3) {
    const x = points[i]! - shift[0]!;
    const y = points[i + 1]! - shift[1]!;
    const z = points[i + 2]! - shift[2]!;
    for (let k = 0; k < 3; k++) {
      out[i + k] = (rotation[k]! * x + rotation[3 + k]! * y + rotation[6 + k]! * z) / scale;
    }
  }
  return out;
}

/** Puts points of the head's frame into the picture: `out` gets `[468, 2]` in pixels. */
export function project(local: ArrayLike<number>, head: HeadFit, out: Float64Array): void {
  const { scale, rotation, shift } = head;
  for (let v = 0; v < TRACKED_VERTICES; v++) {
    const [x, y, z] = [local[v * 3]!, local[v * 3 + 1]!, local[v * 3 + 2]!];
    out[v * 2] = scale * (rotation[0]! * x + rotation[1]! * y + rotation[2]! * z) + shift[0]!;
    out[v * 2 + 1] = scale * (rotation[3]! * x + rotation[4]! * y + rotation[5]! * z) + shift[1]!;
  }
}

function findStretches(tracks: FaceTracks, track: FaceTrack): Stretch[] {
  const starts = new Set(tracks.cuts);
  const stretches: Stretch[] = [];
  let first = -1;
  let last = -1;
  const close = (end: number, openEnd: boolean) => {
    if (first < 0) return;
    const openStart = first > 0 && !starts.has(first);
    stretches.push({ first, last: Math.min(last, end), openStart, openEnd });
    first = -1;
  };
  for (let frame = 0; frame < tracks.frames; frame++) {
    if (starts.has(frame)) close(frame - 1, last < frame - 1);
    if (!(track.presence[frame]! > 0)) continue;
    if (first >= 0 && frame - last - 1 > BRIDGED_FRAMES) close(last, true);
    if (first < 0) first = frame;
    last = frame;
  }
  close(tracks.frames - 1, last < tracks.frames - 1);
  return stretches;
}

/**
 * Prepares the motion of a face for rendering.
 * @param size of the output in pixels. @param fps frames per second of the video, on average.
 * @see Gaussian kernels centred on each frame: no delay, gaps of a few frames are bridged by their neighbours.
 */
export function createFaceMotion(
  rig: Rig,
  tracks: FaceTracks,
  track: FaceTrack,
  size: { readonly width: number; readonly height: number },
  fps: number,
): FaceMotion {
  const stretches = findStretches(tracks, track);
  const scaleX = (tracks.step * size.width) / tracks.width;
  const scaleY = (tracks.step * size.height) / tracks.height;
  const lower = Float64Array.from({ length: TRACKED_VERTICES }, (_, v) => lowerFaceShare(rig, v));
  const locals = new Map<number, Float64Array<ArrayBuffer>>();

  const seen = (frame: number) => track.presence[frame]! > 0;
  const heads = createPoseTable(tracks.frames);
  const headOf = (frame: number): HeadFit =>
    heads.get(frame) ?? heads.set(frame, fitHead(rig.vertices, pointsOf(frame)));
  const points = new Float64Array(VALUES);
  /** The landmarks in pixels of the output, valid until the next call. */
  const pointsOf = (frame: number): Float64Array => {
    const row = frame * VALUES;
    for (let i = 0; i < VALUES; i += 3) {
      points[i] = track.points[row + i]! * scaleX - 0.5;
      points[i + 1] = track.points[row + i + 1]! * scaleY - 0.5;
      points[i + 2] = track.points[row + i + 2]! * scaleX;
    }
    return points;
  };
  /** The face in its head's frame, valid until {@link CACHED_FRAMES} others have been asked for. */
  const localOf = (frame: number): Float64Array => {
    let local = locals.get(frame);
    if (!local) {
      const head = headOf(frame);
      let room: Float64Array<ArrayBuffer> | undefined;
      if (locals.size === CACHED_FRAMES) {
        const [oldest, values] = locals.entries().next().value!;
        locals.delete(oldest);
        room = values;
      }
      locals.set(frame, (local = toLocal(pointsOf(frame), head, room ?? new Float64Array(VALUES))));
    }
    return local;
  };

  const stretchAt = (frame: number) =>
    stretches.find((stretch) => frame >= stretch.first && frame <= stretch.last);

  /** Frames around `frame` with their weights under a low-pass of `hertz`. */
  const neighbours = ({ first, last }: Stretch, frame: number, hertz: number) => {
    const sigma = fps / (2 * Math.PI * hertz);
    const reach = Math.ceil(2.6 * sigma);
    const list: { frame: number; weight: number }[] = [];
    let total = 0;
    const widest = Math.max(reach, BRIDGED_FRAMES);
    for (let f = Math.max(first, frame - widest); f <= Math.min(last, frame + widest); f++) {
      if (!seen(f)) continue;
      const weight = Math.exp(-0.5 * ((f - frame) / Math.max(sigma, 0.35)) ** 2) + 1e-9;
      list.push({ frame: f, weight });
      total += weight;
    }
    return list.map((item) => ({ frame: item.frame, weight: item.weight / total }));
  };

  /** The pose by the landmarks alone, low-pass filtered. */
  const smoothHead = (stretch: Stretch, frame: number, hertz: number): HeadFit => {
    // The kernel's centre of mass leaves the frame near a stretch's ends: a line, not a mean, is fitted there.
    const list = neighbours(stretch, frame, hertz);
    const centre = list.reduce((sum, { frame: f, weight }) => sum + weight * (f - frame), 0);
    const spread = list.reduce((sum, { frame: f, weight }) => sum + weight * (f - frame - centre) ** 2, 0);
    return meanPose(
      list.map(({ frame: f, weight }) => ({
        head: headOf(f),
        weight: spread > 1e-6 ? weight * (1 - (centre * (f - frame - centre)) / spread) : weight,
      })),
    );
  };

  /** The pose by the landmarks alone: calm where the head rests, quick where it moves. */
  const poseByLandmarks = (stretch: Stretch, frame: number): HeadFit => {
    const calm = smoothHead(stretch, frame, CALM_HZ);
    const quick = smoothHead(stretch, frame, HEAD_HZ);
    let apart = 0;
    for (const vertex of [1, 152, 127, 356]) {
      const moved = [0, 1].map((axis) => {
        const place = (head: HeadFit) => {
          let sum = 0;
          for (let k = 0; k < 3; k++) sum += head.rotation[axis * 3 + k]! * rig.vertices[vertex * 3 + k]!;
          return head.scale * sum + head.shift[axis]!;
        };
        return place(quick) - place(calm);
      });
      apart = Math.max(apart, Math.hypot(moved[0]!, moved[1]!) / (CANONICAL_IOD_CM * quick.scale));
    }
    const share = smoothstep(STILL_IOD, MOVING_IOD, apart);
    return meanPose([
      { head: calm, weight: 1 - share },
      { head: quick, weight: share },
    ]);
  };

  let before: { readonly frame: number; readonly pose: HeadFit } | undefined;
  /** Motion of head or chin from a frame to the next in pixels of the output: by the picture, where that is certain. */
  const motionAfter = (stretch: Stretch, frame: number, steps: Float32Array): HeadMotion => {
    const { certainty, ...step } = readStep(steps, (frame + 1) * STEP_VALUES);
    // Stored steps count pixels of the tracking size from the picture's edge, poses those of the output from a pixel's middle.
    const middle = { scale: 1, rotation: rotationOf([0, 0, 0]), shift: [0.5, 0.5, 0] };
    const zoom = [scaleX, scaleY, scaleX].map((scale) => scale / tracks.step);
    const zoomed = { ...step, shift: zoom.map((value, k) => step.shift[k]! * value) };
    const seenMotion = compose(inverseMotion(middle), compose(zoomed, middle));
    if (certainty >= 1) return seenMotion;
    const here = before?.frame === frame ? before.pose : poseByLandmarks(stretch, frame);
    const next = poseByLandmarks(stretch, frame + 1);
    before = { frame: frame + 1, pose: next };
    if (certainty <= 0) return compose(next, inverseMotion(here));
    const mixed = meanPose([
      { head: compose(seenMotion, here), weight: certainty },
      { head: next, weight: 1 - certainty },
    ]);
    return compose(mixed, inverseMotion(here));
  };

  const poses = createPoseTable(tracks.frames);
  const chains = new Map(
    [track.steps, track.chinSteps].map((steps) => [
      steps,
      { motions: createPoseTable(tracks.frames), done: new Set<Stretch>() },
    ]),
  );
  /** Motion of head or chin from a stretch's first frame to each of its frames. */
  const chainOf = (stretch: Stretch, steps: Float32Array<ArrayBuffer>): PoseTable => {
    const { motions, done } = chains.get(steps)!;
    if (done.has(stretch)) return motions;
    let motion = motions.set(stretch.first, { scale: 1, rotation: rotationOf([0, 0, 0]), shift: [0, 0, 0] });
    for (let frame = stretch.first; frame < stretch.last; frame++) {
      motion = motions.set(frame + 1, compose(motionAfter(stretch, frame, steps), motion));
    }
    done.add(stretch);
    return motions;
  };

  /**
   * The pose that moves as the picture does and lies where the landmarks do: the head's motion is taken out of the
   * landmarks' poses, what is left of them is noise and drift, and is smoothed far below any motion.
   */
  const poseAt = (stretch: Stretch, frame: number): HeadFit => {
    const known = poses.get(frame);
    if (known) return known;
    const chain = chainOf(stretch, track.steps);
    const rest = meanPose(
      neighbours(stretch, frame, DRIFT_HZ).map(({ frame: f, weight }) => ({
        head: compose(inverseMotion(chain.get(f)!), headOf(f)),
        weight,
      })),
    );
    return poses.set(frame, compose(chain.get(frame)!, rest));
  };

  const measured = (frame: number): FaceState => ({
    local: localOf(frame),
    head: poseAt(stretchAt(frame)!, frame),
  });

  const smoothLocal = (stretch: Stretch, frame: number, hertz: number, sum: Float64Array): Float64Array => {
    sum.fill(0);
    for (const { frame: f, weight } of neighbours(stretch, frame, hertz)) {
      const local = localOf(f);
      for (let i = 0; i < VALUES; i++) sum[i]! += weight * local[i]!;
    }
    return sum;
  };

  const mean = new Float64Array(VALUES);
  const chinShare = Float64Array.from({ length: TRACKED_VERTICES }, (_, v) => chinShareOf(rig, v));

  /** Moves the chin of `local` to where its own motion in the picture has it, as far as that is certain. */
  const placeChin = (stretch: Stretch, frame: number, head: HeadFit, local: Float64Array) => {
    const list = neighbours(stretch, frame, CHIN_HZ);
    const certainty = list.reduce(
      (sum, { frame: f, weight }) => sum + weight * track.chinSteps[f * STEP_VALUES + STEP_VALUES - 1]!,
      0,
    );
    if (certainty <= 0) return;
    const chain = chainOf(stretch, track.chinSteps);
    const now = chain.get(frame)!;
    mean.fill(0);
    for (const { frame: f, weight } of list) {
      const since = compose(now, inverseMotion(chain.get(f)!));
      // From the head's own frame then to that of now.
      const { scale, rotation, shift } = compose(inverseMotion(head), compose(since, poseAt(stretch, f)));
      const then = localOf(f);
      for (let v = 0; v < TRACKED_VERTICES; v++) {
        if (chinShare[v]! <= 0) continue;
        for (let k = 0; k < 3; k++) {
          let sum = 0;
          for (let n = 0; n < 3; n++) sum += rotation[k * 3 + n]! * then[v * 3 + n]!;
          mean[v * 3 + k]! += weight * (scale * sum + shift[k]!);
        }
      }
    }
    for (let i = 0; i < VALUES; i++) {
      const share = certainty * chinShare[Math.floor(i / 3)]!;
      if (share > 0) local[i]! += share * (mean[i]! - local[i]!);
    }
  };

  const mouth = new Float64Array(VALUES);
  const smoothed = (stretch: Stretch, frame: number): Float64Array => {
    const local = smoothLocal(stretch, frame, CALM_HZ, new Float64Array(VALUES));
    smoothLocal(stretch, frame, LIPS_HZ, mouth);
    for (let i = 0; i < VALUES; i++) {
      const value = local[i]!;
      local[i] = value + (mouth[i]! - value) * clamp(lower[Math.floor(i / 3)]!, 0, 1);
    }
    placeChin(stretch, frame, poseAt(stretch, frame), local);
    return local;
  };
  /** Smoothed shapes of the frames asked for last: those that lend their mouths are drawn, too. */
  const shapes = new Map<number, Float64Array>();
  const at = (frame: number): FaceState => {
    const stretch = stretchAt(frame)!;
    const known = shapes.get(frame);
    const local = known ?? smoothed(stretch, frame);
    if (!known) {
      if (shapes.size === SHAPES_KNOWN) shapes.delete(shapes.keys().next().value!);
      shapes.set(frame, local);
    }
    return { local: local.slice(), head: poseAt(stretch, frame) };
  };

  return {
    stretches,
    stretchAt,
    measured,
    at,
    pose: (frame) => poseAt(stretchAt(frame)!, frame),
    seen,
  };
}
