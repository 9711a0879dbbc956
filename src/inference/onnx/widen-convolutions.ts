import {
  blobSource,
  fieldInts,
  fieldText,
  protoFields,
  type ByteSource,
  type ProtoField,
} from "./byte-source.ts";
import { ProtoWriter } from "./proto-writer.ts";

// Numbers of the fields in onnx.proto.
const MODEL = { graph: 7, opset: 8 } as const;
const GRAPH = { node: 1, initializer: 5 } as const;
const NODE = { input: 1, output: 2, type: 4, attribute: 5, domain: 7 } as const;
const TENSOR = { dims: 1, type: 2, name: 8, raw: 9 } as const;
const ATTRIBUTE = { name: 1, int: 3, tensor: 5, ints: 8, type: 20 } as const;
const ATTRIBUTE_TYPE = { tensor: 4, ints: 7 } as const;
const INT64 = 7;
/** From this version of the operators on, Pad takes its widths as an input. */
const PAD_BY_INPUT = 11;

/** Operators whose result has the shape of their first input, as they stand between weights and a convolution. */
const SHAPE_KEEPERS = new Set(["DequantizeLinear", "QuantizeLinear", "Cast", "Identity"]);

interface GraphNode {
  readonly place: ProtoField;
  readonly type: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly group: number;
  /** Shape of a Constant's tensor. */
  readonly constant: readonly number[] | undefined;
}

/** A convolution whose input channels are read wrongly on WebGPU. */
interface Faulty {
  readonly node: GraphNode;
  /** Channels of zeros that put it right. */
  readonly missing: number;
  /** Dimensions of the weights. */
  readonly rank: number;
}

async function tensorOf(source: ByteSource, { start, end }: ProtoField) {
  const dims: number[] = [];
  let name = "";
  for await (const field of protoFields(source, start, end)) {
    if (field.number === TENSOR.dims) dims.push(...(await fieldInts(source, field)));
    else if (field.number === TENSOR.name) name = await fieldText(source, field);
  }
  return { name, dims };
}

async function nodeOf(source: ByteSource, place: ProtoField): Promise<GraphNode> {
  const inputs: string[] = [];
  const outputs: string[] = [];
  let [type, domain, group] = ["", "", 1];
  let constant: readonly number[] | undefined;
  for await (const field of protoFields(source, place.start, place.end)) {
    if (field.number === NODE.input) inputs.push(await fieldText(source, field));
    else if (field.number === NODE.output) outputs.push(await fieldText(source, field));
    else if (field.number === NODE.type) type = await fieldText(source, field);
    else if (field.number === NODE.domain) domain = await fieldText(source, field);
    else if (field.number === NODE.attribute) {
      let name = "";
      for await (const part of protoFields(source, field.start, field.end)) {
        if (part.number === ATTRIBUTE.name) name = await fieldText(source, part);
        else if (part.number === ATTRIBUTE.int && name === "group") group = part.value;
        else if (part.number === ATTRIBUTE.tensor) constant = (await tensorOf(source, part)).dims;
      }
    }
  }
  const standard = domain === "" || domain === "ai.onnx";
  return { place, type: standard ? type : `${domain}.${type}`, inputs, outputs, group, constant };
}

async function opsetOf(source: ByteSource, { start, end }: ProtoField): Promise<number> {
  let [domain, version] = ["", 0];
  for await (const field of protoFields(source, start, end)) {
    if (field.number === 1) domain = await fieldText(source, field);
    else if (field.number === 2) version = field.value;
  }
  return domain === "" || domain === "ai.onnx" ? version : 0;
}

interface Read {
  readonly graph: ProtoField;
  readonly opset: number;
  readonly nodes: readonly GraphNode[];
  /** Shapes of the constants by name. */
  readonly shapes: ReadonlyMap<string, readonly number[]>;
}

async function readGraph(source: ByteSource): Promise<Read | undefined> {
  const nodes: GraphNode[] = [];
  const shapes = new Map<string, readonly number[]>();
  let graph: ProtoField | undefined;
  let opset = 0;
  for await (const field of protoFields(source, 0, source.size)) {
    if (field.number === MODEL.opset) opset = Math.max(opset, await opsetOf(source, field));
    if (field.number !== MODEL.graph || !field.hasBytes) continue;
    graph = field;
    for await (const part of protoFields(source, field.start, field.end)) {
      if (part.number === GRAPH.node) nodes.push(await nodeOf(source, part));
      else if (part.number === GRAPH.initializer) {
        const { name, dims } = await tensorOf(source, part);
        shapes.set(name, dims);
      }
    }
  }
  if (!graph) return undefined;
  // Nodes stand in the order in which they are computed.
  for (const { type, inputs, outputs, constant } of nodes) {
    const shape =
      type === "Constant" ? constant : SHAPE_KEEPERS.has(type) ? shapes.get(inputs[0]!) : undefined;
    if (shape) shapes.set(outputs[0]!, shape);
  }
  return { graph, opset, nodes, shapes };
}

/**
 * Convolutions that onnxruntime-web's WebGPU provider computes wrongly (1.30; microsoft/onnxruntime issue 29651): those of
 * one or two dimensions in one group whose input channels divide by 3 and not by 4, more than three of them, whose output
 * channels divide by 4 and whose kernel is larger than one point. It reads the first three channels in the place of others.
 */
function faultyOf({ nodes, shapes }: Read): Faulty[] {
  return nodes.flatMap((node) => {
    const shape = node.type === "Conv" && node.group === 1 ? shapes.get(node.inputs[1]!) : undefined;
    if (shape?.length !== 3 && shape?.length !== 4) return [];
    const [to, from, ...kernel] = shape as [number, number, ...number[]];
    const read =
      from > 3 && from % 3 === 0 && from % 4 !== 0 && to % 4 === 0 && kernel.some((size) => size > 1);
    return read ? [{ node, missing: 4 - (from % 4), rank: shape.length }] : [];
  });
}

/** A prefix that no value of the graph has. */
function freshPrefix({ nodes, shapes }: Read): string {
  const names = [...shapes.keys(), ...nodes.flatMap(({ inputs, outputs }) => [...inputs, ...outputs])];
  let prefix = "dudak_widened_";
  while (names.some((name) => name.startsWith(prefix))) prefix += "_";
  return prefix;
}

const intsAttribute = (name: string, values: readonly number[]) => (to: ProtoWriter) => {
  to.text(ATTRIBUTE.name, name);
  for (const value of values) to.int(ATTRIBUTE.ints, value);
  to.int(ATTRIBUTE.type, ATTRIBUTE_TYPE.ints);
};

/** Nodes that give `value` `missing` channels of zeros at the end, written as fields of the graph. */
function padNodes(
  to: ProtoWriter,
  value: string,
  result: string,
  opset: number,
  { missing, rank }: Faulty,
): void {
  const widths = Array.from({ length: 2 * rank }, (_, i) => (i === rank + 1 ? missing : 0));
  if (opset < PAD_BY_INPUT) {
    to.message(GRAPH.node, (node) =>
      node
        .text(NODE.input, value)
        .text(NODE.output, result)
        .text(NODE.type, "Pad")
        .message(NODE.attribute, intsAttribute("pads", widths)),
    );
    return;
  }
  // A constant of its own: old files may not have initializers that are not inputs.
  to.message(GRAPH.node, (node) =>
    node
      .text(NODE.output, `${result}_by`)
      .text(NODE.type, "Constant")
      .message(NODE.attribute, (attribute) =>
        attribute
          .text(ATTRIBUTE.name, "value")
          .message(ATTRIBUTE.tensor, (tensor) =>
            tensor
              .int(TENSOR.dims, widths.length)
              .int(TENSOR.type, INT64)
              .bytes(TENSOR.raw, new Uint8Array(BigInt64Array.from(widths, BigInt).buffer)),
          )
          .int(ATTRIBUTE.type, ATTRIBUTE_TYPE.tensor),
      ),
  );
  to.message(GRAPH.node, (node) =>
    node
      .text(NODE.input, value)
      .text(NODE.input, `${result}_by`)
      .text(NODE.output, result)
      .text(NODE.type, "Pad"),
  );
}

/** The fields that stand in the place of one faulty convolution; what it says besides its first inputs stays as it is. */
async function widened(
  source: ByteSource,
  faulty: Faulty,
  opset: number,
  prefix: string,
): Promise<Uint8Array<ArrayBuffer>> {
  const { place, inputs } = faulty.node;
  const names = [`${prefix}picture`, `${prefix}weights`] as const;
  const to = new ProtoWriter();
  padNodes(to, inputs[0]!, names[0], opset, faulty);
  padNodes(to, inputs[1]!, names[1], opset, faulty);
  const node = new ProtoWriter();
  let input = 0;
  for await (const field of protoFields(source, place.start, place.end)) {
    if (field.number === NODE.input && input < 2) node.text(NODE.input, names[input++]!);
    else node.written((await source.read(field.head, field.end)).slice());
  }
  return to.bytes(GRAPH.node, node.finish()).finish();
}

/** A model file with what was mended in it. */
export interface Widened {
  readonly file: Blob;
  /** Number of convolutions that were given channels. */
  readonly convolutions: number;
}

/**
 * Gives the convolutions that WebGPU would compute wrongly channels of zeros up to a multiple of four, in picture and
 * weights, which changes no result: two Pad nodes before each, of which onnxruntime folds the one on the weights when it
 * opens the file. Everything else stays as it is, byte by byte and unread; the result refers to the file's own bytes, so
 * nothing is copied until it is read. Convolutions in subgraphs and with computed weights are left alone.
 * @param file an ONNX model; the very same comes back when nothing is to be mended.
 * @throws EngineError `model/integrity` when the file breaks off.
 */
export async function widenConvolutions(file: Blob): Promise<Widened> {
  const source = blobSource(file);
  const read = await readGraph(source);
  const faulty = read ? faultyOf(read) : [];
  if (!read || faulty.length === 0) return { file, convolutions: 0 };
  const { graph, opset } = read;
  const prefix = freshPrefix(read);
  const parts: (Blob | Uint8Array<ArrayBuffer>)[] = [];
  let at = graph.start;
  let added = 0;
  for (const [i, one] of faulty.entries()) {
    const { head: from, end } = one.node.place;
    const fields = await widened(source, one, opset, `${prefix}${i}_`);
    parts.push(file.slice(at, from), fields);
    at = end;
    added += fields.length - (end - from);
  }
  const heading = new ProtoWriter().head(MODEL.graph, graph.end - graph.start + added).finish();
  return {
    file: new Blob([file.slice(0, graph.head), heading, ...parts, file.slice(at)]),
    convolutions: faulty.length,
  };
}
