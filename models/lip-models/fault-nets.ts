import { createRandom } from "../../src/core/random.ts";
import { OnnxGraph } from "../build/onnx.ts";

const SIZE = 48;

/** How {@link copyNet} carries the reference picture through. */
export interface CopyNetOptions {
  /** Kernel of the first convolution, which sees all six channels at once; 7 when absent. */
  readonly kernel?: number;
  readonly opset?: number;
  /** Weights as a plain tensor, as a Constant node, or in half precision and cast. */
  readonly weights?: "initializer" | "constant" | "cast";
  /** Reads channels 0–2 in the place of 3–5, as WebGPU does. */
  readonly misread?: boolean;
}

/**
 * An ONNX file of Wav2Lip's shape that repeats its reference picture, brighter as the mel rises: one convolution copies the
 * six channels into sixteen, the next takes channels 3–5 of them. A reader of the wrong input channels shows the masked
 * picture in the place of the reference.
 */
export function copyNet({
  kernel = 7,
  opset = 17,
  weights = "initializer",
  misread = false,
}: CopyNetOptions = {}): Uint8Array<ArrayBuffer> {
  const graph = new OnnxGraph("copy", opset);
  const [mel, face] = faceInputs(graph);
  const copies = new Float32Array(16 * 6 * kernel * kernel);
  const middle = Math.floor(kernel / 2) * (kernel + 1);
  for (let channel = 0; channel < 6; channel++) {
    const from = misread ? channel % 3 : channel;
    copies[(channel * 6 + from) * kernel * kernel + middle] = 1;
  }
  const shape = [16, 6, kernel, kernel];
  const kernelValue =
    weights === "constant"
      ? graph.constantNode(copies, shape)
      : weights === "cast"
        ? graph.halves(
            Uint16Array.from(copies, (value) => (value === 1 ? 0x3c00 : 0)),
            shape,
          )
        : graph.floats(copies, shape);
  const pad = Math.floor(kernel / 2);
  const wide = graph.node("Relu", [
    graph.node("Conv", [face, kernelValue], { kernel_shape: [kernel, kernel], pads: [pad, pad, pad, pad] }),
  ]);
  const pick = new Float32Array(3 * 16);
  for (let channel = 0; channel < 3; channel++) pick[channel * 16 + 3 + channel] = 1;
  const reference = graph.node("Conv", [wide, graph.floats(pick, [3, 16, 1, 1])], { kernel_shape: [1, 1] });
  return finish(graph, mel, reference);
}

/** As {@link copyNet}, its picture shrunk with antialiasing and enlarged again: refused at the first run on WebGPU. */
export function antialiasNet(): Uint8Array<ArrayBuffer> {
  const graph = new OnnxGraph("antialias", 18);
  const [mel, face] = faceInputs(graph);
  const reference = graph.node("Slice", [face, graph.ints([3]), graph.ints([6]), graph.ints([1])]);
  const scaled = (value: string, factor: number, antialias: number) =>
    graph.node("Resize", [value, "", graph.floats([1, 1, factor, factor])], { mode: "linear", antialias });
  return finish(graph, mel, scaled(scaled(reference, 0.5, 1), 2, 0));
}

/** Channels last, enlarged bilinearly: on WebGPU its lower part stays empty. */
export function channelsLastResizeNet(): Uint8Array<ArrayBuffer> {
  const graph = new OnnxGraph("channels-last");
  const [mel, face] = faceInputs(graph);
  const reference = graph.node("Slice", [face, graph.ints([3]), graph.ints([6]), graph.ints([1])]);
  const small = graph.node("AveragePool", [reference], { kernel_shape: [2, 2], strides: [2, 2] });
  const last = graph.node("Transpose", [small], { perm: [0, 2, 3, 1] });
  const large = graph.node("Resize", [last, "", graph.floats([1, 2, 2, 1])], { mode: "linear" });
  return finish(graph, mel, graph.node("Transpose", [large], { perm: [0, 3, 1, 2] }));
}

/** Its normalisation sees values about a mean 3000 times their deviation. */
export function farNormNet(): Uint8Array<ArrayBuffer> {
  const graph = new OnnxGraph("far-norm");
  const [mel, face] = faceInputs(graph);
  const reference = graph.node("Slice", [face, graph.ints([3]), graph.ints([6]), graph.ints([1])]);
  const far = graph.node("Add", [reference, graph.floats([600], [1, 1, 1, 1])]);
  const norm = graph.node("InstanceNormalization", [
    far,
    graph.floats([0.2, 0.2, 0.2]),
    graph.floats([0.5, 0.5, 0.5]),
  ]);
  return finish(graph, mel, norm);
}

/** Its last convolution is followed by Relu and then by Sigmoid, of which WebGPU leaves the Relu out. */
export function twoActivationsNet(): Uint8Array<ArrayBuffer> {
  const graph = new OnnxGraph("two-activations");
  const [mel, face] = faceInputs(graph);
  const kernel = Float32Array.from({ length: 3 * 6 }, (_, i) => (i % 6 === Math.floor(i / 6) + 3 ? 4 : 0));
  const bias = graph.floats([-2, -2, -2]);
  const conv = graph.node("Conv", [face, graph.floats(kernel, [3, 6, 1, 1]), bias], { kernel_shape: [1, 1] });
  return finish(graph, mel, graph.node("Sigmoid", [graph.node("Relu", [conv])]));
}

/** A net whose random weights lie in convolutions of 9 and of 15 channels as well. */
export function oddChannelsNet(seed = 3): Uint8Array<ArrayBuffer> {
  const random = createRandom(seed);
  const graph = new OnnxGraph("odd");
  const [mel, face] = faceInputs(graph);
  const conv = (value: string, from: number, to: number) => {
    const deviation = Math.sqrt(6 / (from * 9));
    const weights = Float32Array.from({ length: from * to * 9 }, () => (random() * 2 - 1) * deviation);
    return graph.node("Conv", [value, graph.floats(weights, [to, from, 3, 3])], {
      kernel_shape: [3, 3],
      pads: [1, 1, 1, 1],
    });
  };
  let picture = face;
  for (const [from, to] of [
    [6, 9],
    [9, 12],
    [12, 15],
    [15, 8],
  ] as const) {
    picture = graph.node("Relu", [conv(picture, from, to)]);
  }
  return finish(graph, mel, graph.node("Sigmoid", [conv(picture, 8, 3)]));
}

function faceInputs(graph: OnnxGraph): [string, string] {
  return [graph.input("mel", ["b", 1, 80, 16]), graph.input("face", ["b", 6, SIZE, SIZE])];
}

/** Adds up to half of the range with the mel's mean, none for silence, and cuts to the range. */
function finish(graph: OnnxGraph, mel: string, picture: string): Uint8Array<ArrayBuffer> {
  const mean = graph.node("GlobalAveragePool", [mel]);
  const positive = graph.node("Add", [mean, graph.floats([4], [1, 1, 1, 1])]);
  const light = graph.node("Mul", [positive, graph.floats([1 / 16], [1, 1, 1, 1])]);
  const lit = graph.node("Add", [picture, light]);
  const low = graph.node("Max", [lit, graph.floats([0], [1, 1, 1, 1])]);
  graph.openOutput("out", graph.node("Min", [low, graph.floats([1], [1, 1, 1, 1])]), ["b", 3, SIZE, SIZE]);
  return graph.serialise("tests");
}
