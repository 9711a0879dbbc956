import { toReference } from "flatbuffers/mjs/flexbuffers.js";
import type { OnnxGraph } from "./onnx.ts";
import { sampleFeatureMap, fitTransform, mapPoints, scaleTransform, type Transform } from "./attention.ts";
import type { TfliteGraph, TfliteOperator, TfliteTensor } from "./tflite.ts";

/** Size of a feature map. */
interface Size {
  readonly height: number;
  readonly width: number;
}

/**
 * A value while converting. Feature maps of TensorFlow Lite are NHWC, ours NCHW; all other values keep their
 * layout. A transform is the top of a 4×4 matrix, held as its coefficients.
 */
type Value =
  | { readonly layout: "nchw" | "plain"; readonly name: string }
  | { readonly layout: "transform"; readonly transform: Transform };

/** Padding before and after, as TensorFlow's SAME rule has it: the odd pixel goes to the far side. */
function samePadding(input: number, output: number, kernel: number, stride: number): [number, number] {
  const total = Math.max((output - 1) * stride + kernel - input, 0);
  return [total >> 1, total - (total >> 1)];
}

const sizeOf = (tensor: TfliteTensor): Size => ({ height: tensor.shape[1]!, width: tensor.shape[2]! });

/** Reorders a tensor's half-precision elements; `order[i]` is the old axis of new axis `i`. */
function permute(
  bits: Uint16Array,
  shape: readonly number[],
  order: readonly number[],
): Uint16Array<ArrayBuffer> {
  const strides = shape.map((_, axis) => shape.slice(axis + 1).reduce((a, b) => a * b, 1));
  const sizes = order.map((axis) => shape[axis]!);
  const out = new Uint16Array(bits.length);
  const at = sizes.map(() => 0);
  for (let i = 0; i < out.length; i++) {
    out[i] = bits[at.reduce((sum, value, axis) => sum + value * strides[order[axis]!]!, 0)]!;
    for (let axis = sizes.length - 1; axis >= 0; axis--) {
      if (++at[axis]! < sizes[axis]!) break;
      at[axis] = 0;
    }
  }
  return out;
}

/** Values of half-precision numbers. */
function fromHalf(bits: Uint16Array): Float32Array {
  return Float32Array.from(bits, (half) => {
    const exponent = (half >> 10) & 31;
    const fraction = half & 1023;
    const magnitude = exponent === 0 ? fraction * 2 ** -24 : (1 + fraction / 1024) * 2 ** (exponent - 15);
    return half & 0x8000 ? -magnitude : magnitude;
  });
}

/** Translates one TensorFlow Lite graph, operator by operator, into an {@link OnnxGraph}. */
export class GraphConverter {
  private readonly values = new Map<number, Value>();
  private readonly halves = new Map<number, { bits: Uint16Array<ArrayBuffer>; shape: readonly number[] }>();
  /** Landmark subsets of the transforms met so far. */
  readonly subsets: number[][] = [];

  constructor(
    private readonly source: TfliteGraph,
    readonly onnx: OnnxGraph,
  ) {}

  /**
   * Converts the whole graph; the single image input becomes `image`, `[1, 3, height, width]`.
   * @returns the graph's outputs in order, each as a flat or `[1, n, c]` value in TensorFlow Lite's own element order.
   */
  run(): { name: string; value: string; shape: readonly number[] }[] {
    const input = this.source.inputs[0]!;
    const { height, width } = sizeOf(this.source.tensors[input]!);
    this.values.set(input, { layout: "nchw", name: this.onnx.input("image", [1, 3, height, width]) });
    for (const operator of this.source.operators) this.convert(operator);
    return this.source.outputs.map((index) => {
      const tensor = this.source.tensors[index]!;
      return { name: tensor.name, value: this.plain(index), shape: tensor.shape };
    });
  }

  private tensor(index: number): TfliteTensor {
    return this.source.tensors[index]!;
  }

  private value(index: number): Value {
    const value = this.values.get(index);
    if (value === undefined) throw new Error(`tensor ${this.tensor(index).name} is used before it is made`);
    return value;
  }

  /** Name of a value that is not a transform. */
  private name(index: number): string {
    const value = this.value(index);
    if (value.layout === "transform") throw new Error(`tensor ${this.tensor(index).name} is a transform`);
    return value.name;
  }

  /** Name of a value in TensorFlow Lite's element order. */
  private plain(index: number): string {
    const { shape } = this.tensor(index);
    const pixels = (shape[1] ?? 1) * (shape[2] ?? 1);
    if (this.value(index).layout !== "nchw" || pixels === 1) return this.name(index);
    return this.onnx.node("Transpose", [this.name(index)], { perm: [0, 2, 3, 1] });
  }

  private half(index: number): { bits: Uint16Array<ArrayBuffer>; shape: readonly number[] } {
    const half = this.halves.get(index);
    if (half === undefined)
      throw new Error(`tensor ${this.tensor(index).name} is no half-precision constant`);
    return half;
  }

  private numbers(index: number): number[] {
    const { data } = this.tensor(index);
    if (data === undefined) throw new Error(`tensor ${this.tensor(index).name} is not constant`);
    return Array.from(new Int32Array(data.buffer, data.byteOffset, data.length / 4));
  }

  private convert(operator: TfliteOperator): void {
    const [first, second] = operator.inputs as [number, number];
    const output = operator.outputs[0]!;
    const set = (name: string, layout: "nchw" | "plain" = "nchw") =>
      this.values.set(output, { layout, name });
    const unary = (type: string) =>
      set(this.onnx.node(type, [this.name(first)]), this.value(first).layout as "nchw");
    switch (operator.kind) {
      case "dequantize": {
        const { data, shape, type } = this.tensor(first);
        if (data === undefined || type !== "float16")
          throw new Error("only half-precision constants are dequantised");
        this.halves.set(output, { bits: new Uint16Array(data.slice().buffer), shape });
        return;
      }
      case "conv2d":
        set(this.convolution(operator, false));
        return;
      case "depthwise-conv2d":
        set(this.convolution(operator, true));
        return;
      case "max-pool2d":
        set(this.maxPool(operator));
        return;
      case "relu":
        unary("Relu");
        return;
      case "logistic":
        unary("Sigmoid");
        return;
      case "hard-swish":
        unary("HardSwish");
        return;
      case "average-pool2d":
        if (this.tensor(output).shape.slice(1, 3).join() !== "1,1") throw new Error("a pool of a part");
        unary("GlobalAveragePool");
        return;
      case "Convolution2DTransposeBias":
        set(this.transposed(operator));
        return;
      case "prelu": {
        const { bits } = this.half(second);
        set(this.onnx.node("PRelu", [this.name(first), this.onnx.halves(bits, [bits.length, 1, 1])]));
        return;
      }
      case "add":
        if (operator.options(0, "byte", 0) !== 0) throw new Error("an addition with a fused activation");
        set(this.onnx.node("Add", [this.name(first), this.name(second)]));
        return;
      case "pad": {
        const pairs = this.numbers(second);
        if (pairs.some((amount, i) => amount !== 0 && i < 6))
          throw new Error("padding of other axes than channels");
        const pads = this.onnx.ints([0, pairs[6]!, 0, 0, 0, pairs[7]!, 0, 0]);
        set(this.onnx.node("Pad", [this.name(first), pads], { mode: "constant" }));
        return;
      }
      case "resize-bilinear":
        set(this.resize(operator));
        return;
      case "reshape": {
        const shape = this.onnx.ints([...this.tensor(output).shape]);
        set(this.onnx.node("Reshape", [this.plain(first), shape]), "plain");
        return;
      }
      case "concatenation": {
        const inputs = operator.inputs.map((index) => this.name(index));
        set(this.onnx.node("Concat", inputs, { axis: operator.options(0, "int", 0) }), "plain");
        return;
      }
      case "strided-slice": {
        if (this.tensor(first).shape.join() !== this.tensor(output).shape.join())
          throw new Error("a real slice");
        this.values.set(output, this.value(first));
        return;
      }
      case "mul":
        this.multiply(first, second, output);
        return;
      default:
        this.custom(operator);
    }
  }

  private convolution(operator: TfliteOperator, depthwise: boolean): string {
    const [input, weights, bias] = operator.inputs as [number, number, number];
    const kernel = this.half(weights);
    const [, kernelHeight, kernelWidth] = kernel.shape as [number, number, number, number];
    const from = sizeOf(this.tensor(input));
    const to = sizeOf(this.tensor(operator.outputs[0]!));
    const same = operator.options(0, "byte", 0) === 0;
    const [strideWidth, strideHeight] = [operator.options(1, "int", 1), operator.options(2, "int", 1)];
    if (operator.options(depthwise ? 4 : 3, "byte", 0) !== 0)
      throw new Error("a convolution with a fused activation");
    if (depthwise && operator.options(3, "int", 1) !== 1) throw new Error("a depth multiplier other than 1");
    const [top, bottom] = same ? samePadding(from.height, to.height, kernelHeight, strideHeight) : [0, 0];
    const [left, right] = same ? samePadding(from.width, to.width, kernelWidth, strideWidth) : [0, 0];
    const order = depthwise ? [3, 0, 1, 2] : [0, 3, 1, 2];
    const packed = permute(kernel.bits, kernel.shape, order);
    const shape = order.map((axis) => kernel.shape[axis]!);
    const { bits } = this.half(bias);
    return this.onnx.node(
      "Conv",
      [this.name(input), this.onnx.halves(packed, shape), this.onnx.halves(bits, [bits.length])],
      {
        kernel_shape: [kernelHeight, kernelWidth],
        strides: [strideHeight, strideWidth],
        pads: [top, left, bottom, right],
        group: depthwise ? shape[0]! : 1,
      },
    );
  }

  /** A convolution that enlarges: its kernels lie side by side, as large as its strides. */
  private transposed({ inputs, outputs, custom }: TfliteOperator): string {
    const [input, weights, bias] = inputs as [number, number, number];
    const { bits, shape } = this.half(weights);
    const [, height, width] = shape as [number, number, number, number];
    // Padding, then the strides across and down, 32 bits each.
    const [, across, down] = new Int32Array(custom.slice().buffer);
    const [from, to] = [sizeOf(this.tensor(input)), sizeOf(this.tensor(outputs[0]!))];
    if (
      width !== across ||
      height !== down ||
      to.width !== from.width * width ||
      to.height !== from.height * height
    ) {
      throw new Error("a transposed convolution whose kernels overlap");
    }
    const order = [3, 0, 1, 2];
    const kernel = this.onnx.halves(
      permute(bits, shape, order),
      order.map((axis) => shape[axis]!),
    );
    const offset = this.half(bias).bits;
    return this.onnx.node(
      "ConvTranspose",
      [this.name(input), kernel, this.onnx.halves(offset, [offset.length])],
      {
        kernel_shape: [height, width],
        strides: [height, width],
      },
    );
  }

  private maxPool(operator: TfliteOperator): string {
    const input = operator.inputs[0]!;
    const from = sizeOf(this.tensor(input));
    const to = sizeOf(this.tensor(operator.outputs[0]!));
    const same = operator.options(0, "byte", 0) === 0;
    const [strideWidth, strideHeight] = [operator.options(1, "int", 1), operator.options(2, "int", 1)];
    const [width, height] = [operator.options(3, "int", 1), operator.options(4, "int", 1)];
    const [top, bottom] = same ? samePadding(from.height, to.height, height, strideHeight) : [0, 0];
    const [left, right] = same ? samePadding(from.width, to.width, width, strideWidth) : [0, 0];
    return this.onnx.node("MaxPool", [this.name(input)], {
      kernel_shape: [height, width],
      strides: [strideHeight, strideWidth],
      pads: [top, left, bottom, right],
    });
  }

  private resize(operator: TfliteOperator): string {
    const input = operator.inputs[0]!;
    const from = sizeOf(this.tensor(input));
    const to = sizeOf(this.tensor(operator.outputs[0]!));
    if (operator.options(2, "byte", 0) !== 0 || operator.options(3, "byte", 0) !== 1) {
      throw new Error("a resize that does not use half-pixel centres");
    }
    const scales = this.onnx.floats([1, 1, to.height / from.height, to.width / from.width]);
    return this.onnx.node("Resize", [this.name(input), "", scales], {
      mode: "linear",
      coordinate_transformation_mode: "half_pixel",
    });
  }

  private multiply(first: number, second: number, output: number): void {
    const value = this.value(first);
    if (!this.halves.has(second)) {
      const name = this.onnx.node("Mul", [this.name(first), this.name(second)]);
      this.values.set(output, { layout: "nchw", name });
      return;
    }
    const factors = fromHalf(this.half(second).bits);
    if (value.layout === "transform") {
      this.values.set(output, {
        layout: "transform",
        transform: scaleTransform(this.onnx, value.transform, factors),
      });
      return;
    }
    if (factors.length !== 1) throw new Error("a product with more than one factor");
    const name = this.onnx.node("Mul", [value.name, this.onnx.floats(factors)]);
    this.values.set(output, { layout: value.layout, name });
  }

  private custom(operator: TfliteOperator): void {
    const [first, second] = operator.inputs as [number, number];
    const output = operator.outputs[0]!;
    if (operator.version !== 2) throw new Error(`${operator.kind} in version ${operator.version}`);
    const options = operator.custom.slice();
    const settings = (options.length > 0 ? toReference(options.buffer).toObject() : {}) as Record<
      string,
      unknown
    >;
    switch (operator.kind) {
      case "Landmarks2TransformMatrix": {
        const fitting = {
          from: settings["left_rotation_idx"] as number,
          to: settings["right_rotation_idx"] as number,
          subset: settings["subset_idxs"] as number[],
          scaleX: settings["scale_x"] as number,
          scaleY: settings["scale_y"] as number,
          width: settings["output_width"] as number,
          height: settings["output_height"] as number,
        };
        if ((settings["target_rotation_radians"] ?? 0) !== 0) throw new Error("a crop turned to an angle");
        this.subsets.push(fitting.subset);
        const transform = fitTransform(this.onnx, this.name(first), fitting);
        this.values.set(output, { layout: "transform", transform });
        return;
      }
      case "TransformTensorBilinear": {
        const matrix = this.value(second);
        if (matrix.layout !== "transform") throw new Error("a crop without a transform");
        const name = sampleFeatureMap(this.onnx, this.name(first), matrix.transform, {
          from: sizeOf(this.tensor(first)),
          to: sizeOf(this.tensor(output)),
        });
        this.values.set(output, { layout: "nchw", name });
        return;
      }
      case "TransformLandmarks": {
        const matrix = this.value(second);
        if (matrix.layout !== "transform" || this.tensor(first).shape[2] !== 2)
          throw new Error("points not in 2-D");
        this.values.set(output, {
          layout: "plain",
          name: mapPoints(this.onnx, this.name(first), matrix.transform),
        });
        return;
      }
      default:
        throw new Error(`operator ${operator.kind} has no conversion`);
    }
  }
}
