import type { Constant } from "./read-graph.ts";

/** A small tensor, row-major: points, matrices, sizes. */
export type Plain = Constant;

const sizeOf = (dims: readonly number[]) => dims.reduce((product, size) => product * size, 1);

/** Steps from one index of each axis to the next, in elements; 0 along an axis that is repeated. */
function stepsOf(dims: readonly number[], rank: number): number[] {
  const steps = new Array<number>(rank).fill(0);
  let step = 1;
  for (let axis = dims.length - 1; axis >= 0; axis--) {
    steps[rank - dims.length + axis] = dims[axis] === 1 ? 0 : step;
    step *= dims[axis]!;
  }
  return steps;
}

/** Element by element, sizes of 1 repeated as in NumPy. */
export function elementwise(a: Plain, b: Plain, of: (a: number, b: number) => number): Plain {
  const rank = Math.max(a.dims.length, b.dims.length);
  const dims = Array.from({ length: rank }, (_, axis) =>
    Math.max(a.dims[axis - rank + a.dims.length] ?? 1, b.dims[axis - rank + b.dims.length] ?? 1),
  );
  const data = new Float32Array(sizeOf(dims));
  const inner = b.data.length;
  // What is mostly done: sizes are equal, or the last axes of `b` are those of `a` and it has no others.
  const tail = b.dims.slice(b.dims.findIndex((size) => size > 1));
  const isTail = inner === 1 || dims.slice(-tail.length).join() === tail.join();
  if (isTail && a.data.length === data.length) {
    for (let k = 0, j = 0; k < data.length; k++) {
      data[k] = of(a.data[k]!, b.data[j]!);
      if (++j === inner) j = 0;
    }
    return { dims, data };
  }
  const [stepsA, stepsB] = [stepsOf(a.dims, rank), stepsOf(b.dims, rank)];
  const at = dims.map(() => 0);
  let [i, j] = [0, 0];
  for (let k = 0; k < data.length; k++) {
    data[k] = of(a.data[i]!, b.data[j]!);
    for (let axis = rank - 1; axis >= 0; axis--) {
      i += stepsA[axis]!;
      j += stepsB[axis]!;
      if (++at[axis]! < dims[axis]!) break;
      at[axis] = 0;
      i -= stepsA[axis]! * dims[axis]!;
      j -= stepsB[axis]! * dims[axis]!;
    }
  }
  return { dims, data };
}

const map = ({ dims, data }: Plain, of: (value: number) => number): Plain => ({ dims, data: data.map(of) });

/** The product of a's rows and a matrix. */
function matrixProduct(a: Plain, b: Plain): Plain {
  const inner = a.dims.at(-1)!;
  const columns = b.dims[1]!;
  const rows = a.data.length / inner;
  const data = new Float32Array(rows * columns);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      let sum = 0;
      for (let k = 0; k < inner; k++) sum += a.data[row * inner + k]! * b.data[k * columns + column]!;
      data[row * columns + column] = sum;
    }
  }
  return { dims: [...a.dims.slice(0, -1), columns], data };
}

/** Elements before, along and after an axis. */
const around = (dims: readonly number[], axis: number) =>
  [sizeOf(dims.slice(0, axis)), dims[axis]!, sizeOf(dims.slice(axis + 1))] as const;

function reduced(x: Plain, axis: number, keep: boolean, of: (a: number, b: number) => number): Plain {
  const [before, along, after] = around(x.dims, axis);
  const data = new Float32Array(before * after);
  for (let i = 0; i < before; i++) {
    for (let j = 0; j < after; j++) {
      let value = x.data[i * along * after + j]!;
      for (let k = 1; k < along; k++) value = of(value, x.data[(i * along + k) * after + j]!);
      data[i * after + j] = value;
    }
  }
  const dims = keep ? x.dims.with(axis, 1) : x.dims.filter((_, i) => i !== axis);
  return { dims, data };
}

function gathered(x: Plain, axis: number, { data: indices, dims: indexDims }: Plain): Plain {
  const [before, along, after] = around(x.dims, axis);
  const data = new Float32Array(before * indices.length * after);
  for (let i = 0, to = 0; i < before; i++) {
    for (const index of indices) {
      const from = (i * along + index) * after;
      for (let k = 0; k < after; k++) data[to++] = x.data[from + k]!;
    }
  }
  return { dims: [...x.dims.slice(0, axis), ...indexDims, ...x.dims.slice(axis + 1)], data };
}

function joined(parts: readonly Plain[], axis: number): Plain {
  const { dims: first } = parts[0]!;
  const length = parts.reduce((sum, { dims }) => sum + dims[axis]!, 0);
  const [before, , after] = around(first, axis);
  const data = new Float32Array(before * length * after);
  let at = 0;
  for (const { dims, data: from } of parts) {
    const row = dims[axis]! * after;
    for (let i = 0; i < before; i++) {
      data.set(from.subarray(i * row, (i + 1) * row), i * length * after + at);
    }
    at += row;
  }
  return { dims: first.with(axis, length), data };
}

function reshaped({ data }: Plain, { data: wanted }: Plain): Plain {
  const known = wanted.reduce((product, size) => (size < 0 ? product : product * size), 1);
  return { dims: Array.from(wanted, (size) => (size < 0 ? data.length / known : size)), data };
}

function turned({ dims, data }: Plain): Plain {
  const [rows, columns] = dims as [number, number];
  const out = new Float32Array(data.length);
  for (let i = 0; i < data.length; i++) out[(i % columns) * rows + Math.floor(i / columns)] = data[i]!;
  return { dims: [columns, rows], data: out };
}

/** From `start` to `end` along an axis. */
function sliced(x: Plain, start: Plain, end: Plain, axes: Plain): Plain {
  const axis = axes.data[0]!;
  const [from, to] = [start.data[0]!, Math.min(end.data[0]!, x.dims[axis]!)];
  const indices = Float32Array.from({ length: to - from }, (_, i) => from + i);
  return gathered(x, axis, { dims: [indices.length], data: indices });
}

const sum = (a: number, b: number) => a + b;

/** What an operator of ONNX makes of small tensors; whole-number attributes by name. */
type Operator = (inputs: readonly Plain[], attributes: Readonly<Record<string, readonly number[]>>) => Plain;

const axisOf = ({ axes, axis }: Parameters<Operator>[1]) => axes?.[0] ?? axis?.[0] ?? 0;
const keeps = ({ keepdims }: Parameters<Operator>[1]) => keepdims?.[0] !== 0;

/** The operators of ONNX on small tensors that our networks need, by type. */
export const PLAIN_OPERATORS: Readonly<Record<string, Operator>> = {
  Add: ([a, b]) => elementwise(a!, b!, sum),
  Sub: ([a, b]) => elementwise(a!, b!, (x, y) => x - y),
  Mul: ([a, b]) => elementwise(a!, b!, (x, y) => x * y),
  Div: ([a, b]) => elementwise(a!, b!, (x, y) => x / y),
  Max: ([a, b]) => elementwise(a!, b!, Math.max),
  Min: ([a, b]) => elementwise(a!, b!, Math.min),
  Equal: ([a, b]) => elementwise(a!, b!, (x, y) => (x === y ? 1 : 0)),
  Expand: ([x, dims]) =>
    elementwise(x!, { dims: Array.from(dims!.data), data: new Float32Array(sizeOf([...dims!.data])) }, sum),
  Cast: ([x]) => x!,
  Sqrt: ([x]) => map(x!, Math.sqrt),
  Sigmoid: ([x]) => map(x!, (value) => 1 / (1 + Math.exp(-value))),
  MatMul: ([a, b]) => matrixProduct(a!, b!),
  Transpose: ([x]) => turned(x!),
  Reshape: ([x, dims]) => reshaped(x!, dims!),
  Gather: ([x, indices], attributes) => gathered(x!, axisOf(attributes), indices!),
  Slice: ([x, start, end, axes]) => sliced(x!, start!, end!, axes!),
  Concat: (parts, attributes) => joined(parts, axisOf(attributes)),
  ReduceMax: ([x], attributes) => reduced(x!, axisOf(attributes), keeps(attributes), Math.max),
  ReduceMin: ([x], attributes) => reduced(x!, axisOf(attributes), keeps(attributes), Math.min),
  ReduceSum: ([x, axes], attributes) => reduced(x!, axes!.data[0]!, keeps(attributes), sum),
  ReduceMean: ([x], attributes) => {
    const axis = axisOf(attributes);
    const share = 1 / x!.dims[axis]!;
    return map(reduced(x!, axis, keeps(attributes), sum), (value) => value * share);
  },
};
