import type { FaceLandmarks } from "../../../src/core/face.ts";
import type { RgbaImage } from "../../../src/core/image.ts";
import type { FaceAnalyser } from "../../../src/vision/landmarks/face-analyser.ts";
import type { FaceGeometry } from "../../../src/vision/landmarks/geometry.ts";
import { fitFace, headPose } from "../../../src/vision/landmarks/head-pose.ts";

/** What a face does apart from its mouth, one value per frame. */
export interface FaceTrace {
  /** Frames per second. */
  readonly fps: number;
  /** Rotation of the head in degrees; see `HeadPose`. */
  readonly yaw: readonly number[];
  readonly pitch: readonly number[];
  readonly roll: readonly number[];
  /** Place of the head in the picture, right and down, and its size, by the median distance between the eyes. */
  readonly x: readonly number[];
  readonly y: readonly number[];
  readonly size: readonly number[];
  /** Gap between the lids by the eye's width, the mean of both eyes. */
  readonly lids: readonly number[];
  /** Height of the brows over the eyes' corners, by the distance between the eyes. */
  readonly brow: readonly number[];
  /** Turn of the eyes in the head in degrees, to the image's right and down. */
  readonly gazeX: readonly number[];
  readonly gazeY: readonly number[];
}

/** The same with its mouth. */
export interface TracedFace extends FaceTrace {
  /** Distance of the corners of the mouth, and gap between the inner lips, by the distance between the eyes. */
  readonly mouthWidth: readonly number[];
  readonly mouthGap: readonly number[];
}

type Frame = Record<Exclude<keyof TracedFace, "fps">, number>;

/** Vertices of one eye: corners, the lids' middle and quarter points upper against lower, brow, middle of the iris. */
interface EyeVertices {
  readonly corners: readonly [number, number];
  readonly lids: readonly (readonly [number, number])[];
  readonly brow: readonly number[];
  readonly iris: number;
}
const EYES: readonly EyeVertices[] = [
  {
    corners: [33, 133],
    lids: [
      [159, 145],
      [160, 144],
      [158, 153],
    ],
    brow: [105, 66, 107],
    iris: 468,
  },
  {
    corners: [263, 362],
    lids: [
      [386, 374],
      [387, 373],
      [385, 380],
    ],
    brow: [334, 296, 336],
    iris: 473,
  },
];
/** Inner lips, upper and lower, as the truth of faces has them. */
const LIPS = [
  [13, 14],
  [82, 87],
  [312, 317],
] as const;
/** Radius of an eyeball by the distance between the eyes: 12 mm to 63 mm. */
const EYE_RADIUS = 0.19;
/** A mesh that sees no face. */
const LEAST_PRESENCE = 0.5;

const mean = (values: readonly number[]) => values.reduce((sum, v) => sum + v, 0) / values.length;
const degrees = (sine: number) => (Math.asin(Math.max(-1, Math.min(1, sine))) * 180) / Math.PI;

/** One face in one picture: lids, brows and eyes are measured in the head's own axes, so its turn does not move them. */
function measure(landmarks: FaceLandmarks, geometry: FaceGeometry): Frame {
  const { scale, rotation, translation } = fitFace(landmarks, geometry);
  const { points } = landmarks;
  const at = (vertex: number) => {
    const p = [points[vertex * 3]!, -points[vertex * 3 + 1]!, -points[vertex * 3 + 2]!].map(
      (value, axis) => (value - translation[axis]!) / scale,
    );
    return [0, 1, 2].map((column) =>
      p.reduce((sum, value, row) => sum + rotation[row * 3 + column]! * value, 0),
    ) as [number, number, number];
  };
  const between = (a: number, b: number) => {
    const [p, q] = [at(a), at(b)];
    return p.map((value, axis) => (value + q[axis]!) / 2) as [number, number, number];
  };
  const centres = EYES.map(({ corners }) => between(...corners));
  const apart = Math.hypot(...centres[0]!.map((value, axis) => value - centres[1]![axis]!));
  const eyes = EYES.map(({ corners, lids, brow, iris }, i) => {
    const centre = centres[i]!;
    const [a, b] = corners.map(at) as [[number, number, number], [number, number, number]];
    const width = Math.hypot(...a.map((value, axis) => value - b[axis]!));
    const seen = at(iris);
    return {
      lids: mean(lids.map(([upper, lower]) => at(upper)[1] - at(lower)[1])) / width,
      brow: (mean(brow.map((vertex) => at(vertex)[1])) - centre[1]) / apart,
      gazeX: degrees((seen[0] - centre[0]) / (EYE_RADIUS * apart)),
      gazeY: degrees((centre[1] - seen[1]) / (EYE_RADIUS * apart)),
    };
  });
  const distance = (a: number, b: number) => {
    const [p, q] = [at(a), at(b)];
    return Math.hypot(...p.map((value, axis) => value - q[axis]!)) / apart;
  };
  const both = (key: keyof (typeof eyes)[number]) => mean(eyes.map((eye) => eye[key]));
  const pose = headPose(landmarks, geometry);
  return {
    yaw: pose.yawDeg,
    pitch: pose.pitchDeg,
    roll: pose.rollDeg,
    x: translation[0],
    y: -translation[1],
    size: scale * apart,
    lids: both("lids"),
    brow: both("brow"),
    gazeX: both("gazeX"),
    gazeY: both("gazeY"),
    mouthWidth: distance(61, 291),
    mouthGap: mean(LIPS.map(([upper, lower]) => distance(upper, lower))),
  };
}

/**
 * Follows the largest face through pictures as the product does: each mesh begins where the last one was.
 * @returns null where a picture shows no face.
 */
export async function traceFace(
  analyser: Pick<FaceAnalyser, "detect" | "landmarks">,
  geometry: FaceGeometry,
  images: AsyncIterable<RgbaImage>,
  fps: number,
): Promise<TracedFace | null> {
  const frames: Frame[] = [];
  let before: FaceLandmarks | undefined;
  for await (const image of images) {
    const from = before ?? (await analyser.detect(image))[0];
    if (!from) return null;
    before = await analyser.landmarks(image, from);
    if (before.presence < LEAST_PRESENCE) return null;
    frames.push(measure(before, geometry));
  }
  if (frames.length === 0) return null;
  const line = (key: keyof Frame) => frames.map((frame) => frame[key]);
  const eyesApart = line("size").toSorted((a, b) => a - b)[Math.floor(frames.length / 2)]!;
  const byEyes = (key: "x" | "y" | "size") => line(key).map((value) => value / eyesApart);
  return {
    fps,
    yaw: line("yaw"),
    pitch: line("pitch"),
    roll: line("roll"),
    x: byEyes("x"),
    y: byEyes("y"),
    size: byEyes("size"),
    lids: line("lids"),
    brow: line("brow"),
    gazeX: line("gazeX"),
    gazeY: line("gazeY"),
    mouthWidth: line("mouthWidth"),
    mouthGap: line("mouthGap"),
  };
}
