import { toFloats } from "../element-types.ts";
import { fieldsOf, intsOf, type ProtoField } from "../onnx/byte-source.ts";

// Numbers of the fields in onnx.proto.
const MODEL = { graph: 7 } as const;
const GRAPH = { node: 1, initializer: 5, input: 11, output: 12 } as const;
const NODE = { input: 1, output: 2, type: 4, attribute: 5 } as const;
const TENSOR = { dims: 1, type: 2, name: 8, raw: 9 } as const;
const ATTRIBUTE = { name: 1, int: 3, ints: 8 } as const;
const PORT = { name: 1, type: 2 } as const;

/** ONNX's numbers of the element types that constants have here. */
const ELEMENTS = { 1: "float32", 7: "int64", 10: "float16" } as const;

/** A constant: numbers of any element type as floats. */
export interface Constant {
  readonly dims: readonly number[];
  readonly data: Float32Array;
}

/** An operator of a graph. */
export interface GraphNode {
  readonly type: string;
  readonly inputs: readonly string[];
  readonly output: string;
  /** Attributes that are whole numbers. */
  readonly attributes: Readonly<Record<string, readonly number[]>>;
}

/** A network whose ports have fixed sizes, as ONNX describes it. */
export interface Graph {
  readonly nodes: readonly GraphNode[];
  readonly constants: ReadonlyMap<string, Constant>;
  readonly inputs: readonly { readonly name: string; readonly dims: readonly number[] }[];
  readonly outputs: readonly { readonly name: string; readonly dims: readonly number[] }[];
}

type Span = Pick<ProtoField, "start" | "end">;

const contentOf = (bytes: Uint8Array, { start, end }: Span) => bytes.subarray(start, end);
const decoder = new TextDecoder();
const textOf = (bytes: Uint8Array, field: Span) => decoder.decode(contentOf(bytes, field));

function constantOf(bytes: Uint8Array, place: ProtoField): [string, Constant] {
  const dims: number[] = [];
  let [name, type] = ["", 0];
  let raw = new Uint8Array(0);
  for (const field of fieldsOf(bytes, place)) {
    if (field.number === TENSOR.dims) dims.push(...intsOf(field, contentOf(bytes, field)));
    else if (field.number === TENSOR.type) type = field.value;
    else if (field.number === TENSOR.name) name = textOf(bytes, field);
    else if (field.number === TENSOR.raw) raw = bytes.slice(field.start, field.end);
  }
  const element = ELEMENTS[type as keyof typeof ELEMENTS] as (typeof ELEMENTS)[1 | 7 | 10] | undefined;
  if (element === undefined) throw new Error(`a constant of element type ${String(type)}`);
  const data =
    element === "float32"
      ? new Float32Array(raw.buffer)
      : element === "int64"
        ? Float32Array.from(new BigInt64Array(raw.buffer), Number)
        : toFloats(new Uint16Array(raw.buffer), "float16");
  return [name, { dims, data }];
}

function nodeOf(bytes: Uint8Array, place: ProtoField): GraphNode {
  const inputs: string[] = [];
  let [type, output] = ["", ""];
  const attributes: Record<string, number[]> = {};
  for (const field of fieldsOf(bytes, place)) {
    if (field.number === NODE.input) inputs.push(textOf(bytes, field));
    else if (field.number === NODE.output) output = textOf(bytes, field);
    else if (field.number === NODE.type) type = textOf(bytes, field);
    else if (field.number === NODE.attribute) {
      let name = "";
      const values: number[] = [];
      for (const part of fieldsOf(bytes, field)) {
        if (part.number === ATTRIBUTE.name) name = textOf(bytes, part);
        else if (part.number === ATTRIBUTE.int) values.push(part.value);
        else if (part.number === ATTRIBUTE.ints) values.push(...intsOf(part, contentOf(bytes, part)));
      }
      attributes[name] = values;
    }
  }
  return { type, inputs, output, attributes };
}

/** Name and size of a port: type → tensor → shape → dimension → value. */
function portOf(bytes: Uint8Array, place: ProtoField): { name: string; dims: number[] } {
  let name = "";
  const dims: number[] = [];
  for (const field of fieldsOf(bytes, place)) {
    if (field.number === PORT.name) name = textOf(bytes, field);
    else if (field.number === PORT.type) {
      for (const tensor of fieldsOf(bytes, field)) {
        for (const part of fieldsOf(bytes, tensor)) {
          if (part.number !== 2 || !part.hasBytes) continue;
          for (const dim of fieldsOf(bytes, part)) {
            for (const value of fieldsOf(bytes, dim)) if (value.number === 1) dims.push(value.value);
          }
        }
      }
    }
  }
  return { name, dims };
}

/**
 * Reads a network of our own making: standard operators with one result each, constants as raw data.
 * @throws EngineError `model/integrity` when the bytes are no ONNX file. @throws Error naming what is not read here.
 */
export function readGraph(bytes: Uint8Array): Graph {
  const nodes: GraphNode[] = [];
  const constants = new Map<string, Constant>();
  const inputs: { name: string; dims: number[] }[] = [];
  const outputs: { name: string; dims: number[] }[] = [];
  for (const field of fieldsOf(bytes, { start: 0, end: bytes.length })) {
    if (field.number !== MODEL.graph || !field.hasBytes) continue;
    for (const part of fieldsOf(bytes, field)) {
      if (part.number === GRAPH.node) nodes.push(nodeOf(bytes, part));
      else if (part.number === GRAPH.initializer) constants.set(...constantOf(bytes, part));
      else if (part.number === GRAPH.input) inputs.push(portOf(bytes, part));
      else if (part.number === GRAPH.output) outputs.push(portOf(bytes, part));
    }
  }
  return { nodes, constants, inputs, outputs };
}
