import type { OnnxGraph } from "./onnx.ts";

/**
 * An affine map of the plane, x' = A x + t, as two values of the graph:
 * `linear` is Aᵀ, `[2, 2]`, and `shift` is t, `[1, 2]`, so that rows of points map by `points · linear + shift`.
 */
export interface Transform {
  readonly linear: string;
  readonly shift: string;
}

/** How a rotated crop is fitted to landmarks. */
export interface Fitting {
  /** Landmarks whose connection becomes horizontal in the crop. */
  readonly from: number;
  readonly to: number;
  /** Landmarks whose bounds, in the rotated frame, the crop encloses. */
  readonly subset: readonly number[];
  /** Enlargement of the bounds. */
  readonly scaleX: number;
  readonly scaleY: number;
  /** Size of the crop in its own pixels. */
  readonly width: number;
  readonly height: number;
}

/**
 * The map from a crop's pixels to the landmarks' frame: rotation by the direction `from` → `to`, the enlarged
 * bounds of the subset, centred. Cosine and sine come from the normalised direction, so no trigonometry is needed.
 * @param landmarks `[1, n, 3]`.
 * @see MediaPipe, `Landmarks2TransformMatrix` version 2, for the meaning.
 */
export function fitTransform(graph: OnnxGraph, landmarks: string, fitting: Fitting): Transform {
  const points = graph.node("Slice", [
    graph.node("Reshape", [landmarks, graph.ints([-1, 3])]),
    graph.ints([0]),
    graph.ints([2]),
    graph.ints([1]),
  ]);
  const ends = [fitting.from, fitting.to].map((index) => graph.node("Gather", [points, graph.ints([index])]));
  const direction = graph.node("Sub", [ends[1]!, ends[0]!]);
  const length = graph.node("Sqrt", [
    graph.node("ReduceSum", [graph.node("Mul", [direction, direction]), graph.ints([1])], { keepdims: 1 }),
  ]);
  const unit = graph.node("Div", [direction, length]);
  // The crop's axes in the landmarks' frame: the unit direction and its normal.
  const normal = graph.node("MatMul", [unit, graph.floats([0, 1, -1, 0], [2, 2])]);
  const axes = graph.node("Concat", [unit, normal], { axis: 0 });
  const subset = graph.node("Gather", [points, graph.ints(fitting.subset)]);
  const rotated = graph.node("MatMul", [subset, graph.node("Transpose", [axes], { perm: [1, 0] })]);
  const most = graph.node("ReduceMax", [rotated], { axes: [0], keepdims: 1 });
  const least = graph.node("ReduceMin", [rotated], { axes: [0], keepdims: 1 });
  const centre = graph.node("MatMul", [
    graph.node("Mul", [graph.node("Add", [most, least]), graph.floats([0.5])]),
    axes,
  ]);
  const perPixel = graph.node("Mul", [
    graph.node("Sub", [most, least]),
    graph.floats([fitting.scaleX / fitting.width, fitting.scaleY / fitting.height], [1, 2]),
  ]);
  const linear = graph.node("Mul", [axes, graph.node("Reshape", [perPixel, graph.ints([2, 1])])]);
  const half = graph.floats([-fitting.width / 2, -fitting.height / 2], [1, 2]);
  return { linear, shift: graph.node("Add", [centre, graph.node("MatMul", [half, linear])]) };
}

/**
 * Multiplies a transform's matrix by constants, element by element.
 * @param factors of the whole 4×4 matrix, row-major; only its planar part counts.
 */
export function scaleTransform(
  graph: OnnxGraph,
  transform: Transform,
  factors: ArrayLike<number>,
): Transform {
  const [xx, xy, xt, yx, yy, yt] = [0, 1, 3, 4, 5, 7].map((index) => factors[index]!) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  return {
    linear: graph.node("Mul", [transform.linear, graph.floats([xx, yx, xy, yy], [2, 2])]),
    shift: graph.node("Mul", [transform.shift, graph.floats([xt, yt], [1, 2])]),
  };
}

/**
 * Reads a feature map bilinearly at the crop's pixel centres; centres outside the map's outermost pixel centres read 0.
 * @see MediaPipe, `TransformTensorBilinear` version 2, for the meaning.
 */
export function sampleFeatureMap(
  graph: OnnxGraph,
  map: string,
  transform: Transform,
  size: { from: { width: number; height: number }; to: { width: number; height: number } },
): string {
  const { from, to } = size;
  const centres: number[] = [];
  for (let y = 0; y < to.height; y++) for (let x = 0; x < to.width; x++) centres.push(x + 0.5, y + 0.5);
  const mapped = graph.node("Add", [
    graph.node("MatMul", [graph.floats(centres, [to.height * to.width, 2]), transform.linear]),
    transform.shift,
  ]);
  const grid = graph.node("Sub", [
    graph.node("Mul", [mapped, graph.floats([2 / from.width, 2 / from.height], [1, 2])]),
    graph.floats([1]),
  ]);
  const sampled = graph.node(
    "GridSample",
    [map, graph.node("Reshape", [grid, graph.ints([1, to.height, to.width, 2])])],
    { mode: "bilinear", padding_mode: "zeros", align_corners: 0 },
  );
  // A centre is inside when clamping leaves it where it is.
  const low = graph.floats([0.5, 0.5], [1, 2]);
  const high = graph.floats([from.width - 0.5, from.height - 0.5], [1, 2]);
  const clamped = graph.node("Min", [graph.node("Max", [mapped, low]), high]);
  const inside = graph.toFloat(graph.node("Equal", [clamped, mapped]));
  const mask = graph.node("ReduceMin", [inside], { axes: [1], keepdims: 0 });
  return graph.node("Mul", [sampled, graph.node("Reshape", [mask, graph.ints([1, 1, to.height, to.width])])]);
}

/**
 * Maps points of a crop back.
 * @param points `[1, n, 2]`.
 * @see MediaPipe, `TransformLandmarks` version 2, for the meaning.
 */
export function mapPoints(graph: OnnxGraph, points: string, transform: Transform): string {
  return graph.node("Add", [graph.node("MatMul", [points, transform.linear]), transform.shift]);
}
