import { roundTo } from "../../core/scalar.ts";
import { finding, type Finding } from "../../job/findings.ts";
import type { LipFramesManifest } from "./manifest.ts";
import type { GraphPort, OnnxSummary } from "./onnx-summary.ts";
import { READY_MANIFESTS } from "./ready-manifests.ts";

/** What the engine made of a model file. */
export interface Proposal {
  /** How the file would be used; null when it cannot be. */
  readonly manifest: LipFramesManifest | null;
  readonly understood: readonly Finding[];
  /** Why it cannot be used; empty when it can. */
  readonly problems: readonly Finding[];
}

/** Models that have another contract, told apart by the shapes of their inputs. */
const STRANGERS: readonly {
  readonly is: (inputs: readonly GraphPort[], outputs: readonly GraphPort[]) => boolean;
  readonly why: Finding;
}[] = [
  {
    is: (inputs) => inputs.some(({ dims }) => dims[1] === 8 && dims[2] === 32 && dims[3] === 32),
    why: finding("stranger/musetalk"),
  },
  {
    is: (inputs) => inputs.some(({ dims }) => dims.length === 3 && dims[1] === 29 && dims[2] === 5),
    why: finding("stranger/dinet"),
  },
  {
    is: (inputs) =>
      inputs.some(({ dims }) => dims.includes(6) && dims.includes(160)) &&
      inputs.some(({ dims }) => dims.includes(32) && (dims.includes(16) || dims.includes(128))),
    why: finding("stranger/ultralight"),
  },
  {
    is: (inputs, outputs) =>
      inputs.some(({ dims }) => dims[1] === 15) && outputs.every(({ dims }) => dims.length < 4),
    why: finding("stranger/syncnet"),
  },
  {
    is: (inputs) => inputs.some(({ dims }) => dims.length === 5),
    why: finding("stranger/training"),
  },
];

interface FacePort {
  readonly port: GraphPort;
  readonly layout: "NCHW" | "NHWC";
  readonly size: number | undefined;
}

/** A square picture of `channels` channels among the ports. */
function findPicture(ports: readonly GraphPort[], channels: number): FacePort | undefined {
  for (const port of ports) {
    if (port.dims.length !== 4) continue;
    const [, a, b, c] = port.dims;
    if (a === channels && squareOrOpen(b, c)) {
      return { port, layout: "NCHW", size: typeof b === "number" ? b : undefined };
    }
    if (c === channels && squareOrOpen(a, b)) {
      return { port, layout: "NHWC", size: typeof a === "number" ? a : undefined };
    }
  }
  return undefined;
}

const squareOrOpen = (a: number | string | undefined, b: number | string | undefined) =>
  typeof a === "number" && typeof b === "number" ? a === b : typeof a === "string" && typeof b === "string";

function findMel(ports: readonly GraphPort[]) {
  for (const port of ports) {
    if (port.dims.length !== 4 || (port.dims[1] !== 1 && typeof port.dims[1] !== "string")) continue;
    const [, , a, b] = port.dims;
    if (a === 80 && b === 16) return { port, order: "bands-columns" as const };
    if (a === 16 && b === 80) return { port, order: "columns-bands" as const };
  }
  return undefined;
}

type Dtype = LipFramesManifest["output"]["dtype"];

function dtypeOf(port: GraphPort): Dtype | undefined {
  return port.dtype === "float32" || port.dtype === "float16" || port.dtype === "uint8"
    ? port.dtype
    : undefined;
}

const shapeText = ({ name, dtype, dims }: GraphPort) => `${name} [${dims.join(", ")}] ${dtype}`;
const batchSize = (dim: number | string | undefined) => (typeof dim === "number" ? dim : ("batch" as const));
const mega = (bytes: number) => roundTo(bytes / 1e6, 1);
const listed = (parts: readonly string[]) => parts.join("; ") || "–";

function describe(summary: OnnxSummary): Finding[] {
  const types = Object.entries(summary.weightBytes)
    .sort(([, a], [, b]) => b - a)
    .map(([type, bytes]) => `${type} ${mega(bytes)} MB`);
  const { opset, producer } = summary;
  return [
    finding("file/onnx", {
      opset,
      megabytes: mega(summary.fileBytes),
      weights: mega(summary.parameters),
      types: listed(types),
    }),
    ...(producer ? [finding("file/producer", { producer })] : []),
    finding("file/inputs", { ports: listed(summary.inputs.map(shapeText)) }),
    finding("file/outputs", { ports: listed(summary.outputs.map(shapeText)) }),
  ];
}

/** The ready manifest to start from: the nearest in size, with the usual channel order. */
function startingPoint(size: number): LipFramesManifest {
  const usual = READY_MANIFESTS.filter(({ id }) => /^wav2lip-\d+$/.test(id));
  return usual.reduce((best, manifest) =>
    Math.abs(manifest.size - size) < Math.abs(best.size - size) ? manifest : best,
  );
}

/**
 * Matches a file with the Wav2Lip family by the shapes of its inputs and outputs; names only break ties.
 * What a graph cannot tell (colour order, which picture comes first, the filter bank) is taken from the original.
 */
export function proposeManifest(summary: OnnxSummary, fileName = "model.onnx"): Proposal {
  const understood = describe(summary);
  const problems: Finding[] = [];
  const refuse = (): Proposal => ({ manifest: null, understood, problems });

  if (summary.externalFiles.length > 0) {
    problems.push(finding("file/external-weights", { files: summary.externalFiles.slice(0, 3).join(", ") }));
  }
  if (summary.customDomains.length > 0) {
    problems.push(finding("file/custom-operators", { domains: summary.customDomains.join(", ") }));
  }
  const stranger = STRANGERS.find(({ is }) => is(summary.inputs, summary.outputs));
  const face = findPicture(summary.inputs, 6);
  const mel = findMel(summary.inputs);
  const output = findPicture(summary.outputs, 3);
  if (!face || !mel || !output) {
    if (stranger) problems.push(stranger.why);
    else {
      if (!mel) problems.push(finding("lacks/sound"));
      if (!face) problems.push(finding("lacks/face"));
      if (!output) problems.push(finding("lacks/result"));
      problems.push(finding("lacks/manifest"));
    }
    return refuse();
  }
  const others = summary.inputs.filter((port) => port !== face.port && port !== mel.port);
  if (others.length > 0) {
    problems.push(finding("unfit/more-inputs", { ports: listed(others.map(shapeText)) }));
  }
  const dtypes = [dtypeOf(mel.port), dtypeOf(face.port), dtypeOf(output.port)];
  const [melType, faceType, outputType] = dtypes;
  if (!melType || !faceType || !outputType) {
    problems.push(finding("unfit/number-type"));
  }
  const size = face.size ?? output.size ?? 96;
  if (face.size !== undefined && output.size !== undefined && face.size !== output.size) {
    problems.push(finding("unfit/sides", { taken: face.size, given: output.size }));
  }
  if (problems.length > 0 || !melType || !faceType || !outputType) return refuse();

  const base = startingPoint(size);
  const exact = base.size === size;
  const batch = batchSize(face.port.dims[0]);
  const faceDims = face.layout === "NCHW" ? [batch, 6, size, size] : [batch, size, size, 6];
  const outDims = output.layout === "NCHW" ? [batch, 3, size, size] : [batch, size, size, 3];
  const [melInput, faceInput] = base.inputs;
  const asBytes = (type: Dtype): [number, number] => (type === "uint8" ? [0, 255] : [0, 1]);
  const manifest: LipFramesManifest = {
    ...base,
    id: exact ? base.id : `wav2lip-${size}`,
    name: exact ? base.name : `Wav2Lip family, ${size} px`,
    size,
    file: { name: fileName, bytes: summary.fileBytes },
    inputs: [
      {
        ...melInput,
        name: mel.port.name,
        order: mel.order,
        dtype: melType,
        dims: [batch, 1, ...(mel.order === "bands-columns" ? [80, 16] : [16, 80])],
      },
      {
        ...faceInput,
        name: face.port.name,
        layout: face.layout,
        dtype: faceType,
        dims: faceDims,
        range: asBytes(faceType),
      },
    ],
    output: {
      ...base.output,
      name: output.port.name,
      layout: output.layout,
      dtype: outputType,
      dims: outDims,
      range: asBytes(outputType),
    },
    batch: { max: typeof batch === "number" ? batch : base.batch.max },
  };
  understood.push(
    finding("use/sound", { port: mel.port.name, bands: 80, columns: 16, seconds: 0.2 }),
    finding("use/face", { port: face.port.name, size, layout: face.layout }),
    finding("use/result", { port: output.port.name, size, layout: output.layout }),
    typeof batch === "number" ? finding("use/batch", { batch }) : finding("use/any-batch"),
    finding("use/assumed-order"),
  );
  if (face.size === undefined) understood.push(finding("use/assumed-size", { size }));
  return { manifest, understood, problems };
}
