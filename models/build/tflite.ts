import { ByteBuffer } from "flatbuffers";

/** Element types of TensorFlow Lite tensors that our source models use. */
export type TfliteType = "float32" | "float16" | "int32";

/** One tensor of a TensorFlow Lite graph; `data` is absent for the results of operators. */
export interface TfliteTensor {
  readonly name: string;
  /** Dimensions as stored, NHWC for feature maps. */
  readonly shape: readonly number[];
  readonly type: TfliteType;
  readonly data: Uint8Array | undefined;
}

/** One operator; `options` reads a field of its built-in options table by its number in the schema. */
export interface TfliteOperator {
  /** Built-in name such as `conv2d`, or the name of a custom operator. */
  readonly kind: string;
  readonly version: number;
  readonly inputs: readonly number[];
  readonly outputs: readonly number[];
  readonly options: (field: number, type: "byte" | "int", fallback: number) => number;
  /** FlexBuffer of a custom operator's options; empty for built-in ones. */
  readonly custom: Uint8Array;
}

/** The main graph of a TensorFlow Lite model, operators in execution order. */
export interface TfliteGraph {
  readonly tensors: readonly TfliteTensor[];
  readonly inputs: readonly number[];
  readonly outputs: readonly number[];
  readonly operators: readonly TfliteOperator[];
}

/** Numbers of the built-in operators in TensorFlow Lite's schema, those that our source models use. */
const BUILTIN: Readonly<Record<number, string>> = {
  0: "add",
  1: "average-pool2d",
  2: "concatenation",
  3: "conv2d",
  4: "depthwise-conv2d",
  6: "dequantize",
  14: "logistic",
  17: "max-pool2d",
  18: "mul",
  19: "relu",
  22: "reshape",
  23: "resize-bilinear",
  34: "pad",
  45: "strided-slice",
  54: "prelu",
  97: "resize-nearest",
  117: "hard-swish",
};
const CUSTOM = 32;
const TYPES: Readonly<Record<number, TfliteType>> = { 0: "float32", 1: "float16", 2: "int32" };

/** A table of a FlatBuffer: fields are found through the vtable by their number in the schema. */
class Table {
  constructor(
    private readonly bytes: ByteBuffer,
    private readonly at: number,
  ) {}

  /** Root table of a buffer. */
  static root(bytes: ByteBuffer): Table {
    return new Table(bytes, bytes.readInt32(bytes.position()) + bytes.position());
  }

  private field(index: number): number {
    const offset = this.bytes.__offset(this.at, 4 + 2 * index);
    return offset === 0 ? 0 : this.at + offset;
  }

  byte(index: number, fallback: number): number {
    const at = this.field(index);
    return at === 0 ? fallback : this.bytes.readInt8(at);
  }

  int(index: number, fallback: number): number {
    const at = this.field(index);
    return at === 0 ? fallback : this.bytes.readInt32(at);
  }

  text(index: number): string {
    const at = this.field(index);
    return at === 0 ? "" : (this.bytes.__string(at) as string);
  }

  table(index: number): Table | undefined {
    const at = this.field(index);
    return at === 0 ? undefined : new Table(this.bytes, this.bytes.__indirect(at));
  }

  private vector(index: number): { start: number; length: number } {
    const at = this.field(index);
    if (at === 0) return { start: 0, length: 0 };
    const vector = this.bytes.__indirect(at);
    return { start: vector + 4, length: this.bytes.readInt32(vector) };
  }

  ints(index: number): number[] {
    const { start, length } = this.vector(index);
    return Array.from({ length }, (_, i) => this.bytes.readInt32(start + 4 * i));
  }

  data(index: number): Uint8Array {
    const { start, length } = this.vector(index);
    return this.bytes.bytes().slice(start, start + length);
  }

  tables(index: number): Table[] {
    const { start, length } = this.vector(index);
    return Array.from({ length }, (_, i) => new Table(this.bytes, this.bytes.__indirect(start + 4 * i)));
  }
}

/**
 * Reads the first subgraph of a TensorFlow Lite model.
 * @throws Error when the bytes are no TensorFlow Lite model or use an operator or type not listed here.
 * @see TensorFlow Lite's `schema.fbs` for the field numbers.
 */
export function readTflite(bytes: Uint8Array): TfliteGraph {
  const buffer = new ByteBuffer(bytes);
  if (!buffer.__has_identifier("TFL3")) throw new Error("not a TensorFlow Lite model: no TFL3 identifier");
  const model = Table.root(buffer);
  const codes = model.tables(1).map((code) => {
    const builtin = Math.max(code.byte(0, 0), code.int(3, 0));
    const kind = builtin === CUSTOM ? code.text(1) : BUILTIN[builtin];
    if (kind === undefined) throw new Error(`operator ${builtin} of the model has no conversion`);
    return { kind, version: code.int(2, 1) };
  });
  const buffers = model.tables(4);
  const graph = model.tables(2)[0];
  if (graph === undefined) throw new Error("the model has no graph");
  return {
    tensors: graph.tables(0).map((tensor) => {
      const type = TYPES[tensor.byte(1, 0)];
      if (type === undefined) throw new Error(`tensor ${tensor.text(3)} has an unknown type`);
      const data = buffers[tensor.int(2, 0)]!.data(0);
      return { name: tensor.text(3), shape: tensor.ints(0), type, data: data.length > 0 ? data : undefined };
    }),
    inputs: graph.ints(1),
    outputs: graph.ints(2),
    operators: graph.tables(3).map((operator) => {
      const options = operator.table(4);
      return {
        ...codes[operator.int(0, 0)]!,
        inputs: operator.ints(1),
        outputs: operator.ints(2),
        options: (field, type, fallback) => options?.[type](field, fallback) ?? fallback,
        custom: operator.data(5),
      };
    }),
  };
}
