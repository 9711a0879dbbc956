import { EngineError } from "../../job/errors.ts";
import {
  blobSource,
  fieldInts,
  fieldText,
  protoFields,
  type ByteSource,
  type ProtoField,
} from "../../inference/onnx/byte-source.ts";

/** ONNX's element types by number. */
const ELEMENTS: Readonly<Record<number, { readonly name: string; readonly bytes: number }>> = {
  1: { name: "float32", bytes: 4 },
  2: { name: "uint8", bytes: 1 },
  3: { name: "int8", bytes: 1 },
  6: { name: "int32", bytes: 4 },
  7: { name: "int64", bytes: 8 },
  9: { name: "bool", bytes: 1 },
  10: { name: "float16", bytes: 2 },
  11: { name: "float64", bytes: 8 },
  16: { name: "bfloat16", bytes: 2 },
};

/** An input or output as the graph declares it; a text in `dims` is a size that may vary. */
export interface GraphPort {
  readonly name: string;
  readonly dtype: string;
  readonly dims: readonly (number | string)[];
}

/** What a model file says about itself. */
export interface OnnxSummary {
  readonly fileBytes: number;
  readonly producer: string;
  readonly irVersion: number;
  /** Version of the standard operators. */
  readonly opset: number;
  /** Domains of operators that are not standard. */
  readonly customDomains: readonly string[];
  readonly inputs: readonly GraphPort[];
  readonly outputs: readonly GraphPort[];
  /** Number of weights. */
  readonly parameters: number;
  /** Bytes of the weights by element type. */
  readonly weightBytes: Readonly<Record<string, number>>;
  readonly largestWeightBytes: number;
  /** Names of files beside this one that hold weights. */
  readonly externalFiles: readonly string[];
  /** How often each operator occurs. */
  readonly operators: Readonly<Record<string, number>>;
}

interface Weight {
  readonly name: string;
  readonly dtype: string;
  readonly count: number;
  readonly bytes: number;
  readonly external: string | undefined;
}

const product = (values: readonly number[]) => values.reduce((all, value) => all * value, 1);

async function readWeight(source: ByteSource, message: ProtoField): Promise<Weight> {
  const dims: number[] = [];
  let type = 0;
  let name = "";
  let external: string | undefined;
  for await (const field of protoFields(source, message.start, message.end)) {
    if (field.number === 1) dims.push(...(await fieldInts(source, field)));
    else if (field.number === 2) type = field.value;
    else if (field.number === 8) name = await fieldText(source, field);
    else if (field.number === 13) {
      const [key, value] = await readPair(source, field);
      if (key === "location") external = value;
    }
  }
  const element = ELEMENTS[type] ?? { name: `type ${type}`, bytes: 4 };
  const count = product(dims);
  return { name, dtype: element.name, count, bytes: count * element.bytes, external };
}

async function readPair(source: ByteSource, message: ProtoField): Promise<[string, string]> {
  const pair: [string, string] = ["", ""];
  for await (const field of protoFields(source, message.start, message.end)) {
    if (field.number === 1 || field.number === 2) pair[field.number - 1] = await fieldText(source, field);
  }
  return pair;
}

async function readPort(source: ByteSource, message: ProtoField): Promise<GraphPort> {
  const port = { name: "", dtype: "unknown", dims: [] as (number | string)[] };
  for await (const field of protoFields(source, message.start, message.end)) {
    if (field.number === 1) port.name = await fieldText(source, field);
    if (field.number !== 2) continue;
    for await (const type of protoFields(source, field.start, field.end)) {
      if (type.number !== 1) continue;
      for await (const tensor of protoFields(source, type.start, type.end)) {
        if (tensor.number === 1) port.dtype = ELEMENTS[tensor.value]?.name ?? `type ${tensor.value}`;
        if (tensor.number === 2) port.dims = await readShape(source, tensor);
      }
    }
  }
  return port;
}

async function readShape(source: ByteSource, message: ProtoField): Promise<(number | string)[]> {
  const dims: (number | string)[] = [];
  for await (const dim of protoFields(source, message.start, message.end)) {
    let size: number | string = "any";
    for await (const field of protoFields(source, dim.start, dim.end)) {
      if (field.number === 1) size = field.value;
      else if (field.number === 2) size = (await fieldText(source, field)) || "any";
    }
    dims.push(size);
  }
  return dims;
}

/** The operator of a node; the values of Constant nodes are reported as weights. */
async function readNode(source: ByteSource, message: ProtoField) {
  let operator = "";
  let domain = "";
  const constants: Weight[] = [];
  for await (const field of protoFields(source, message.start, message.end)) {
    if (field.number === 4) operator = await fieldText(source, field);
    else if (field.number === 7) domain = await fieldText(source, field);
    else if (field.number === 5) {
      for await (const attribute of protoFields(source, field.start, field.end)) {
        if (attribute.number === 5) constants.push(await readWeight(source, attribute));
      }
    }
  }
  return { operator, domain, constants };
}

/**
 * Reads what an ONNX file declares, leaving its weights where they are.
 * @throws EngineError `model/unsupported` when it is no ONNX file, `model/integrity` when it breaks off.
 */
export async function summariseOnnx(file: Blob): Promise<OnnxSummary> {
  const source = blobSource(file);
  const inputs: GraphPort[] = [];
  const outputs: GraphPort[] = [];
  const weights: Weight[] = [];
  const operators: Record<string, number> = {};
  const domains = new Set<string>();
  const opsets: { domain: string; version: number }[] = [];
  let producer = "";
  let irVersion = 0;
  let graphs = 0;
  try {
    for await (const field of protoFields(source, 0, source.size)) {
      if (field.number === 1) irVersion = field.value;
      else if (field.number === 2 || field.number === 3)
        producer = `${producer} ${await fieldText(source, field)}`.trim();
      else if (field.number === 8) opsets.push(await readOpset(source, field));
      else if (field.number === 7 && field.hasBytes) {
        graphs++;
        for await (const part of protoFields(source, field.start, field.end)) {
          if (part.number === 1) {
            const { operator, domain, constants } = await readNode(source, part);
            operators[operator] = (operators[operator] ?? 0) + 1;
            if (domain !== "" && domain !== "ai.onnx") domains.add(domain);
            weights.push(...constants);
          } else if (part.number === 5) weights.push(await readWeight(source, part));
          else if (part.number === 11) inputs.push(await readPort(source, part));
          else if (part.number === 12) outputs.push(await readPort(source, part));
        }
      }
    }
  } catch (error) {
    if (graphs > 0) throw error;
    throw notOnnx(error);
  }
  if (graphs !== 1 || outputs.length === 0) throw notOnnx();
  const named = new Set(weights.map(({ name }) => name));
  const weightBytes: Record<string, number> = {};
  for (const { dtype, bytes } of weights) weightBytes[dtype] = (weightBytes[dtype] ?? 0) + bytes;
  return {
    fileBytes: file.size,
    producer,
    irVersion,
    opset: opsets.find(({ domain }) => domain === "" || domain === "ai.onnx")?.version ?? 0,
    customDomains: [...domains],
    // Files of old versions list their weights among the inputs.
    inputs: inputs.filter(({ name }) => !named.has(name)),
    outputs,
    parameters: weights.reduce((sum, { count }) => sum + count, 0),
    weightBytes,
    largestWeightBytes: Math.max(0, ...weights.map(({ bytes }) => bytes)),
    externalFiles: [
      ...new Set(weights.flatMap(({ external }) => (external === undefined ? [] : [external]))),
    ],
    operators,
  };
}

async function readOpset(source: ByteSource, message: ProtoField) {
  const opset = { domain: "", version: 0 };
  for await (const field of protoFields(source, message.start, message.end)) {
    if (field.number === 1) opset.domain = await fieldText(source, field);
    else if (field.number === 2) opset.version = field.value;
  }
  return opset;
}

function notOnnx(cause?: unknown): EngineError {
  return new EngineError(
    "model/unsupported",
    "This is no ONNX model. Give a file that was exported as .onnx; PyTorch checkpoints (.pth, .pt), TensorFlow and safetensors files must be exported first.",
    { cause },
  );
}
