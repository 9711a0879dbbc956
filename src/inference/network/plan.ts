import { CHANNEL_GROUP } from "./feature-maps.ts";
import { PLAIN_OPERATORS, type Plain } from "./plain-operators.ts";
import type { Graph, GraphNode } from "./read-graph.ts";

/** Size of a feature map. */
export interface MapSize {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
}

/** A dense convolution, with what follows it: a sum with another map and a slope for negative values. */
export interface Convolution {
  readonly kind: "convolution";
  readonly input: string;
  readonly output: string;
  readonly weights: Plain;
  readonly bias: Plain;
  readonly stride: number;
  /** Whether the first window reaches one pixel beyond the map's upper left corner. */
  readonly before: boolean;
  readonly added: string | undefined;
  readonly slopes: Plain | undefined;
}

/** One thing to do; maps and small tensors are known by name. */
export type Step =
  | Convolution
  | {
      readonly kind: "depthwise";
      readonly input: string;
      readonly output: string;
      readonly weights: Plain;
      readonly bias: Plain;
      readonly stride: number;
      readonly before: boolean;
    }
  | { readonly kind: "maximum"; readonly input: string; readonly output: string }
  /** Reads a map bilinearly at points in [-1, 1] from edge to edge; beyond it is 0. */
  | { readonly kind: "sample"; readonly input: string; readonly points: string; readonly output: string }
  /** Multiplies each pixel by a number. */
  | { readonly kind: "mask"; readonly input: string; readonly mask: string; readonly output: string }
  | { readonly kind: "plain"; readonly node: GraphNode; readonly output: string };

/** A network as steps in order. */
export interface Plan {
  readonly steps: readonly Step[];
  /** Sizes of all maps by name. */
  readonly maps: ReadonlyMap<string, MapSize>;
  /** Constants among the small tensors. */
  readonly constants: ReadonlyMap<string, Plain>;
}

/** Names of the maps that a step reads. */
export function mapsRead(step: Step): readonly string[] {
  if (step.kind === "plain") return [];
  return step.kind === "convolution" && step.added !== undefined ? [step.input, step.added] : [step.input];
}

/** Turns a graph into steps. @throws Error naming what is not done here. */
class Planner {
  private readonly steps: Step[] = [];
  private readonly maps = new Map<string, MapSize>();
  private readonly constants: Map<string, Plain>;
  private readonly readers = new Map<string, GraphNode[]>();
  private readonly makers = new Map<string, GraphNode>();
  /** Sizes of what convolutions give, also where that is a single pixel and so a small tensor. */
  private readonly sizes = new Map<string, MapSize>();
  /** Convolutions that wait for what follows them. */
  private readonly waiting = new Map<string, Convolution>();
  /** Maps with channels of zeros behind them: what they are without. */
  private readonly widened = new Map<string, string>();

  constructor(private readonly graph: Graph) {
    this.constants = new Map(graph.constants);
    for (const node of graph.nodes) {
      this.makers.set(node.output, node);
      for (const input of node.inputs) this.readers.set(input, [...(this.readers.get(input) ?? []), node]);
    }
  }

  plan(): Plan {
    const [image] = this.graph.inputs;
    const [, channels, height, width] = image!.dims as [number, number, number, number];
    this.maps.set(image!.name, { height, width, channels });
    for (const node of this.graph.nodes) this.add(node);
    return { steps: this.steps, maps: this.maps, constants: this.constants };
  }

  private size(name: string): MapSize {
    const size = this.maps.get(name);
    if (size === undefined) throw new Error(`${name} is no feature map`);
    return size;
  }

  private constant(name: string): Plain {
    const constant = this.constants.get(name);
    if (constant === undefined) throw new Error(`${name} is no constant`);
    return constant;
  }

  private add(node: GraphNode): void {
    const { type, inputs, output } = node;
    const [first, second] = inputs as [string, string];
    if (type === "Cast" && this.constants.has(first)) {
      this.constants.set(output, this.constant(first));
    } else if (!inputs.some((name) => this.maps.has(name))) {
      if (!(type in PLAIN_OPERATORS)) throw new Error(`${type} of small tensors`);
      this.steps.push({ kind: "plain", node, output });
    } else if (type === "Conv") {
      this.convolution(node);
    } else if (type === "Add") {
      this.sum(first, second, output);
    } else if (type === "PRelu") {
      const convolution = this.waiting.get(first);
      if (!convolution) throw new Error("a PRelu that follows no convolution");
      this.waiting.delete(first);
      this.sizes.set(output, this.sizes.get(first)!);
      this.settle({ ...convolution, slopes: this.constant(second), output });
    } else if (type === "MaxPool") {
      const { height, width, channels } = this.size(first);
      const { kernel_shape: kernel, strides, pads } = node.attributes;
      if (`${kernel?.join()} ${strides?.join()} ${pads?.join()}` !== "2,2 2,2 0,0,0,0") {
        throw new Error("a MaxPool that is not 2 × 2");
      }
      this.maps.set(output, { height: height / 2, width: width / 2, channels });
      this.steps.push({ kind: "maximum", input: first, output });
    } else if (type === "Pad") {
      const { data: pads } = this.constant(second);
      const { channels, ...size } = this.size(first);
      if (pads.some((amount, i) => amount !== 0 && i !== 5)) throw new Error("a Pad of more than channels");
      this.maps.set(output, { ...size, channels: channels + pads[5]! });
      this.widened.set(output, first);
    } else if (type === "GridSample") {
      const [, height, width] = this.constant(this.makers.get(second)!.inputs[1]!).data;
      this.maps.set(output, { height: height!, width: width!, channels: this.size(first).channels });
      this.steps.push({ kind: "sample", input: first, points: second, output });
    } else if (type === "Mul") {
      this.maps.set(output, this.size(first));
      this.steps.push({ kind: "mask", input: first, mask: second, output });
    } else {
      throw new Error(`${type} of a feature map`);
    }
  }

  private convolution({ inputs, attributes, output }: GraphNode): void {
    const [input, weightsName, biasName] = inputs as [string, string, string];
    const { height, width, channels } = this.size(input);
    if (this.widened.has(input)) throw new Error("a convolution of a padded map");
    const [weights, bias] = [this.constant(weightsName), this.constant(biasName)];
    const [outputs, , kernelHeight, kernelWidth] = weights.dims as [number, number, number, number];
    const [stride, across] = attributes["strides"] as [number, number];
    const [top, left, bottom, right] = attributes["pads"] as [number, number, number, number];
    const group = attributes["group"]![0]!;
    // Maps have a border of one pixel, which is all that a window may reach.
    if (stride !== across || top !== left || bottom !== right || Math.max(top, bottom) > 1) {
      throw new Error("a convolution with uneven strides or wide padding");
    }
    const down = (size: number, kernel: number) => Math.floor((size + top + bottom - kernel) / stride) + 1;
    const size = { height: down(height, kernelHeight), width: down(width, kernelWidth), channels: outputs };
    this.sizes.set(output, size);
    const step = { input, output, weights, bias, stride, before: top === 1 };
    if (group === channels && weights.dims[1] === 1 && kernelHeight === 3 && kernelWidth === 3) {
      if (channels % CHANNEL_GROUP !== 0) throw new Error("an odd number of channels");
      this.maps.set(output, size);
      this.steps.push({ ...step, kind: "depthwise" });
    } else if (group === 1) {
      this.settle({ ...step, kind: "convolution", added: undefined, slopes: undefined });
    } else {
      throw new Error("a convolution of groups");
    }
  }

  /** Keeps a convolution back where what follows belongs to it, else does it. */
  private settle(convolution: Convolution): void {
    const { output, slopes, added } = convolution;
    const size = this.sizes.get(output)!;
    const readers = this.readers.get(output) ?? [];
    const next = readers.length === 1 ? readers[0]!.type : undefined;
    if (size.height * size.width > 1) this.maps.set(output, size);
    if (slopes === undefined && (next === "PRelu" || (next === "Add" && added === undefined))) {
      this.maps.set(output, size);
      this.waiting.set(output, convolution);
      return;
    }
    if (size.height * size.width > 1 && size.channels % CHANNEL_GROUP !== 0) {
      throw new Error("an odd number of channels");
    }
    this.steps.push(convolution);
  }

  private sum(first: string, second: string, output: string): void {
    const [given, other] = this.waiting.has(second) ? [second, first] : [first, second];
    const convolution = this.waiting.get(given);
    if (!convolution) throw new Error("an Add that follows no convolution");
    this.waiting.delete(given);
    // The other one may wait for nothing but this.
    const rest = this.waiting.get(other);
    if (rest) {
      this.waiting.delete(other);
      this.steps.push(rest);
    }
    this.sizes.set(output, this.sizes.get(given)!);
    this.settle({ ...convolution, added: this.widened.get(other) ?? other, output });
  }
}

/**
 * The steps of a network of feature maps whose convolutions are dense or depthwise 3 × 3, and of small tensors beside them.
 * @throws Error naming what is not done here.
 */
export function planOf(graph: Graph): Plan {
  return new Planner(graph).plan();
}
