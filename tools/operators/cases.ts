import { createRandom } from "../../src/core/random.ts";
import { OnnxGraph, type Attribute } from "../../models/build/onnx.ts";

/** Numbers of one input, row-major. */
export interface CaseInput {
  readonly name: string;
  readonly dims: readonly number[];
  readonly data: Float32Array;
}

/** A tiny network that shows whether one operator in one situation is right. */
export interface OperatorCase {
  /** Row of the table. */
  readonly group: string;
  /** What is special about this network. */
  readonly name: string;
  readonly net: Uint8Array;
  readonly inputs: readonly CaseInput[];
}

/** How the numbers of an input lie: uniform in [mean − 1, mean + 1] where nothing else is said. */
interface Values {
  readonly mean?: number;
  readonly spread?: number;
}

type Build = (graph: OnnxGraph, x: string, weights: (dims: readonly number[]) => string) => string;

const product = (dims: readonly number[]) => dims.reduce((all, size) => all * size, 1);

function values(dims: readonly number[], seed: number, { mean = 0, spread = 1 }: Values = {}): Float32Array {
  const random = createRandom(seed);
  return Float32Array.from({ length: product(dims) }, () => mean + (random() * 2 - 1) * spread);
}

/** A network of one input `x` and one output `y`. */
function net(
  group: string,
  name: string,
  dims: readonly number[],
  build: Build,
  { opset = 17, ...given }: Values & { readonly opset?: number } = {},
): OperatorCase {
  const graph = new OnnxGraph(group, opset);
  const x = graph.input("x", dims);
  let seed = 10;
  const weights = (shape: readonly number[]) => graph.floats(values(shape, seed++), shape);
  const y = build(graph, x, weights);
  graph.openOutput(
    "y",
    y,
    dims.map((_, i) => `n${i}`),
  );
  return {
    group,
    name,
    net: graph.serialise("operators"),
    inputs: [{ name: "x", dims, data: values(dims, 1, given) }],
  };
}

/** A convolution of a 12 × 12 picture (`from` channels to `to`); `kernel` square unless it is a list. */
function conv(
  group: string,
  from: number,
  to: number,
  kernel: number,
  attributes: Readonly<Record<string, Attribute>> = {},
  type: "Conv" | "ConvTranspose" = "Conv",
  rank = 2,
): OperatorCase {
  const groups = typeof attributes["group"] === "number" ? attributes["group"] : 1;
  const side = rank === 3 ? 6 : 12;
  const spatial = Array.from({ length: rank }, () => side);
  const shape = Array.from({ length: rank }, () => kernel);
  const pad = Math.floor(kernel / 2);
  const extra = Object.entries(attributes).map(([key, value]) => `${key} ${String(value)}`);
  return net(
    group,
    [`${from} → ${to} channels`, shape.join(" × "), ...extra].join(", "),
    [1, from, ...spatial],
    (graph, x, weights) =>
      graph.node(
        type,
        [x, weights(type === "Conv" ? [to, from / groups, ...shape] : [from, to / groups, ...shape])],
        { kernel_shape: shape, pads: [...shape, ...shape].map(() => pad), ...attributes },
      ),
  );
}

const convolutions = (): OperatorCase[] => [
  ...[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 15, 18, 21, 24, 27, 33].map((from) =>
    conv("Conv, by input channels", from, 16, 3),
  ),
  ...[1, 2, 3, 4, 6, 8, 12].map((to) => conv("Conv of 6 channels, by output channels", 6, to, 3)),
  ...[1, 2, 5, 7].map((kernel) => conv("Conv of 6 channels, by kernel", 6, 16, kernel)),
  conv("Conv of 6 channels, other attributes", 6, 16, 3, { strides: [2, 2] }),
  conv("Conv of 6 channels, other attributes", 6, 16, 3, { dilations: [2, 2] }),
  conv("Conv of 6 channels, other attributes", 6, 16, 3, { strides: [1, 1], dilations: [1, 1] }),
  conv("Conv of 6 channels, other attributes", 6, 24, 3, { group: 2 }),
  conv("Conv of 6 channels, other attributes", 12, 24, 3, { group: 2 }),
  conv("Conv of 6 channels, other attributes", 6, 6, 3, { group: 6 }),
  conv("Conv of one dimension", 6, 16, 3, {}, "Conv", 1),
  conv("Conv of one dimension", 80, 16, 3, {}, "Conv", 1),
  conv("Conv of one dimension", 9, 16, 5, {}, "Conv", 1),
  conv("Conv of three dimensions", 6, 16, 3, {}, "Conv", 3),
  conv("Conv of three dimensions", 8, 16, 3, {}, "Conv", 3),
  conv("Conv of three dimensions, grouped", 8, 16, 3, { group: 2 }, "Conv", 3),
  ...[3, 4, 6, 9, 15].map((from) =>
    conv("ConvTranspose, by input channels", from, 16, 3, {}, "ConvTranspose"),
  ),
  conv(
    "ConvTranspose, other attributes",
    6,
    16,
    3,
    { strides: [2, 2], output_padding: [1, 1] },
    "ConvTranspose",
  ),
  conv("ConvTranspose, other attributes", 6, 12, 3, { group: 2 }, "ConvTranspose"),
  conv("ConvTranspose of three dimensions", 8, 8, 3, {}, "ConvTranspose", 3),
];

function resize(
  name: string,
  dims: readonly number[],
  sizes: readonly number[],
  attributes: Readonly<Record<string, Attribute>>,
  opset = 17,
): OperatorCase {
  return net(
    "Resize",
    name,
    dims,
    (graph, x) => graph.node("Resize", [x, "", "", graph.ints(sizes)], attributes),
    { opset },
  );
}

const resizes = (): OperatorCase[] => {
  const linear = { mode: "linear" };
  return [
    resize("linear, channels first, 2 ×", [1, 3, 8, 8], [1, 3, 16, 16], linear),
    resize("linear, channels last, 2 ×", [1, 8, 8, 3], [1, 16, 16, 3], linear),
    resize("linear, channels last, half", [1, 16, 16, 3], [1, 8, 8, 3], linear),
    resize("linear, align_corners, 2 ×", [1, 3, 8, 8], [1, 3, 16, 16], {
      ...linear,
      coordinate_transformation_mode: "align_corners",
    }),
    resize("linear, channels first, half", [1, 3, 16, 16], [1, 3, 8, 8], linear),
    resize("nearest, channels first, 2 ×", [1, 3, 8, 8], [1, 3, 16, 16], { mode: "nearest" }),
    resize("nearest, channels last, 2 ×", [1, 8, 8, 3], [1, 16, 16, 3], { mode: "nearest" }),
    resize("cubic, channels first, 2 ×", [1, 3, 8, 8], [1, 3, 16, 16], { mode: "cubic" }),
    resize(
      "linear with antialias, half (opset 18)",
      [1, 3, 16, 16],
      [1, 3, 8, 8],
      { ...linear, antialias: 1 },
      18,
    ),
  ];
};

const norms = (): OperatorCase[] =>
  [0, 10, 100, 1000].flatMap((mean) => [
    net(
      "LayerNormalization",
      `mean ÷ deviation about ${mean}`,
      [4, 64],
      (graph, x, weights) => graph.node("LayerNormalization", [x, weights([64]), weights([64])]),
      { mean, spread: Math.sqrt(3) },
    ),
    net(
      "InstanceNormalization",
      `mean ÷ deviation about ${mean}`,
      [1, 4, 12, 12],
      (graph, x, weights) => graph.node("InstanceNormalization", [x, weights([4]), weights([4])]),
      { mean, spread: Math.sqrt(3) },
    ),
    net(
      "BatchNormalization",
      `mean ÷ deviation about ${mean}`,
      [1, 4, 12, 12],
      (graph, x, weights) =>
        graph.node("BatchNormalization", [
          x,
          weights([4]),
          weights([4]),
          graph.floats([mean, mean, mean, mean]),
          graph.floats([1, 1, 1, 1]),
        ]),
      { mean, spread: Math.sqrt(3) },
    ),
  ]);

function gridSample(opset: number): OperatorCase {
  const random = createRandom(3);
  return net(
    "GridSample",
    `bilinear, opset ${opset}`,
    [1, 3, 8, 8],
    (graph, x) =>
      graph.node(
        "GridSample",
        [
          x,
          graph.floats(
            Float32Array.from({ length: 2 * 36 }, () => random() * 2 - 1),
            [1, 6, 6, 2],
          ),
        ],
        { mode: opset < 20 ? "bilinear" : "linear", padding_mode: "zeros", align_corners: 0 },
      ),
    { opset },
  );
}

const others = (): OperatorCase[] => [
  activated("Relu"),
  activated("Sigmoid"),
  activated("Tanh"),
  activated("LeakyRelu"),
  activated("Relu", "Sigmoid"),
  activated("Relu", "Tanh"),
  activated("LeakyRelu", "Sigmoid"),
  activated("Sigmoid", "Relu"),
  ...[16, 17, 20].map(gridSample),
  ...[1, 2, 3].flatMap((axis) => [11, 13].map((opset) => softmax(axis, opset))),
  ...[11, 13].map((opset) => softmax(0, opset)),
  ...[3, 12].map((parts) =>
    net("Split", `into ${parts}`, [1, 24, 4, 4], (graph, x) =>
      graph.node("Concat", [...graph.nodeOf("Split", [x], { axis: 1 }, parts)].reverse(), { axis: 1 }),
    ),
  ),
  net("MaxPool", "one output", [1, 4, 12, 12], (graph, x) =>
    graph.node("MaxPool", [x], { kernel_shape: [2, 2], strides: [2, 2] }),
  ),
  net("MaxPool", "with indices", [1, 4, 12, 12], (graph, x) => {
    const [y, at] = graph.nodeOf("MaxPool", [x], { kernel_shape: [2, 2], strides: [2, 2] }, 2);
    return graph.node("Add", [y!, graph.toFloat(at!)]);
  }),
  net("AveragePool", "3 × 3, padded", [1, 6, 12, 12], (graph, x) =>
    graph.node("AveragePool", [x], { kernel_shape: [3, 3], pads: [1, 1, 1, 1] }),
  ),
  net(
    "GroupNormalization",
    "opset 21",
    [1, 8, 6, 6],
    (graph, x, weights) =>
      graph.node("GroupNormalization", [x, weights([8]), weights([8])], { num_groups: 2 }),
    { opset: 21 },
  ),
  net("PRelu", "by channel", [1, 6, 8, 8], (graph, x, weights) =>
    graph.node("PRelu", [x, weights([6, 1, 1])]),
  ),
  net("Pad", "channels, zeros", [1, 6, 8, 8], (graph, x) =>
    graph.node("Pad", [x, graph.ints([0, 0, 0, 0, 0, 2, 0, 0])]),
  ),
  net("Pad", "edges, reflected", [1, 6, 8, 8], (graph, x) =>
    graph.node("Pad", [x, graph.ints([0, 0, 1, 1, 0, 0, 1, 1])], { mode: "reflect" }),
  ),
  net("DepthToSpace", "CRD", [1, 12, 6, 6], (graph, x) =>
    graph.node("DepthToSpace", [x], { blocksize: 2, mode: "CRD" }),
  ),
  net("MatMul", "6 wide", [4, 6], (graph, x, weights) => graph.node("MatMul", [x, weights([6, 16])])),
];

/** A convolution and what follows it; onnxruntime merges them. */
const activated = (...types: readonly string[]) =>
  net("Conv with activations", types.join(", then "), [1, 8, 12, 12], (graph, x, weights) =>
    types.reduce(
      (value, type) => graph.node(type, [value]),
      graph.node("Conv", [x, weights([8, 8, 3, 3])], { kernel_shape: [3, 3], pads: [1, 1, 1, 1] }),
    ),
  );

const softmax = (axis: number, opset: number) =>
  net(
    "Softmax",
    `axis ${axis} of 4, opset ${opset}`,
    [2, 6, 5, 7],
    (graph, x) => graph.node("Softmax", [x], { axis }),
    { opset },
  );

/** Every network that the table has a row for. */
export function operatorCases(): readonly OperatorCase[] {
  return [...convolutions(), ...resizes(), ...norms(), ...others()];
}
