import type { FaceLandmarks } from "../../core/face.ts";
import type { RgbaImage } from "../../core/image.ts";
import type { Eyeball } from "./eyelids.ts";
import { FACE_VERTICES, type FittedFace } from "../face-rig/fitted-face.ts";
import { outlineOf } from "../mouth/mouth-outline.ts";
import { outline, pixelsOf } from "../portrait/picture-facts.ts";
import { luminance, percentile } from "../raster/plane.ts";
import { LEFT_EYE, RIGHT_EYE, type EyeTopology } from "../face-rig/topology.ts";

/** An eye of a portrait. */
export interface PortraitEye extends Eyeball {
  /** Depth in pixels, as the landmarks' z. */
  readonly depth: number;
}

/** Radius of an iris and of an eyeball in inter-ocular distances: 5.9 mm and 12 mm to 63 mm. */
const IRIS_RADIUS = 0.094;
const EYE_RADIUS = 0.19;
/** The middles of the irises among the landmarks, where those have them. */
const IRISES = [468, 473] as const;
/** An eye with less than this share of the other one's contrast is hidden, by hair for instance. */
const HIDDEN_BELOW = 0.25;

/** Spread of the lightness between an eye's lids. */
export function eyeContrast(image: RgbaImage, face: FittedFace, eye: EyeTopology): number {
  const lights = pixelsOf(image, outline(face, eye.upper, eye.lower)).map((c) => Math.sqrt(luminance(c)));
  return lights.length < 6 ? 0 : percentile(lights, 0.95) - percentile(lights, 0.05);
}

function irisOf({ points }: FaceLandmarks, face: FittedFace, eye: EyeTopology): readonly [number, number] {
  const [a, b] = [eye.upper[0]! * 3, eye.upper[8]! * 3];
  const [x, y] = [0, 1].map((axis) => (face.points[a + axis]! + face.points[b + axis]!) / 2) as [
    number,
    number,
  ];
  const found = IRISES.filter((v) => points.length > v * 3 + 1)
    .map((v) => [points[v * 3]! - 0.5, points[v * 3 + 1]! - 0.5] as const)
    .sort((p, q) => Math.hypot(p[0] - x, p[1] - y) - Math.hypot(q[0] - x, q[1] - y))[0];
  return found ?? [x, y];
}

/** The eyes of a portrait that can be seen: a hidden one neither blinks nor looks about. */
export function findEyes(
  image: RgbaImage,
  landmarks: FaceLandmarks,
  face: FittedFace,
  lash: readonly number[],
): readonly PortraitEye[] {
  const flat = Float64Array.from(
    { length: 2 * FACE_VERTICES },
    (_, i) => face.points[Math.floor(i / 2) * 3 + (i % 2)]!,
  );
  const both = [RIGHT_EYE, LEFT_EYE];
  const contrasts = both.map((eye) => eyeContrast(image, face, eye));
  return both
    .filter((_, i) => contrasts[i]! >= HIDDEN_BELOW * contrasts[1 - i]!)
    .map((topology) => ({
      topology,
      iris: irisOf(landmarks, face, topology),
      irisRadius: IRIS_RADIUS * face.iod,
      lash,
      open: outlineOf(flat, topology.upper, topology.lower),
      depth: (face.points[topology.upper[0]! * 3 + 2]! + face.points[topology.upper[8]! * 3 + 2]!) / 2,
    }));
}

/** Shift of the irises in pixels for a gaze in degrees to the image's right and down. */
export function gazeShift(face: FittedFace, gaze: readonly [number, number]): readonly [number, number] {
  const radians = Math.PI / 180;
  const radius = EYE_RADIUS * face.iod;
  return [
    radius * Math.sin(gaze[0] * radians) * Math.cos(face.yawDeg * radians),
    radius * Math.sin(gaze[1] * radians),
  ];
}
