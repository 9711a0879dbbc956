import { clamp, smoothstep } from "../../core/scalar.ts";
import type { FittedFace } from "../face-rig/fitted-face.ts";
import type { Colour, PictureFacts } from "../portrait/picture-facts.ts";
import { blurPlane } from "../raster/plane.ts";
import { CANONICAL_IOD_CM, type MouthMesh, type Rig } from "../face-rig/rig.ts";

/** A picture of a part of the mouth, drawn once per portrait and moved from frame to frame. */
export interface MouthLayer {
  /** Texels per pixel. */
  readonly scale: number;
  /** Position of texel (0, 0) in the source picture, in pixels. */
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  /** `[height, width, 4]`, linear light, premultiplied by the last channel. */
  readonly rgba: Float32Array;
}

/** A mesh in the source picture: positions in pixels (x, y, z), and its motion. */
export interface PlacedMesh {
  readonly triangles: Uint16Array;
  readonly positions: Float64Array;
  readonly normals: Float64Array;
  /** Motion in pixels when the jaw is fully open. */
  readonly jaw: Float64Array;
}

/** What is behind the lips of one portrait. */
export interface MouthLayers {
  readonly upper: MouthLayer;
  readonly lower: MouthLayer;
  /** Motion of the lower layer in pixels when the jaw is fully open. */
  readonly jawShift: readonly [number, number];
  readonly tongue: PlacedMesh;
  /** `[vertices, 3]` what the light gives a vertex of the tongue: colour, gloss, and how far it is seen. */
  readonly tongueLight: Float64Array;
  /** Depth (pixels, as the landmarks' z) of the lips and of the front teeth. */
  readonly lipDepth: number;
  readonly teethDepth: number;
  /** Pixels per cm. */
  readonly perCm: number;
}

/** How far the teeth hang below their place in the canonical face, in inter-ocular distances. */
const TEETH_DROP_IOD = 0.03;

/** Unit normals of a mesh's vertices, pointing out of it. */
function normalsOf(positions: Float64Array, triangles: Uint16Array): Float64Array {
  const normals = new Float64Array(positions.length);
  for (let t = 0; t < triangles.length; t += 3) {
    const [a, b, c] = [triangles[t]! * 3, triangles[t + 1]! * 3, triangles[t + 2]! * 3];
    const u = [0, 1, 2].map((k) => positions[b + k]! - positions[a + k]!);
    const v = [0, 1, 2].map((k) => positions[c + k]! - positions[a + k]!);
    const n = [u[1]! * v[2]! - u[2]! * v[1]!, u[2]! * v[0]! - u[0]! * v[2]!, u[0]! * v[1]! - u[1]! * v[0]!];
    for (const at of [a, b, c]) for (let k = 0; k < 3; k++) normals[at + k]! += n[k]!;
  }
  for (let i = 0; i < normals.length; i += 3) {
    const length = Math.hypot(normals[i]!, normals[i + 1]!, normals[i + 2]!) || 1;
    for (let k = 0; k < 3; k++) normals[i + k]! /= length;
  }
  return normals;
}

/** Lambert's term under light from above and in front. */
function lit(nx: number, ny: number, nz: number): number {
  return clamp(-0.45 * ny - 0.85 * nz + 0 * nx, 0, 1);
}

/** What the light gives each vertex of a tongue, see {@link MouthLayers.tongueLight}. */
function lightOf({ normals }: PlacedMesh): Float64Array {
  const out = new Float64Array(normals.length);
  for (let i = 0; i < normals.length; i += 3) {
    const light = lit(normals[i]!, normals[i + 1]!, normals[i + 2]!);
    out[i] = 0.8 * (0.1 + 0.9 * light ** 1.3);
    out[i + 1] = 0.05 * smoothstep(0.9, 1, light);
    // The horizon of the tongue melts into the dark.
    out[i + 2] = smoothstep(-0.1, 0.75, -normals[i + 2]!);
  }
  return out;
}

/** Draws meshes into a layer with a depth buffer; `shade` gives the colour from normal and depth (cm behind the lips). */
function drawLayer(
  meshes: readonly { mesh: PlacedMesh; shade: (light: number, depthCm: number, facing: number) => Colour }[],
  scale: number,
  softness: number,
  lipDepth: number,
  perCm: number,
): MouthLayer {
  const over = 2;
  const fine = scale * over;
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const { mesh } of meshes) {
    for (let i = 0; i < mesh.positions.length; i += 3) {
      left = Math.min(left, mesh.positions[i]!);
      right = Math.max(right, mesh.positions[i]!);
      top = Math.min(top, mesh.positions[i + 1]!);
      bottom = Math.max(bottom, mesh.positions[i + 1]!);
    }
  }
  const pad = 3 * softness + 2;
  const x0 = Math.floor(left - pad);
  const y0 = Math.floor(top - pad);
  const width = Math.ceil((right + pad - x0) * scale);
  const height = Math.ceil((bottom + pad - y0) * scale);
  const [bigWidth, bigHeight] = [width * over, height * over];
  const depth = new Float32Array(bigWidth * bigHeight).fill(Infinity);
  const colour = new Float32Array(bigWidth * bigHeight * 4);
  for (const { mesh, shade } of meshes) {
    const { triangles, positions, normals } = mesh;
    for (let t = 0; t < triangles.length; t += 3) {
      const [a, b, c] = [triangles[t]! * 3, triangles[t + 1]! * 3, triangles[t + 2]! * 3];
      const screenX = (i: number) => (positions[i]! - x0 + 0.5) * fine - 0.5;
      const screenY = (i: number) => (positions[i + 1]! - y0 + 0.5) * fine - 0.5;
      const [ax, ay, bx, by, cx, cy] = [
        screenX(a),
        screenY(a),
        screenX(b),
        screenY(b),
        screenX(c),
        screenY(c),
      ];
      const area = (bx - ax) * (cy - ay) - (cx - ax) * (by - ay);
      if (Math.abs(area) < 1e-9) continue;
      const yEnd = Math.min(bigHeight - 1, Math.floor(Math.max(ay, by, cy)));
      const xStart = Math.max(0, Math.ceil(Math.min(ax, bx, cx)));
      const xEnd = Math.min(bigWidth - 1, Math.floor(Math.max(ax, bx, cx)));
      for (let y = Math.max(0, Math.ceil(Math.min(ay, by, cy))); y <= yEnd; y++) {
        for (let x = xStart; x <= xEnd; x++) {
          const wb = ((x - ax) * (cy - ay) - (cx - ax) * (y - ay)) / area;
          const wc = ((bx - ax) * (y - ay) - (x - ax) * (by - ay)) / area;
          const wa = 1 - wb - wc;
          if (wa < -1e-6 || wb < -1e-6 || wc < -1e-6) continue;
          const z = wa * positions[a + 2]! + wb * positions[b + 2]! + wc * positions[c + 2]!;
          const at = y * bigWidth + x;
          if (z >= depth[at]!) continue;
          depth[at] = z;
          const nx = wa * normals[a]! + wb * normals[b]! + wc * normals[c]!;
          const ny = wa * normals[a + 1]! + wb * normals[b + 1]! + wc * normals[c + 1]!;
          const nz = wa * normals[a + 2]! + wb * normals[b + 2]! + wc * normals[c + 2]!;
          const deep = (z - lipDepth) / perCm;
          // Far back everything melts into the dark.
          const seen = 1 - smoothstep(1.3, 2.8, deep);
          const shown = shade(lit(nx, ny, nz), deep, clamp(-nz, 0, 1));
          for (let k = 0; k < 3; k++) colour[at * 4 + k] = shown[k]! * seen;
          colour[at * 4 + 3] = seen;
        }
      }
    }
  }
  const rgba = new Float32Array(width * height * 4);
  for (let channel = 0; channel < 4; channel++) {
    const data = new Float32Array(width * height);
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        let sum = 0;
        for (let j = 0; j < over; j++) {
          for (let i = 0; i < over; i++)
            sum += colour[((y * over + j) * bigWidth + x * over + i) * 4 + channel]!;
        }
        data[y * width + x] = sum / (over * over);
      }
    }
    const soft = blurPlane({ width, height, data }, Math.max(0.35, softness * scale));
    for (let i = 0; i < soft.data.length; i++) rgba[i * 4 + channel] = soft.data[i]!;
  }
  return { scale, x: x0 - 0.5 + 0.5 / scale, y: y0 - 0.5 + 0.5 / scale, width, height, rgba };
}

/** Places the mouth's inside behind a portrait's lips and draws what the jaws carry. */
export function createMouthLayers(rig: Rig, face: FittedFace, facts: PictureFacts): MouthLayers {
  const { scale, rotation } = face.head;
  const v = rig.vertices;
  const lipMiddle = [0, 1, 2].map((k) => (v[13 * 3 + k]! + v[14 * 3 + k]!) / 2);
  const upperShare = face.open ? 0.45 : 0.5;
  const anchor = [0, 1, 2].map(
    (k) => face.points[13 * 3 + k]! * upperShare + face.points[14 * 3 + k]! * (1 - upperShare),
  );
  const canonicalWidth = Math.hypot(...[0, 1, 2].map((k) => v[308 * 3 + k]! - v[78 * 3 + k]!));
  const wide = clamp(face.mouthWidthPx / (scale * canonicalWidth), 0.86, 1.06);
  const stretch = [wide, (1 + wide) / 2, 1];
  const drop = TEETH_DROP_IOD * CANONICAL_IOD_CM;
  const place = (mesh: MouthMesh, lowered: number): PlacedMesh => {
    const turn = (values: Float32Array, from: readonly number[], shift: readonly number[], low: number) => {
      const out = new Float64Array(values.length);
      for (let i = 0; i < values.length; i += 3) {
        const local = [0, 1, 2].map((k) => (values[i + k]! + (k === 1 ? low : 0) - from[k]!) * stretch[k]!);
        for (let k = 0; k < 3; k++) {
          out[i + k] =
            scale *
              (rotation[k * 3]! * local[0]! +
                rotation[k * 3 + 1]! * local[1]! +
                rotation[k * 3 + 2]! * local[2]!) +
            shift[k]!;
        }
      }
      return out;
    };
    const positions = turn(mesh.positions, lipMiddle, anchor, lowered);
    return {
      triangles: mesh.triangles,
      positions,
      normals: normalsOf(positions, mesh.triangles),
      jaw: mesh.jaw ? turn(mesh.jaw, [0, 0, 0], [0, 0, 0], 0) : new Float64Array(positions.length),
    };
  };
  const lipDepth = (face.points[13 * 3 + 2]! + face.points[14 * 3 + 2]!) / 2;
  const upperTeeth = place(rig.upperTeeth, drop);
  const lowerTeeth = place(rig.lowerTeeth, drop);
  const softness = Math.max(0.45, 0.75 * facts.blurPx);
  const texels = face.iod > 260 ? 1 : 2;
  const teeth =
    (share: number, fall: number) =>
    (light: number, depth: number, facing: number): Colour => {
      const shade =
        share * (0.5 + 0.5 * light) * (0.72 + 0.28 * facing) * Math.exp(-fall * Math.max(0, depth - 0.2));
      const specular = 0.06 * Math.max(0, light - 0.86) * 7;
      // Teeth in the shade turn warm; a neutral darkening looks like metal.
      return [
        facts.teeth[0] * (shade ** 0.88 + specular),
        facts.teeth[1] * (shade ** 1.03 + specular),
        facts.teeth[2] * (shade ** 1.12 + specular),
      ];
    };
  const gum = (light: number, depth: number): Colour => {
    const shade = (0.35 + 0.65 * light) * Math.exp(-0.42 * Math.max(0, depth));
    return [facts.gum[0] * shade, facts.gum[1] * shade, facts.gum[2] * shade];
  };
  const front = (mesh: PlacedMesh) => {
    let nearest = 0;
    for (let i = 0; i < mesh.positions.length; i += 3) {
      if (mesh.positions[i + 2]! < mesh.positions[nearest + 2]!) nearest = i;
    }
    return nearest;
  };
  const lowerFront = front(lowerTeeth);
  const tongue = place(rig.tongue, 0);
  return {
    upper: drawLayer(
      [
        { mesh: place(rig.upperGum, drop), shade: gum },
        { mesh: upperTeeth, shade: teeth(1, 0.5) },
      ],
      texels,
      softness,
      lipDepth,
      scale,
    ),
    lower: drawLayer(
      [
        { mesh: place(rig.lowerGum, drop), shade: gum },
        { mesh: lowerTeeth, shade: teeth(0.8, 0.85) },
      ],
      texels,
      softness,
      lipDepth,
      scale,
    ),
    jawShift: [lowerTeeth.jaw[lowerFront]!, lowerTeeth.jaw[lowerFront + 1]!],
    tongue,
    tongueLight: lightOf(tongue),
    lipDepth,
    teethDepth: upperTeeth.positions[front(upperTeeth) + 2]!,
    perCm: scale,
  };
}
