import { EngineError } from "../../job/errors.ts";

/** Names of the rig's expression controls, in the order of `rig.bin`. */
export const CONTROLS = [
  "jaw",
  "pucker",
  "funnel",
  "stretch",
  "smile",
  "frown",
  "upper",
  "lower",
  "press",
  "rollUpper",
  "rollLower",
  "shrugLower",
  "shrugUpper",
  "dimple",
  "puff",
  "cheek",
  "squint",
  "sneer",
  "blinkRight",
  "blinkLeft",
  "browUp",
  "browDown",
  "jawForward",
] as const;

/** The name of one expression control. */
export type Control = (typeof CONTROLS)[number];

/** A part of the mouth's inside as a triangle mesh in the canonical frame. */
export interface MouthMesh {
  /** `[vertices, 3]` in cm: x to the image's right, y down, z away from the viewer. */
  readonly positions: Float32Array<ArrayBuffer>;
  /** `[triangles, 3]` vertex numbers. */
  readonly triangles: Uint16Array<ArrayBuffer>;
  /** `[vertices, 3]` in cm: motion when the jaw is fully open; absent for what the skull carries. */
  readonly jaw?: Float32Array<ArrayBuffer>;
}

/** Everything that is the same for all faces: canonical geometry, expressions, the mouth's inside. */
export interface Rig {
  /** `[468, 3]` canonical vertices in cm: x to the image's right, y down, z away from the viewer. */
  readonly vertices: Float32Array<ArrayBuffer>;
  /** `[898, 3]` vertex numbers. */
  readonly triangles: Uint16Array<ArrayBuffer>;
  /** For each control `[468, 3]` in cm at weight 1, axes as `vertices`. */
  readonly deltas: Readonly<Record<Control, Float32Array<ArrayBuffer>>>;
  readonly upperTeeth: MouthMesh;
  readonly upperGum: MouthMesh;
  readonly lowerTeeth: MouthMesh;
  readonly lowerGum: MouthMesh;
  readonly tongue: MouthMesh;
}

/** Distance between the midpoints of the canonical eyes' corners in cm. */
export const CANONICAL_IOD_CM = 6.3023;

const VERTICES = 468;
const RIG_MAGIC = 0x47495244;
const GEOMETRY_MAGIC = 0x31474644;

interface Section {
  readonly type: "i16" | "u16";
  readonly offset: number;
  readonly count: number;
  readonly scale?: number;
}

function broken(what: string): EngineError {
  return new EngineError(
    "model/integrity",
    `The face rig cannot be read (${what}). Rebuild the models or reload the page.`,
  );
}

/** Turns y up, z to the viewer into y down, z away. */
function flip(xyz: Float32Array<ArrayBuffer>): Float32Array<ArrayBuffer> {
  for (let i = 0; i < xyz.length; i += 3) {
    xyz[i + 1] = -xyz[i + 1]!;
    xyz[i + 2] = -xyz[i + 2]!;
  }
  return xyz;
}

/**
 * Reads the two files of the rig.
 * @param rigBytes `models/rig/rig.bin`.
 * @param geometryBytes the canonical face, `models/built/face-geometry.bin`.
 * @throws EngineError `model/integrity` when either is not what it should be.
 */
export function loadRig(rigBytes: Uint8Array, geometryBytes: Uint8Array): Rig {
  if (geometryBytes.length < 16) throw broken("the canonical face is empty");
  const geometry = new Uint8Array(geometryBytes).buffer;
  const [magic, count, triangleCount, stable] = new Uint32Array(geometry, 0, 4) as unknown as number[];
  const trianglesAt = 16 + 4 * (VERTICES * 5 + stable!);
  if (
    magic !== GEOMETRY_MAGIC ||
    count !== VERTICES ||
    trianglesAt + triangleCount! * 6 > geometry.byteLength
  ) {
    throw broken("the canonical face has another layout");
  }
  const vertices = flip(new Float32Array(geometry.slice(16, 16 + VERTICES * 12)));
  const triangles = new Uint16Array(geometry.slice(trianglesAt, trianglesAt + triangleCount! * 6));

  const blob = new Uint8Array(rigBytes).buffer;
  if (blob.byteLength < 8) throw broken("rig.bin is empty");
  const [rigMagic, headerBytes] = new Uint32Array(blob, 0, 2) as unknown as number[];
  if (rigMagic !== RIG_MAGIC || 8 + headerBytes! > blob.byteLength)
    throw broken("rig.bin has another layout");
  const header = JSON.parse(new TextDecoder().decode(new Uint8Array(blob, 8, headerBytes))) as {
    controls: string[];
    sections: Record<string, Section>;
  };
  if (header.controls.join() !== CONTROLS.join()) throw broken("its controls have other names");
  const body = 8 + headerBytes!;
  const bytesOf = (name: string) => {
    const section = header.sections[name];
    if (!section || body + section.offset + section.count * 2 > blob.byteLength)
      throw broken(`${name} is missing`);
    const start = body + section.offset;
    return { section, data: blob.slice(start, start + section.count * 2) };
  };
  const floats = (name: string) => {
    const { section, data } = bytesOf(name);
    return Float32Array.from(new Int16Array(data), (value) => value * (section.scale ?? 1));
  };
  const all = flip(floats("deltas"));
  if (all.length !== CONTROLS.length * VERTICES * 3) throw broken("the deltas have another size");
  const deltas = Object.fromEntries(
    CONTROLS.map((name, i) => [name, all.slice(i * VERTICES * 3, (i + 1) * VERTICES * 3)]),
  ) as Record<Control, Float32Array<ArrayBuffer>>;
  const mesh = (name: string): MouthMesh => ({
    positions: flip(floats(`${name}.positions`)),
    triangles: new Uint16Array(bytesOf(`${name}.triangles`).data),
    ...(header.sections[`${name}.jaw`] ? { jaw: flip(floats(`${name}.jaw`)) } : {}),
  });
  return {
    vertices,
    triangles,
    deltas,
    upperTeeth: mesh("upperTeeth"),
    upperGum: mesh("upperGum"),
    lowerTeeth: mesh("lowerTeeth"),
    lowerGum: mesh("lowerGum"),
    tongue: mesh("tongue"),
  };
}
