import { EngineError } from "../../job/errors.ts";

/** The canonical face that landmarks are fitted to; MediaPipe's 468-vertex mesh. */
export interface FaceGeometry {
  /** `[468, 3]` in centimetres: x to the image's right when facing the viewer, y up, z to the viewer. */
  readonly positions: Float32Array<ArrayBuffer>;
  /** `[468, 2]` texture coordinates in [0, 1]. */
  readonly uvs: Float32Array<ArrayBuffer>;
  /** `[triangles, 3]` vertex numbers. */
  readonly triangles: Uint16Array<ArrayBuffer>;
  /** Vertices that expressions hardly move, on which a pose is fitted. */
  readonly stable: Uint16Array<ArrayBuffer>;
  /** Weights of `stable`. */
  readonly stableWeights: Float32Array<ArrayBuffer>;
}

const MAGIC = 0x31474644;
const HEADER_BYTES = 16;

/**
 * Reads `face-geometry.bin` (its layout is described in `models/build/face-geometry.ts`).
 * @throws EngineError `model/integrity` when the bytes are another file.
 */
export function readGeometry(bytes: Uint8Array<ArrayBuffer>): FaceGeometry {
  const buffer = bytes.slice().buffer;
  const [magic, vertices, triangles, stable] = new Uint32Array(buffer, 0, HEADER_BYTES / 4) as unknown as [
    number,
    number,
    number,
    number,
  ];
  const floats = vertices * 5 + stable;
  if (magic !== MAGIC || buffer.byteLength !== HEADER_BYTES + floats * 4 + (triangles * 3 + stable) * 2) {
    throw new EngineError(
      "model/integrity",
      "The canonical face's file is damaged. Run npm run models again.",
    );
  }
  let at = HEADER_BYTES;
  const take = <T>(read: (offset: number, length: number) => T, length: number, size: number): T => {
    const part = read(at, length);
    at += length * size;
    return part;
  };
  const float = (offset: number, length: number) => new Float32Array(buffer, offset, length);
  const short = (offset: number, length: number) => new Uint16Array(buffer, offset, length);
  return {
    positions: take(float, vertices * 3, 4),
    uvs: take(float, vertices * 2, 4),
    stableWeights: take(float, stable, 4),
    triangles: take(short, triangles * 3, 2),
    stable: take(short, stable, 2),
  };
}
