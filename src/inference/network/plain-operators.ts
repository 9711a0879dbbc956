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

/** The values of a tensor repeated along axes of size 1, as NumPy does. */
function spread(x: Plain, dims: readonly number[], size: number): Float32Array {
  if (x.data.length === size) return x.data;
  const steps = stepsOf(x.dims, dims.length);
  const data = new Float32Array(size);
  const at = dims.map(() => 0);
  for (let k = 0, i = 0; k < size; k++) {
    data[k] = x.data[i]!;
    for (let axis = dims.length - 1; axis >= 0; axis--) {
      i += steps[axis]!;
      if (++at[axis]! < dims[axis]!) break;
      at[axis] = 0;
      i -= steps[axis]! * dims[axis]!;
    }
  }
  return data;
}

/** Makes `out` of as many values of `a`, and of those of `b` again and again. */
type Loop = (out: Float32Array, a: Float32Array, b: Float32Array) => void;

/** Whether the last axes of some sizes are those of a tensor that has no others. */
function endsWith(dims: readonly number[], own: readonly number[]): boolean {
  let rank = own.length;
  while (rank > 0 && own[own.length - rank] === 1) rank--;
  for (let i = 1; i <= rank; i++) if (dims[dims.length - i] !== own[own.length - i]) return false;
  return true;
}

/** Element by element, sizes of 1 repeated as in NumPy. */
function elementwise(a: Plain, b: Plain, loop: Loop): Plain {
  const rank = Math.max(a.dims.length, b.dims.length);
  const dims = Array.from({ length: rank }, (_, axis) =>
    Math.max(a.dims[axis - rank + a.dims.length] ?? 1, b.dims[axis - rank + b.dims.length] ?? 1),
  );
  const size = sizeOf(dims);
  const data = new Float32Array(size);
  loop(data, spread(a, dims, size), endsWith(dims, b.dims) ? b.data : spread(b, dims, size));
  return { dims, data };
}

/** Each has its own loop: one that calls another function for each value takes five times as long. */
const LOOPS = {
  add(out, a, b) {
    for (let k = 0, j = 0; k < out.length; k++) {
      out[k] = a[k]! + b[j]!;
      if (++j === b.length) j = 0;
    }
  },
  subtract(out, a, b) {
    for (let k = 0, j = 0; k < out.length; k++) {
      out[k] = a[k]! - b[j]!;
      if (++j === b.length) j = 0;
    }
  },
  multiply(out, a, b) {
    for (let k = 0, j = 0; k < out.length; k++) {
      out[k] = a[k]! * b[j]!;
      if (++j === b.length) j = 0;
    }
  },
  divide(out, a, b) {
    for (let k = 0, j = 0; k < out.length; k++) {
      out[k] = a[k]! / b[j]!;
      if (++j === b.length) j = 0;
    }
  },
  greater(out, a, b) {
    for (let k = 0, j = 0; k < out.length; k++) {
      out[k] = Math.max(a[k]!, b[j]!);
      if (++j === b.length) j = 0;
    }
  },
  lesser(out, a, b) {
    for (let k = 0, j = 0; k < out.length; k++) {
      out[k] = Math.min(a[k]!, b[j]!);
      if (++j === b.length) j = 0;
    }
  },
  equal(out, a, b) {
    for (let k = 0, j = 0; k < out.length; k++) {
      out[k] = a[k] === b[j] ? 1 : 0;
      if (++j === b.length) j = 0;
    }
  },
} as const satisfies Record<string, Loop>;

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
    for (let i = 0, k = 0; i < before; i++) {
      const end = i * length * after + at + row;
      for (let to = end - row; to < end; to++) data[to] = from[k++]!;
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
  const [before, along, after] = around(x.dims, axis);
  const [first, last] = [start.data[0]!, Math.min(end.data[0]!, along)];
  const row = (last - first) * after;
  const data = new Float32Array(before * row);
  for (let i = 0, to = 0; i < before; i++) {
    const from = (i * along + first) * after;
    for (let k = 0; k < row; k++) data[to++] = x.data[from + k]!;
  }
  return { dims: x.dims.with(axis, last - first), data };
}

const sum = (a: number, b: number) => a + b;

/** What an operator of ONNX makes of small tensors; whole-number attributes by name. */
type Operator = (inputs: readonly Plain[], attributes: Readonly<Record<string, readonly number[]>>) => Plain;

const axisOf = ({ axes, axis }: Parameters<Operator>[1]) => axes?.[0] ?? axis?.[0] ?? 0;
const keeps = ({ keepdims }: Parameters<Operator>[1]) => keepdims?.[0] !== 0;

/** The operators of ONNX on small tensors that our networks need, by type. */
export const PLAIN_OPERATORS: Readonly<Record<string, Operator>> = {
  Add: ([a, b]) => elementwise(a!, b!, LOOPS.add),
  Sub: ([a, b]) => elementwise(a!, b!, LOOPS.subtract),
  Mul: ([a, b]) => elementwise(a!, b!, LOOPS.multiply),
  Div: ([a, b]) => elementwise(a!, b!, LOOPS.divide),
  Max: ([a, b]) => elementwise(a!, b!, LOOPS.greater),
  Min: ([a, b]) => elementwise(a!, b!, LOOPS.lesser),
  Equal: ([a, b]) => elementwise(a!, b!, LOOPS.equal),
  Expand: ([x, dims]) =>
    elementwise(
      x!,
      { dims: Array.from(dims!.data), data: new Float32Array(sizeOf([...dims!.data])) },
      LOOPS.add,
    ),
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
