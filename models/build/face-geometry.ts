/** One field of a protocol-buffer message: a number, or the bytes of a text, a message or a packed list. */
type Field = { readonly number: number } & (
  | { readonly value: number; readonly bytes?: undefined }
  | { readonly bytes: Uint8Array; readonly value?: undefined }
);

function readVarint(bytes: Uint8Array, start: number): [number, number] {
  let [value, factor, at] = [0, 1, start];
  for (;;) {
    const byte = bytes[at++];
    if (byte === undefined) throw new Error("the message ends within a number");
    value += (byte & 0x7f) * factor;
    if (byte < 0x80) return [value, at];
    factor *= 128;
  }
}

function* fields(bytes: Uint8Array): Generator<Field> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 0;
  while (at < bytes.length) {
    const [tag, next] = readVarint(bytes, at);
    const number = tag >> 3;
    if ((tag & 7) === 0) {
      const [value, end] = readVarint(bytes, next);
      yield { number, value };
      at = end;
    } else if ((tag & 7) === 5) {
      yield { number, value: view.getFloat32(next, true) };
      at = next + 4;
    } else if ((tag & 7) === 2) {
      const [length, start] = readVarint(bytes, next);
      yield { number, bytes: bytes.subarray(start, start + length) };
      at = start + length;
    } else {
      throw new Error(`wire type ${tag & 7} is not expected here`);
    }
  }
}

const packedFloats = (bytes: Uint8Array) => Array.from(new Float32Array(bytes.slice().buffer));

function packedVarints(bytes: Uint8Array): number[] {
  const out: number[] = [];
  for (let at = 0; at < bytes.length;) {
    const [value, next] = readVarint(bytes, at);
    out.push(value);
    at = next;
  }
  return out;
}

/** First word of the file, "DFG1". */
export const GEOMETRY_MAGIC = 0x31474644;

/**
 * MediaPipe's canonical face (`GeometryPipelineMetadata`) in a flat layout, little-endian:
 *
 * | Bytes | What |
 * |---|---|
 * | 4 × uint32 | magic "DFG1", vertices V, triangles T, stable points S |
 * | V × 3 float32 | positions in centimetres: x to the face's left, y up, z to the viewer |
 * | V × 2 float32 | texture coordinates in [0, 1] |
 * | S float32 | weights of the stable points |
 * | T × 3 uint16 | vertex numbers of each triangle |
 * | S uint16 | vertex numbers of the stable points, on which a head pose is fitted |
 */
export function convertGeometry(metadata: Uint8Array): Uint8Array {
  let [vertices, triangles]: [number[], number[]] = [[], []];
  const basis: { vertex: number; weight: number }[] = [];
  for (const field of fields(metadata)) {
    if (field.bytes === undefined) continue;
    if (field.number === 1) {
      const single: Record<number, number[]> = { 3: [], 4: [] };
      for (const part of fields(field.bytes)) {
        if (part.bytes !== undefined) {
          single[part.number] = part.number === 3 ? packedFloats(part.bytes) : packedVarints(part.bytes);
        } else if (part.number === 3 || part.number === 4) {
          single[part.number]!.push(part.value);
        }
      }
      [vertices, triangles] = [single[3]!, single[4]!];
    } else if (field.number === 2) {
      const parts = new Map([...fields(field.bytes)].map((part) => [part.number, part.value ?? 0]));
      basis.push({ vertex: parts.get(1) ?? 0, weight: parts.get(2) ?? 0 });
    }
  }
  const count = vertices.length / 5;
  if (count !== 468 || triangles.length % 3 !== 0 || basis.length === 0) {
    throw new Error(`the canonical face has ${count} vertices and ${basis.length} stable points`);
  }
  const floats = new Float32Array([
    ...Array.from({ length: count * 3 }, (_, i) => vertices[Math.floor(i / 3) * 5 + (i % 3)]!),
    ...Array.from({ length: count * 2 }, (_, i) => vertices[(i >> 1) * 5 + 3 + (i & 1)]!),
    ...basis.map(({ weight }) => weight),
  ]);
  const shorts = new Uint16Array([...triangles, ...basis.map(({ vertex }) => vertex)]);
  const header = new Uint32Array([GEOMETRY_MAGIC, count, triangles.length / 3, basis.length]);
  return new Uint8Array(Buffer.concat([header, floats, shorts].map((part) => new Uint8Array(part.buffer))));
}
