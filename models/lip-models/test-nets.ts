import { toHalves } from "../../src/inference/element-types.ts";
import { OnnxGraph, type ElementName, type Size } from "../build/onnx.ts";

/** How a test net differs from the plainest one. */
export interface PaintNetOptions {
  /** Side of the face picture; 32 when absent. */
  readonly size?: number;
  /** Names of audio input, face input and output. */
  readonly names?: readonly [string, string, string];
  readonly batch?: Size;
  readonly layout?: "NCHW" | "NHWC";
  readonly audioOrder?: "bands-columns" | "columns-bands";
  /** Which three channels of the face input hold the masked picture. */
  readonly first?: "masked" | "reference";
  /** Element type of weights, inputs, outputs and sums. */
  readonly element?: "float32" | "float16";
  /** Pass the picture through an 8-bit convolution, quantised as exporters do it. */
  readonly quantised?: boolean;
  /** Where the pictures' numbers lie; [0, 1] when absent. */
  readonly range?: readonly [number, number];
}

const COLUMNS = 16;
const BANDS = 80;
/** Columns of the window that the three bars show. */
export const PAINTED_COLUMNS = [0, 8, 15] as const;
/** Rows from this share of the side on repeat the reference picture. */
export const REFERENCE_FROM = 0.875;

/**
 * An ONNX file with Wav2Lip's inputs and output whose weights are written here: above the middle it repeats the
 * masked picture, below it paints three bars. Bar `i` is bright in output channel `i` only: as bright as the mean
 * of mel column {@link PAINTED_COLUMNS}`[i]` of its window, −4 black and 4 white. The last rows repeat the reference.
 * A picture thus shows which columns, which channels and which rows were used.
 */
export function paintNet(options: PaintNetOptions = {}): Uint8Array<ArrayBuffer> {
  const { size = 32, batch = "batch", layout = "NCHW", element = "float32", range = [0, 1] } = options;
  const [audioName, faceName, outName] = options.names ?? [
    "mel_spectrogram",
    "video_frames",
    "predicted_frames",
  ];
  const graph = new OnnxGraph("paint");
  const weights = (values: Float32Array, dims: readonly number[]) =>
    graph.raw(element, dims, bytesOf(values, element));
  const scalar = (value: number) => weights(Float32Array.of(value), [1, 1, 1, 1]);
  const nhwc = layout === "NHWC";
  const bandsFirst = (options.audioOrder ?? "bands-columns") === "bands-columns";

  const audio = graph.input(
    audioName,
    [batch, 1, ...(bandsFirst ? [BANDS, COLUMNS] : [COLUMNS, BANDS])],
    element,
  );
  const given = graph.input(faceName, nhwc ? [batch, size, size, 6] : [batch, 6, size, size], element);
  const faces = nhwc ? graph.node("Transpose", [given], { perm: [0, 3, 1, 2] }) : given;
  const slice = (value: string, axis: number, from: number, to: number) =>
    graph.node("Slice", [value, graph.ints([from]), graph.ints([to]), graph.ints([axis])]);
  const maskedAt = (options.first ?? "masked") === "masked" ? 0 : 3;
  const masked = slice(faces, 1, maskedAt, maskedAt + 3);
  const reference = slice(faces, 1, 3 - maskedAt, 6 - maskedAt);

  const [low, high] = range;
  const area = (inside: (x: number, y: number, channel: number) => boolean) => {
    const values = new Float32Array(3 * size * size);
    for (let channel = 0; channel < 3; channel++)
      for (let y = 0; y < size; y++)
        for (let x = 0; x < size; x++)
          if (inside(x / size, y / size, channel)) values[(channel * size + y) * size + x] = 1;
    return weights(values, [1, 3, size, size]);
  };
  const upper = area((_x, y) => y < 0.5);
  let sum = graph.node("Mul", [masked, upper]);
  const footer = graph.node("Mul", [reference, area((_x, y) => y >= REFERENCE_FROM)]);
  sum = graph.node("Add", [sum, footer]);
  if (low !== 0) {
    const painted = area((_x, y) => y >= 0.5 && y < REFERENCE_FROM);
    sum = graph.node("Add", [sum, graph.node("Mul", [painted, scalar(low)])]);
  }
  for (const [bar, column] of PAINTED_COLUMNS.entries()) {
    const picked = slice(audio, bandsFirst ? 3 : 2, column, column + 1);
    const mean = graph.node("ReduceMean", [picked], { axes: [1, 2, 3], keepdims: 1 });
    const level = graph.node("Mul", [graph.node("Add", [mean, scalar(4)]), scalar((high - low) / 8)]);
    const inBar = area(
      (x, y, channel) => channel === bar && Math.floor(x * 3) === bar && y >= 0.5 && y < REFERENCE_FROM,
    );
    sum = graph.node("Add", [sum, graph.node("Mul", [level, inBar])]);
  }
  if (options.quantised) sum = quantisedIdentity(graph, sum);
  const result = nhwc ? graph.node("Transpose", [sum], { perm: [0, 2, 3, 1] }) : sum;
  graph.openOutput(outName, result, nhwc ? [batch, size, size, 3] : [batch, 3, size, size], element);
  return new Uint8Array(graph.serialise("tests"));
}

function bytesOf(values: Float32Array, element: ElementName): Uint8Array {
  return new Uint8Array(element === "float16" ? toHalves(values).buffer : Float32Array.from(values).buffer);
}

/** A 1×1 convolution that changes nothing, with 8-bit weights and sums between QuantizeLinear and DequantizeLinear. */
function quantisedIdentity(graph: OnnxGraph, value: string): string {
  const scale = graph.floats([1 / 255], []);
  const zero = graph.raw("uint8", [], Uint8Array.of(0));
  const rounded = graph.node("QuantizeLinear", [value, scale, zero]);
  const picture = graph.node("DequantizeLinear", [rounded, scale, zero]);
  const identity = Int8Array.from({ length: 9 }, (_, i) => (i % 4 === 0 ? 127 : 0));
  const kernel = graph.node("DequantizeLinear", [
    graph.raw("int8", [3, 3, 1, 1], new Uint8Array(identity.buffer)),
    graph.floats([1 / 127], []),
    graph.raw("int8", [], Uint8Array.of(0)),
  ]);
  return graph.node("Conv", [picture, kernel], { kernel_shape: [1, 1] });
}
