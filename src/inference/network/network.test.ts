import fc from "fast-check";
import { expect, test } from "vitest";
import { OnnxGraph, type Attribute } from "../../../models/build/onnx.ts";
import { createRandom } from "../../core/random.ts";
import { openNetwork } from "./network.ts";

const numbers = (length: number, seed: number) => {
  const random = createRandom(seed);
  return Float32Array.from({ length }, () => random() * 2 - 1);
};

/** A map as ONNX has it: channels, rows, columns. */
interface Planes {
  readonly channels: number;
  readonly height: number;
  readonly width: number;
  readonly data: Float32Array;
}

interface Window {
  readonly kernel: number;
  readonly stride: number;
  /** Pixels beyond the upper and left edge; beyond the others it is always `kernel` - 1 - `before`, or none at all. */
  readonly before: number;
  readonly after: number;
}

/** A convolution by its definition, in double precision. */
function convolved(
  x: Planes,
  weights: Float32Array,
  bias: Float32Array,
  w: Window,
  depthwise: boolean,
): Planes {
  const size = (n: number) => Math.floor((n + w.before + w.after - w.kernel) / w.stride) + 1;
  const [height, width] = [size(x.height), size(x.width)];
  const inputs = depthwise ? 1 : x.channels;
  const data = new Float32Array(bias.length * height * width);
  for (let o = 0; o < bias.length; o++) {
    for (let y = 0; y < height; y++) {
      for (let column = 0; column < width; column++) {
        let sum = bias[o]!;
        for (let i = 0; i < inputs; i++) {
          for (let ky = 0; ky < w.kernel; ky++) {
            for (let kx = 0; kx < w.kernel; kx++) {
              const [row, at] = [y * w.stride + ky - w.before, column * w.stride + kx - w.before];
              if (row < 0 || at < 0 || row >= x.height || at >= x.width) continue;
              const channel = depthwise ? o : i;
              sum +=
                weights[((o * inputs + i) * w.kernel + ky) * w.kernel + kx]! *
                x.data[(channel * x.height + row) * x.width + at]!;
            }
          }
        }
        data[(o * height + y) * width + column] = sum;
      }
    }
  }
  return { channels: bias.length, height, width, data };
}

const convolution = ({ kernel, stride, before, after }: Window, group = 1): Record<string, Attribute> => ({
  kernel_shape: [kernel, kernel],
  strides: [stride, stride],
  pads: [before, before, after, after],
  group,
});

/** Feeds a network with one image and gives its one result. */
async function resultOf(graph: OnnxGraph, image: Planes) {
  const network = openNetwork(graph.serialise("test"), "Net");
  const dims = [1, image.channels, image.height, image.width];
  const run = async () => (await network.run({ image: { data: image.data, dims } }))["y"]!;
  const first = await run();
  // Places are used again, so the second run finds what the first one left.
  expect(await run()).toEqual(first);
  return first;
}

const widths = fc.integer({ min: 4, max: 23 });

test("a block of a residual network is what its definition says, at any size", async () => {
  await fc.assert(
    fc.asyncProperty(widths, widths, fc.boolean(), fc.integer(), async (height, width, strided, seed) => {
      const image: Planes = { channels: 3, height, width, data: numbers(3 * height * width, seed) };
      const graph = new OnnxGraph("block");
      const first: Window = { kernel: 3, stride: strided ? 2 : 1, before: strided ? 0 : 1, after: 1 };
      const middle: Window = { kernel: 3, stride: 1, before: 1, after: 1 };
      const point: Window = { kernel: 1, stride: 1, before: 0, after: 0 };
      const w = [8 * 3 * 9, 8 * 9, 16 * 8].map((length, i) => numbers(length, seed + i + 1));
      const b = [8, 8, 16].map((length, i) => numbers(length, seed + i + 5));
      const slopes = [8, 16].map((length, i) => numbers(length, seed + i + 9));
      const values = (data: Float32Array, dims: number[]) => graph.floats(data, dims);
      const opened = graph.node("PRelu", [
        graph.node(
          "Conv",
          [graph.input("image", [1, 3, height, width]), values(w[0]!, [8, 3, 3, 3]), values(b[0]!, [8])],
          convolution(first),
        ),
        values(slopes[0]!, [8, 1, 1]),
      ]);
      const deep = graph.node(
        "Conv",
        [opened, values(w[1]!, [8, 1, 3, 3]), values(b[1]!, [8])],
        convolution(middle, 8),
      );
      const wide = graph.node(
        "Conv",
        [deep, values(w[2]!, [16, 8, 1, 1]), values(b[2]!, [16])],
        convolution(point),
      );
      const padded = graph.node("Pad", [opened, graph.ints([0, 0, 0, 0, 0, 8, 0, 0])], { mode: "constant" });
      const sum = graph.node("PRelu", [graph.node("Add", [padded, wide]), values(slopes[1]!, [16, 1, 1])]);
      // All of it to one pixel, as the heads do, so that it can be read.
      const one = convolved(image, w[0]!, b[0]!, first, false);
      const whole = numbers(5 * 16 * one.height * one.width, seed + 20);
      const head = graph.node(
        "Conv",
        [sum, values(whole, [5, 16, one.height, one.width]), values(numbers(5, seed + 21), [5])],
        {
          kernel_shape: [one.height, one.width],
          strides: [1, 1],
          pads: [0, 0, 0, 0],
          group: 1,
        },
      );
      graph.output("y", graph.node("Reshape", [head, graph.ints([5])]), [5]);

      const bent = ({ data, ...size }: Planes, by: Float32Array): Planes => {
        const pixels = size.height * size.width;
        return { ...size, data: data.map((x, i) => (x < 0 ? x * by[Math.floor(i / pixels)]! : x)) };
      };
      const start = bent(one, slopes[0]!);
      const last = convolved(convolved(start, w[1]!, b[1]!, middle, true), w[2]!, b[2]!, point, false);
      const added = bent({ ...last, data: last.data.map((x, i) => x + (start.data[i] ?? 0)) }, slopes[1]!);
      const offsets = numbers(5, seed + 21);
      const expected = offsets.map((offset, o) =>
        added.data.reduce((total, x, i) => total + x * whole[o * added.data.length + i]!, offset),
      );
      const { data, dims } = await resultOf(graph, image);
      expect(dims).toEqual([5]);
      data.forEach((value, i) => {
        expect(Math.abs(value - expected[i]!)).toBeLessThan(2e-3 * Math.max(1, Math.abs(expected[i]!)));
      });
    }),
    { numRuns: 40 },
  );
});

test("a grid reads between pixels, 0 beyond the edges; a mask and a maximum follow", async () => {
  const image: Planes = { channels: 3, height: 4, width: 4, data: numbers(48, 1) };
  const graph = new OnnxGraph("grid");
  const identity = Float32Array.from({ length: 8 * 3 }, (_, i) => (Math.floor(i / 3) % 3 === i % 3 ? 1 : 0));
  const map = graph.node(
    "Conv",
    [
      graph.input("image", [1, 3, 4, 4]),
      graph.floats(identity, [8, 3, 1, 1]),
      graph.floats(new Float32Array(8)),
    ],
    convolution({ kernel: 1, stride: 1, before: 0, after: 0 }),
  );
  // Pixel (1, 1); between (0, 0) and (1, 0); half beyond the right edge of row 2; far away.
  const points = [-0.25, -0.25, -0.5, -0.75, 1, 0.25, 9, 0].map(Math.fround);
  const grid = graph.node("Reshape", [graph.floats(points, [4, 2]), graph.ints([1, 2, 2, 2])]);
  const sampled = graph.node("GridSample", [map, grid], {
    mode: "bilinear",
    padding_mode: "zeros",
    align_corners: 0,
  });
  const masked = graph.node("Mul", [sampled, graph.floats([1, 2, -1, 5], [1, 1, 2, 2])]);
  const most = graph.node("MaxPool", [masked], { kernel_shape: [2, 2], strides: [2, 2], pads: [0, 0, 0, 0] });
  const head = graph.node(
    "Conv",
    [
      most,
      graph.floats(
        Float32Array.from({ length: 64 }, (_, i) => (i % 9 === 0 ? 1 : 0)),
        [8, 8, 1, 1],
      ),
      graph.floats(new Float32Array(8)),
    ],
    convolution({ kernel: 1, stride: 1, before: 0, after: 0 }),
  );
  graph.output("y", graph.node("Reshape", [head, graph.ints([8])]), [8]);
  const at = (channel: number, row: number, column: number) => image.data[(channel * 4 + row) * 4 + column]!;
  const { data } = await resultOf(graph, image);
  for (let channel = 0; channel < 8; channel++) {
    const c = channel % 3;
    const expected = Math.max(at(c, 1, 1), at(c, 0, 0) + at(c, 0, 1), -at(c, 2, 3) / 2, 0);
    expect(data[channel]).toBeCloseTo(expected, 5);
  }
});

test("what is not done here is named when the network is opened", () => {
  const graph = new OnnxGraph("wrong");
  graph.output("y", graph.node("Relu", [graph.input("image", [1, 8, 4, 4])]), [1, 8, 4, 4]);
  expect(() => openNetwork(graph.serialise("test"), "Net")).toThrow("Relu of a feature map");
  expect(() => openNetwork(new Uint8Array(40), "Net")).toThrow(/damaged/);
});
