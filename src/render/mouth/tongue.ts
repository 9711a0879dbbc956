import { clamp } from "../../core/scalar.ts";
import type { Affine } from "../face-rig/deformer.ts";
import type { FaceShape } from "../face-rig/mouth-shapes.ts";
import type { PictureFacts } from "../portrait/picture-facts.ts";
import type { MouthLayers } from "./mouth-layers.ts";

/** What the tongue needs of a frame. */
export interface TongueFrame {
  readonly layers: MouthLayers;
  readonly facts: PictureFacts;
  /** Inter-ocular distance in pixels. */
  readonly iod: number;
  /** `[vertices, 2]` of the posed mesh. */
  readonly target: Float64Array;
  readonly shape: FaceShape;
  readonly headMap: (z: number) => Affine;
}

/** A part of a canvas, and where the inside of a mouth covers it. */
export interface CoveredPart {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  /** `[height, 2]` first and behind the last covered column of each row. */
  readonly spans: Int32Array;
}

/** Memory of drawing, used again from frame to frame. */
let image = new Float32Array(0);
let depth = new Float32Array(0);

/**
 * Draws the tongue's mesh into `[height, width, 4]` (linear, premultiplied) for a part of the canvas, where it is covered.
 * @returns valid until the next call.
 */
export function drawTongue(
  frame: TongueFrame,
  { x: left, y: top, width, height, spans }: CoveredPart,
): Float32Array {
  const { layers, facts, shape } = frame;
  const { positions, jaw, triangles } = layers.tongue;
  if (depth.length < width * height) {
    image = new Float32Array(4 * width * height);
    depth = new Float32Array(width * height);
  }
  for (let y = 0; y < height; y++) {
    const [first, end] = [y * width + spans[2 * y]!, y * width + spans[2 * y + 1]!];
    image.fill(0, 4 * first, 4 * end);
    depth.fill(Infinity, first, end);
  }
  const open = shape.controls.jaw ?? 0;
  const raised = shape.tongue;
  const count = positions.length / 3;
  const screen = new Float32Array(count * 3);
  const shades = new Float32Array(count * 4);
  const front = layers.lipDepth;
  const near = frame.headMap(front);
  const far = frame.headMap(front + layers.perCm);
  const map = new Float64Array(6);
  const middle = (frame.target[13 * 2]! + frame.target[14 * 2]!) / 2;
  // The tip is what the light reaches first.
  let tipDeep = Infinity;
  for (let i = 0; i < positions.length; i += 3) {
    tipDeep = Math.min(tipDeep, (positions[i + 2]! + open * jaw[i + 2]! - front) / layers.perCm);
  }
  for (let v = 0; v < count; v++) {
    const i = v * 3;
    const behind = (positions[i + 2]! - front) / layers.perCm;
    // The tip, the front third along the middle, rises behind the upper teeth.
    const tip = clamp((4.2 - behind) / 2.6, 0, 1);
    const lift = raised * tip;
    const x = positions[i]! + open * jaw[i]!;
    const y =
      positions[i + 1]! +
      open * jaw[i + 1]! +
      (0.12 + 1.3 * open * (1 - raised)) * layers.perCm -
      lift * 0.66 * layers.perCm;
    const z = positions[i + 2]! + open * jaw[i + 2]! - lift * 0.7 * layers.perCm;
    const deep = (z - front) / layers.perCm;
    for (let k = 0; k < 6; k++) map[k] = near[k]! + (far[k]! - near[k]!) * deep;
    screen[i] = map[0]! * x + map[1]! * y + map[2]! - left;
    screen[i + 1] = map[3]! * x + map[4]! * y + map[5]! - top;
    screen[i + 2] = z;
    const across = (screen[i]! + left - middle) / frame.iod;
    const groove = 1 - 0.24 * Math.exp(-((across / 0.055) ** 2)) * (1 - 0.6 * raised);
    const shade = layers.tongueLight[i]! * Math.exp(-1.1 * Math.max(0, deep - tipDeep)) * groove;
    const specular = layers.tongueLight[i + 1]! * groove;
    const reddish = shade ** 1.06;
    shades[v * 4] = facts.tongue[0] * shade ** 0.92 + specular * facts.skinLight;
    shades[v * 4 + 1] = facts.tongue[1] * reddish + specular * facts.skinLight;
    shades[v * 4 + 2] = facts.tongue[2] * reddish + specular * facts.skinLight;
    shades[v * 4 + 3] = layers.tongueLight[i + 2]!;
  }
  for (let t = 0; t < triangles.length; t += 3) {
    const a = triangles[t]! * 3;
    const b = triangles[t + 1]! * 3;
    const c = triangles[t + 2]! * 3;
    const pa = triangles[t]! * 4;
    const pb = triangles[t + 1]! * 4;
    const pc = triangles[t + 2]! * 4;
    const ax = screen[a]!;
    const ay = screen[a + 1]!;
    const bx = screen[b]!;
    const by = screen[b + 1]!;
    const cx = screen[c]!;
    const cy = screen[c + 1]!;
    const area = (bx - ax) * (cy - ay) - (cx - ax) * (by - ay);
    if (Math.abs(area) < 1e-6) continue;
    const y0 = Math.max(0, Math.ceil(Math.min(ay, by, cy)));
    const y1 = Math.min(height - 1, Math.floor(Math.max(ay, by, cy)));
    const x0 = Math.max(0, Math.ceil(Math.min(ax, bx, cx)));
    const x1 = Math.min(width - 1, Math.floor(Math.max(ax, bx, cx)));
    for (let y = y0; y <= y1; y++) {
      const end = Math.min(x1 + 1, spans[2 * y + 1]!);
      for (let x = Math.max(x0, spans[2 * y]!); x < end; x++) {
        const wb = ((x - ax) * (cy - ay) - (cx - ax) * (y - ay)) / area;
        const wc = ((bx - ax) * (y - ay) - (x - ax) * (by - ay)) / area;
        const wa = 1 - wb - wc;
        if (wa < -1e-6 || wb < -1e-6 || wc < -1e-6) continue;
        const z = wa * screen[a + 2]! + wb * screen[b + 2]! + wc * screen[c + 2]!;
        const at = y * width + x;
        if (z >= depth[at]!) continue;
        depth[at] = z;
        for (let k = 0; k < 4; k++) {
          image[at * 4 + k] = wa * shades[pa + k]! + wb * shades[pb + k]! + wc * shades[pc + k]!;
        }
      }
    }
  }
  return image;
}
