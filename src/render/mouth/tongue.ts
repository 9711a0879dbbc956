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
/** `[height, width]` the triangle that is seen, where depth is finite. */
let seen = new Uint16Array(0);
let screen = new Float32Array(0);
let shades = new Float32Array(0);
/** For each vertex how far it lies behind the lips, in cm. */
let depths = new Float64Array(0);
/** For each vertex the call that its shade was worked out in. */
let shadedIn = new Uint32Array(0);
let calls = 0;

function makeRoom(pixels: number, vertices: number): void {
  if (depth.length < pixels) {
    image = new Float32Array(4 * pixels);
    depth = new Float32Array(pixels);
    seen = new Uint16Array(pixels);
  }
  if (shadedIn.length < vertices) {
    screen = new Float32Array(3 * vertices);
    shades = new Float32Array(4 * vertices);
    depths = new Float64Array(vertices);
    shadedIn = new Uint32Array(vertices);
  }
}

/**
 * Draws the tongue's mesh into `[height, width, 4]` (linear, premultiplied) for a part of the canvas, where it is covered.
 * First it finds which triangle is seen where: most vertices are hidden and need no shade.
 * @returns valid until the next call.
 */
export function drawTongue(
  frame: TongueFrame,
  { x: left, y: top, width, height, spans }: CoveredPart,
): Float32Array {
  const { layers, facts, shape } = frame;
  const { positions, jaw, triangles } = layers.tongue;
  const count = positions.length / 3;
  makeRoom(width * height, count);
  calls++;
  // The rows and columns that are covered at all.
  let [highest, lowest, leftmost, rightmost] = [height, -1, width, 0];
  for (let y = 0; y < height; y++) {
    const [first, end] = [spans[2 * y]!, spans[2 * y + 1]!];
    if (first >= end) continue;
    highest = Math.min(highest, y);
    lowest = y;
    leftmost = Math.min(leftmost, first);
    rightmost = Math.max(rightmost, end - 1);
    image.fill(0, 4 * (y * width + first), 4 * (y * width + end));
    depth.fill(Infinity, y * width + first, y * width + end);
  }
  const open = shape.controls.jaw ?? 0;
  const raised = shape.tongue;
  const front = layers.lipDepth;
  const near = frame.headMap(front);
  const far = frame.headMap(front + layers.perCm);
  const middle = (frame.target[13 * 2]! + frame.target[14 * 2]!) / 2;
  // The tip is what the light reaches first.
  let nearest = Infinity;
  for (let i = 0; i < positions.length; i += 3) {
    nearest = Math.min(nearest, positions[i + 2]! + open * jaw[i + 2]! - front);
  }
  const tipDeep = nearest / layers.perCm;
  const drop = (0.12 + 1.3 * open * (1 - raised)) * layers.perCm;
  for (let i = 0; i < 3 * count; i += 3) {
    // The tip, the front third along the middle, rises behind the upper teeth.
    const behind = (positions[i + 2]! - front) / layers.perCm;
    const lift = raised * clamp((4.2 - behind) / 2.6, 0, 1);
    const x = positions[i]! + open * jaw[i]!;
    const y = positions[i + 1]! + open * jaw[i + 1]! + drop - lift * 0.66 * layers.perCm;
    const z = positions[i + 2]! + open * jaw[i + 2]! - lift * 0.7 * layers.perCm;
    const deep = (z - front) / layers.perCm;
    const a = near[0]! + (far[0]! - near[0]!) * deep;
    const b = near[1]! + (far[1]! - near[1]!) * deep;
    const c = near[2]! + (far[2]! - near[2]!) * deep;
    const d = near[3]! + (far[3]! - near[3]!) * deep;
    const e = near[4]! + (far[4]! - near[4]!) * deep;
    const f = near[5]! + (far[5]! - near[5]!) * deep;
    screen[i] = a * x + b * y + c - left;
    screen[i + 1] = d * x + e * y + f - top;
    screen[i + 2] = z;
    depths[i / 3] = deep;
  }
  const shade = (v: number) => {
    if (shadedIn[v] === calls) return;
    shadedIn[v] = calls;
    const i = v * 3;
    const deep = depths[v]!;
    const across = (screen[i]! + left - middle) / frame.iod;
    const groove = 1 - 0.24 * Math.exp(-((across / 0.055) ** 2)) * (1 - 0.6 * raised);
    const light = layers.tongueLight[i]! * Math.exp(-1.1 * Math.max(0, deep - tipDeep)) * groove;
    const specular = layers.tongueLight[i + 1]! * groove;
    const reddish = light ** 1.06;
    shades[v * 4] = facts.tongue[0] * light ** 0.92 + specular * facts.skinLight;
    shades[v * 4 + 1] = facts.tongue[1] * reddish + specular * facts.skinLight;
    shades[v * 4 + 2] = facts.tongue[2] * reddish + specular * facts.skinLight;
    shades[v * 4 + 3] = layers.tongueLight[i + 2]!;
  };
  for (let t = 0; t < triangles.length; t += 3) {
    const a = triangles[t]! * 3;
    const b = triangles[t + 1]! * 3;
    const c = triangles[t + 2]! * 3;
    const ax = screen[a]!;
    const ay = screen[a + 1]!;
    const bx = screen[b]!;
    const by = screen[b + 1]!;
    const cx = screen[c]!;
    const cy = screen[c + 1]!;
    const y0 = Math.max(highest, Math.ceil(Math.min(ay, by, cy)));
    const y1 = Math.min(lowest, Math.floor(Math.max(ay, by, cy)));
    if (y0 > y1) continue;
    const x0 = Math.max(leftmost, Math.ceil(Math.min(ax, bx, cx)));
    const x1 = Math.min(rightmost, Math.floor(Math.max(ax, bx, cx)));
    const area = (bx - ax) * (cy - ay) - (cx - ax) * (by - ay);
    if (x0 > x1 || Math.abs(area) < 1e-6) continue;
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
        seen[at] = t;
      }
    }
  }
  for (let y = 0; y < height; y++) {
    for (let x = spans[2 * y]!; x < spans[2 * y + 1]!; x++) {
      const at = y * width + x;
      if (depth[at] === Infinity) continue;
      const t = seen[at]!;
      const [a, b, c] = [triangles[t]!, triangles[t + 1]!, triangles[t + 2]!];
      shade(a);
      shade(b);
      shade(c);
      const [ax, ay] = [screen[a * 3]!, screen[a * 3 + 1]!];
      const [bx, by] = [screen[b * 3]! - ax, screen[b * 3 + 1]! - ay];
      const [cx, cy] = [screen[c * 3]! - ax, screen[c * 3 + 1]! - ay];
      const area = bx * cy - cx * by;
      const wb = ((x - ax) * cy - cx * (y - ay)) / area;
      const wc = (bx * (y - ay) - (x - ax) * by) / area;
      const wa = 1 - wb - wc;
      for (let k = 0; k < 4; k++) {
        image[at * 4 + k] = wa * shades[a * 4 + k]! + wb * shades[b * 4 + k]! + wc * shades[c * 4 + k]!;
      }
    }
  }
  return image;
}
