import { ProtoWriter } from "../../src/inference/onnx/proto-writer.ts";

/** Operator set of every graph written here; later sets fall off onnxruntime's WebGPU provider in places. */
export const OPSET = 17;
/** File format version that belongs to {@link OPSET}. */
const IR_VERSION = 8;

/** ONNX's numbers of the element types used here. */
const ELEMENT = { float32: 1, uint8: 2, int8: 3, int64: 7, float16: 10 } as const;
const ATTRIBUTE = { float: 1, int: 2, string: 3, tensor: 4, ints: 7 } as const;

/** Element types that inputs, outputs and constants may have. */
export type ElementName = keyof typeof ELEMENT;

/** A size of an input or output; a text names a size that may vary. */
export type Size = number | string;

/** An attribute of a node: an integer, a list of integers, a text, or a number written as `{ float }`. */
export type Attribute = number | readonly number[] | string | { readonly float: number };

function writeAttribute(to: ProtoWriter, name: string, value: Attribute): void {
  to.text(1, name);
  if (typeof value === "number") to.int(3, value).int(20, ATTRIBUTE.int);
  else if (typeof value === "string") to.text(4, value).int(20, ATTRIBUTE.string);
  else if ("float" in value) to.float(2, value.float).int(20, ATTRIBUTE.float);
  else {
    for (const item of value) to.int(8, item);
    to.int(20, ATTRIBUTE.ints);
  }
}

function writeValue(
  to: ProtoWriter,
  name: string,
  dims: readonly Size[],
  element: ElementName = "float32",
): void {
  to.text(1, name).message(2, (type) =>
    type.message(1, (tensor) =>
      tensor.int(1, ELEMENT[element]).message(2, (shape) => {
        for (const size of dims) {
          shape.message(1, (dim) => (typeof size === "number" ? dim.int(1, size) : dim.text(2, size)));
        }
      }),
    ),
  );
}

/** Collects nodes and constants of one ONNX graph and serialises them; values are known by name. */
export class OnnxGraph {
  private readonly nodes: Uint8Array[] = [];
  private readonly constants: Uint8Array[] = [];
  private readonly inputs: Uint8Array[] = [];
  private readonly outputs: Uint8Array[] = [];
  private readonly shared = new Map<string, string>();
  private count = 0;

  /**
   * @param name name of the graph, shown by viewers.
   * @param opset version of the operators.
   */
  constructor(
    private readonly name: string,
    private readonly opset = OPSET,
  ) {}

  /** Adds a node and returns the name of its single output (`output` when given, else a fresh one). */
  node(
    type: string,
    inputs: readonly string[],
    attributes: Readonly<Record<string, Attribute>> = {},
    output = `v${this.count++}`,
  ): string {
    return this.nodeOf(type, inputs, attributes, [output])[0]!;
  }

  /** Adds a node with several outputs and returns their names; an empty input is left out. */
  nodeOf(
    type: string,
    inputs: readonly string[],
    attributes: Readonly<Record<string, Attribute>>,
    outputs: readonly string[] | number,
  ): readonly string[] {
    const names =
      typeof outputs === "number" ? Array.from({ length: outputs }, () => `v${this.count++}`) : outputs;
    const writer = new ProtoWriter();
    for (const input of inputs) writer.text(1, input);
    for (const output of names) writer.text(2, output);
    writer.text(3, `${type}_${this.nodes.length}`).text(4, type);
    for (const [key, value] of Object.entries(attributes)) {
      writer.message(5, (to) => {
        writeAttribute(to, key, value);
      });
    }
    this.nodes.push(writer.finish());
    return names;
  }

  private constant(type: number, dims: readonly number[], raw: Uint8Array): string {
    const key = `${type}:${dims.join()}:${raw.length <= 64 ? raw.join() : `#${this.constants.length}`}`;
    const known = this.shared.get(key);
    if (known !== undefined) return known;
    const name = `c${this.constants.length}`;
    const writer = new ProtoWriter();
    for (const size of dims) writer.int(1, size);
    this.constants.push(writer.int(2, type).text(8, name).bytes(9, raw).finish());
    this.shared.set(key, name);
    return name;
  }

  /** A float32 constant. */
  floats(values: ArrayLike<number>, dims: readonly number[] = [values.length]): string {
    return this.constant(ELEMENT.float32, dims, new Uint8Array(Float32Array.from(values).buffer));
  }

  /** A float32 constant as a node of its own, as some exporters write their weights. */
  constantNode(values: ArrayLike<number>, dims: readonly number[]): string {
    const output = `v${this.count++}`;
    const raw = new Uint8Array(Float32Array.from(values).buffer);
    const node = new ProtoWriter().text(2, output).text(4, "Constant");
    node.message(5, (attribute) =>
      attribute
        .text(1, "value")
        .message(5, (tensor) => {
          for (const size of dims) tensor.int(1, size);
          tensor.int(2, ELEMENT.float32).bytes(9, raw);
        })
        .int(20, ATTRIBUTE.tensor),
    );
    this.nodes.push(node.finish());
    return output;
  }

  /** An int64 constant, as shapes, indices and axes need it. */
  ints(values: readonly number[]): string {
    const wide = BigInt64Array.from(values, (value) => BigInt(value));
    return this.constant(ELEMENT.int64, [values.length], new Uint8Array(wide.buffer));
  }

  /** A float16 constant given by its bit patterns, cast to float32: half the file, computed in full precision. */
  halves(bits: Uint16Array<ArrayBuffer>, dims: readonly number[]): string {
    const stored = this.constant(ELEMENT.float16, dims, new Uint8Array(bits.buffer));
    return this.node("Cast", [stored], { to: ELEMENT.float32 });
  }

  /** A constant of any element type given by its bytes, little-endian. */
  raw(element: ElementName, dims: readonly number[], bytes: Uint8Array): string {
    return this.constant(ELEMENT[element], dims, bytes);
  }

  /** Casts a value to float32. */
  toFloat(value: string): string {
    return this.node("Cast", [value], { to: ELEMENT.float32 });
  }

  /** Declares an input. */
  input(name: string, dims: readonly Size[], element: ElementName = "float32"): string {
    const writer = new ProtoWriter();
    writeValue(writer, name, dims, element);
    this.inputs.push(writer.finish());
    return name;
  }

  /** Declares an output of float32 and gives `value` that name. */
  output(name: string, value: string, dims: readonly number[]): void {
    this.node("Reshape", [value, this.ints(dims)], {}, name);
    const writer = new ProtoWriter();
    writeValue(writer, name, dims);
    this.outputs.push(writer.finish());
  }

  /** Declares an output as it is, without fixing its shape, and gives `value` that name. */
  openOutput(name: string, value: string, dims: readonly Size[], element: ElementName = "float32"): void {
    this.node("Identity", [value], {}, name);
    const writer = new ProtoWriter();
    writeValue(writer, name, dims, element);
    this.outputs.push(writer.finish());
  }

  /** The model file. */
  serialise(producerVersion: string): Uint8Array<ArrayBuffer> {
    return new ProtoWriter()
      .int(1, IR_VERSION)
      .text(2, "dudak")
      .text(3, producerVersion)
      .message(7, (graph) => {
        for (const node of this.nodes) graph.bytes(1, node);
        graph.text(2, this.name);
        for (const constant of this.constants) graph.bytes(5, constant);
        for (const input of this.inputs) graph.bytes(11, input);
        for (const output of this.outputs) graph.bytes(12, output);
      })
      .message(8, (opset) => opset.text(1, "").int(2, this.opset))
      .finish();
  }
}
