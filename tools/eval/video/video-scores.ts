import type { Engine } from "../../../src/engine/engine-types.ts";
import type { Box, FaceLandmarks } from "../../../src/core/face.ts";
import type { RgbaImage } from "../../../src/core/image.ts";
import type { MouthTrack } from "../../../src/core/mouth.ts";
import { REST_POSE } from "../../../src/core/mouth.ts";
import type { FaceAnalyser } from "../../../src/vision/landmarks/face-analyser.ts";
import { correlation } from "../../../src/core/correlation.ts";
import {
  correlationBeyond,
  jitter,
  lagSeconds,
  laplacianVariance,
  meanDistance,
  patchShift,
  psnrOutside,
  ringGradient,
  sampleTruth,
} from "./eval-video-measures.ts";
import { mouthAt } from "../../../src/pipeline/plan/mouth-at.ts";
import { INNER_LOWER, INNER_UPPER, OUTER_LOWER, OUTER_UPPER } from "../../../src/render/face-rig/topology.ts";
import { follow, type Stage } from "./video-stage.ts";
import { wavOf, type Voice } from "./video-voices.ts";

/** What is measured of one frame. */
export interface FrameMeasure {
  /** Gap between the lips in inter-ocular distances. */
  readonly gap: number;
  /** Middle of the mouth beside and below the nose, and the nose beside and below the eyes, likewise. */
  readonly mouth: readonly [number, number];
  readonly nose: readonly [number, number];
  readonly sharpness: number;
  readonly seam: number;
}

/** How well lips follow a voice: all correlations of gaps or apertures over the frames. */
export interface Following {
  /** What the speech model hears with the truth: the drawing cannot be better. */
  readonly heard: number;
  /** The gap seen with what was heard: the drawing's own part, and the landmarker's. */
  readonly drawn: number;
  /** The gap seen with the truth. */
  readonly newVoice: number;
}

/** Scores of one voice on one head. */
export interface VoiceScore extends Following {
  readonly voice: string;
  readonly frames: number;
  readonly clips: readonly (Following & { readonly clip: string })[];
  /** Correlation with the old mouth's gap beyond what that shares with the new voice. */
  readonly oldVoice: number;
  readonly lagStart: number;
  readonly lagEnd: number;
  /** Mean error of 40 lip points in inter-ocular distances: of what was heard, exact; of where landmarks find them. */
  readonly pointsHeard: number;
  readonly pointsFound: number;
  /** Sharpness of the chin under the lips and steepness of the mouth's surroundings relative to the source. */
  readonly sharpness: number;
  readonly seam: number;
  readonly psnrOutside: number;
  readonly secondsPerSecond: number;
}

const LIPS = [...new Set([...OUTER_UPPER, ...OUTER_LOWER, ...INNER_UPPER, ...INNER_LOWER])];
/** Frames that are kept in memory to be compared with the source. */
const COMPARED = 150;
const SILENT_SECONDS = 3;

export const meanOf = (values: readonly number[]) =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

const eyes = (points: Float32Array) => {
  const middle = (a: number, b: number, axis: number) => (points[a * 3 + axis]! + points[b * 3 + axis]!) / 2;
  const [rx, ry, lx, ly] = [middle(33, 133, 0), middle(33, 133, 1), middle(263, 362, 0), middle(263, 362, 1)];
  return { x: (rx + lx) / 2, y: (ry + ly) / 2, iod: Math.hypot(rx - lx, ry - ly) };
};

/** A box around the mean of some vertices, half sizes in inter-ocular distances. */
function boxAround({ points }: FaceLandmarks, vertices: readonly number[], half: number, tall: number): Box {
  const { iod } = eyes(points);
  const middle = (axis: number) => meanOf(vertices.map((v) => points[v * 3 + axis]!));
  return {
    x: Math.round(middle(0) - half * iod),
    y: Math.round(middle(1) - tall * iod),
    width: Math.round(2 * half * iod),
    height: Math.round(2 * tall * iod),
  };
}

function measure(image: RgbaImage, landmarks: FaceLandmarks): FrameMeasure {
  const { points } = landmarks;
  const { x, y, iod } = eyes(points);
  const at = (vertex: number, axis: number) => points[vertex * 3 + axis]!;
  const mouth = { x: (at(61, 0) + at(291, 0)) / 2, y: (at(61, 1) + at(291, 1)) / 2 };
  const around = (half: number, tall: number) => boxAround(landmarks, [61, 291], half, tall);
  const chin = around(0.3, 0.12);
  return {
    gap: Math.hypot(at(13, 0) - at(14, 0), at(13, 1) - at(14, 1)) / iod,
    mouth: [(mouth.x - at(2, 0)) / iod, (mouth.y - at(2, 1)) / iod],
    nose: [(at(2, 0) - x) / iod, (at(2, 1) - y) / iod],
    sharpness: laplacianVariance(image, { ...chin, y: mouth.y + 0.35 * iod }),
    seam: ringGradient(image, around(0.95, 0.75), around(0.55, 0.4)),
  };
}

/** Mean distance of the lips' landmarks from where they were drawn, in inter-ocular distances. */
function offBy({ points }: FaceLandmarks, drawn: Float64Array): number {
  const found = new Float64Array(drawn.length);
  for (let i = 0; i < found.length; i++) found[i] = points[Math.floor(i / 2) * 3 + (i % 2)]! - 0.5;
  return meanDistance(found, drawn, LIPS) / eyes(points).iod;
}

/** What the source shows: its measures and, of its first frames, its landmarks. */
export interface HeadLook {
  readonly measures: readonly FrameMeasure[];
  readonly landmarks: readonly FaceLandmarks[];
  readonly images: readonly RgbaImage[];
}

/** Looks at the source, as often compared with. */
export async function lookAtHead(head: File, analyser: FaceAnalyser, stage: Stage): Promise<HeadLook> {
  const look = {
    measures: [] as FrameMeasure[],
    landmarks: [] as FaceLandmarks[],
    images: [] as RgbaImage[],
  };
  await follow(
    head,
    analyser,
    (image, landmarks) => {
      look.measures.push(measure(image, landmarks));
      look.landmarks.push(landmarks);
      if (look.images.length < COMPARED) look.images.push({ ...image, data: image.data.slice() });
    },
    stage.video,
  );
  return look;
}

/** Gives a head a new voice and scores what became of its mouth. */
export async function scoreVoice(
  engine: Engine,
  analyser: FaceAnalyser,
  head: File,
  { face, places }: Stage,
  source: HeadLook,
  voice: Voice,
  heard: MouthTrack,
): Promise<VoiceScore> {
  const started = performance.now();
  const { output, report } = await engine.run({
    model: "lipsync-video",
    formState: { video: head, audio: voice.file },
    backend: "wasm",
  });
  const seconds = (performance.now() - started) / 1000;
  const { fps } = report;
  const shown = places(report.durationSeconds);
  const [gaps, wanted, apertures, old]: [number[], number[], number[], number[]] = [[], [], [], []];
  const [pointsHeard, pointsFound, sharpness, seam, outside]: number[][] = [[], [], [], [], []];
  await follow(output, analyser, (image, landmarks, i) => {
    const place = shown[i]!;
    const now = measure(image, landmarks);
    const before = source.measures[place]!;
    const truth = sampleTruth(voice.truth, i / fps);
    const mouth = mouthAt(heard, 1, fps, i);
    const drawn = face.place(place, mouth);
    const { iod } = eyes(landmarks.points);
    pointsHeard!.push(meanDistance(drawn, face.place(place, { ...mouth, aperture: truth }), LIPS) / iod);
    pointsFound!.push(offBy(landmarks, drawn));
    gaps.push(now.gap);
    wanted.push(truth);
    apertures.push(mouth.aperture);
    old.push(before.gap);
    const own = source.images[place];
    if (i >= COMPARED || !own) return;
    sharpness!.push(now.sharpness / before.sharpness);
    seam!.push(now.seam / before.seam);
    const look = eyes(source.landmarks[place]!.points);
    const box = {
      x: look.x - 2.2 * look.iod,
      y: look.y - 0.2 * look.iod,
      width: 4.4 * look.iod,
      height: 4.2 * look.iod,
    };
    outside!.push(psnrOutside(own, image, box));
  });
  const following = (from: number, to: number): Following => {
    const [seen, true_, curve] = [gaps.slice(from, to), wanted.slice(from, to), apertures.slice(from, to)];
    return {
      heard: correlation(true_, curve),
      drawn: correlation(curve, seen),
      newVoice: correlation(true_, seen),
    };
  };
  const half = Math.floor(gaps.length / 2);
  const frameOf = (hundredths: number) => Math.round((hundredths / 100) * fps);
  return {
    voice: voice.name,
    frames: report.frames,
    ...following(0, gaps.length),
    clips: voice.parts.map(({ clip, first, count }) => ({
      clip,
      ...following(frameOf(first), frameOf(first + count)),
    })),
    oldVoice: correlationBeyond(old, gaps, wanted),
    lagStart: lagSeconds(voice.truth, gaps.slice(0, half), fps),
    lagEnd: lagSeconds(voice.truth.slice(Math.round((half / fps) * 100)), gaps.slice(half), fps),
    pointsHeard: meanOf(pointsHeard!),
    pointsFound: meanOf(pointsFound!),
    sharpness: meanOf(sharpness!),
    seam: meanOf(seam!),
    psnrOutside: meanOf(outside!),
    secondsPerSecond: seconds / report.durationSeconds,
  };
}

/** How still a mouth is that has nothing to say. Jitter is in inter-ocular distances. */
export interface SilenceScore {
  readonly gapMean: number;
  readonly gapSpread: number;
  /** Of the mouth's landmarks against the nose's, and of the nose's against the eyes', which are on one bone. */
  readonly jitter: number;
  readonly jitterFloor: number;
  /** By the picture's light: the lips against the nose as drawn and as encoded; one half of the nose against the other. */
  readonly shakeDrawn: number;
  readonly shake: number;
  readonly shakeFloor: number;
  /** Mean distance of the lips' landmarks from where they were drawn shut. */
  readonly pointsFound: number;
}

/** Jitter of a point of two coordinates; every list holds one pair per frame. */
const jitterOf = (pairs: readonly (readonly [number, number])[]) =>
  Math.hypot(jitter(pairs.map(([x]) => x)), jitter(pairs.map(([, y]) => y)));

/** A patch of the face: the middle of some vertices, half its width and height in inter-ocular distances, a shift aside. */
type Patch = readonly [vertices: readonly number[], half: number, tall: number, aside?: number];
const NOSE: Patch = [[1, 4, 5, 2, 98, 327], 0.3, 0.24];
const HALVES: readonly [Patch, Patch] = [
  [NOSE[0], 0.15, 0.24, -0.15],
  [NOSE[0], 0.15, 0.24, 0.15],
];
const MOUTH: Patch = [[61, 291, 13, 14], 0.42, 0.17];

/** Jitter of one patch of the face against another, by the light of successive pictures. */
function shakeOf(
  images: readonly RgbaImage[],
  places: readonly Float64Array[],
  patch: Patch,
  other: Patch,
): number {
  const path: [number, number][] = [[0, 0]];
  for (let i = 1; i < images.length; i++) {
    const points = places[i - 1]!;
    const at = (v: number, axis: number) => points[v * 2 + axis]!;
    const eye = (a: number, b: number, axis: number) => (at(a, axis) + at(b, axis)) / 2;
    const iod = Math.hypot(eye(33, 133, 0) - eye(263, 362, 0), eye(33, 133, 1) - eye(263, 362, 1));
    const shiftOf = ([vertices, half, tall, aside = 0]: Patch) =>
      patchShift(images[i - 1]!, images[i]!, {
        x: Math.round(meanOf(vertices.map((v) => at(v, 0))) + (aside - half) * iod),
        y: Math.round(meanOf(vertices.map((v) => at(v, 1))) - tall * iod),
        width: Math.round(2 * half * iod),
        height: Math.round(2 * tall * iod),
      });
    const [own, base] = [shiftOf(patch), shiftOf(other)];
    const [x, y] = path.at(-1)!;
    path.push([x + (own[0] - base[0]) / iod, y + (own[1] - base[1]) / iod]);
  }
  return jitterOf(path);
}

/** Gives a head a silent voice. */
export async function scoreSilence(
  engine: Engine,
  analyser: FaceAnalyser,
  head: File,
  { face, places }: Stage,
  source: HeadLook,
): Promise<SilenceScore> {
  const { output, report } = await engine.run({
    model: "lipsync-video",
    formState: { video: head, audio: wavOf(new Float32Array(SILENT_SECONDS * 16_000), "silence.wav") },
    backend: "wasm",
  });
  const shown = places(report.durationSeconds);
  const frames: FrameMeasure[] = [];
  const points: number[] = [];
  const encoded: RgbaImage[] = [];
  const drawn: RgbaImage[] = [];
  const where: Float64Array[] = [];
  await follow(output, analyser, (image, landmarks, i) => {
    const place = shown[i]!;
    const own = source.images[place];
    if (!own) return;
    frames.push(measure(image, landmarks));
    where.push(face.place(place, { ...REST_POSE }));
    points.push(offBy(landmarks, where.at(-1)!));
    encoded.push({ ...image, data: image.data.slice() });
    drawn.push({ ...own, data: own.data.slice() });
    face.render(place, { ...REST_POSE }, drawn.at(-1)!);
  });
  const gaps = frames.map((frame) => frame.gap);
  const mean = meanOf(gaps);
  return {
    gapMean: mean,
    gapSpread: Math.sqrt(meanOf(gaps.map((gap) => (gap - mean) ** 2))),
    jitter: jitterOf(frames.map((frame) => frame.mouth)),
    jitterFloor: jitterOf(frames.map((frame) => frame.nose)),
    shakeDrawn: shakeOf(drawn, where, MOUTH, NOSE),
    shake: shakeOf(encoded, where, MOUTH, NOSE),
    shakeFloor: shakeOf(encoded, where, ...HALVES),
    pointsFound: meanOf(points),
  };
}
