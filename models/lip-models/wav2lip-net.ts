import { createRandom } from "../../src/core/random.ts";
import { OnnxGraph } from "../build/onnx.ts";

/** Channels in and out, kernel, stride, padding; `residual` adds the input, `up` doubles the size. */
interface Layer {
  readonly from: number;
  readonly to: number;
  readonly kernel?: number;
  readonly stride?: number | readonly [number, number];
  readonly pad?: number;
  readonly residual?: boolean;
  readonly up?: boolean;
}

const same = (channels: number): Layer => ({ from: channels, to: channels, residual: true });
const down = (from: number, to: number): Layer => ({ from, to, stride: 2 });

/** Encoder of the six-channel face at 96 px; its blocks' outputs are the decoder's skips. */
const FACE: readonly (readonly Layer[])[] = [
  [{ from: 6, to: 16, kernel: 7, pad: 3 }],
  [down(16, 32), same(32), same(32)],
  [down(32, 64), same(64), same(64), same(64)],
  [down(64, 128), same(128), same(128)],
  [down(128, 256), same(256), same(256)],
  [down(256, 512), same(512)],
  [
    { from: 512, to: 512, pad: 0 },
    { from: 512, to: 512, kernel: 1, pad: 0 },
  ],
];
const AUDIO: readonly Layer[] = [
  { from: 1, to: 32 },
  same(32),
  same(32),
  { from: 32, to: 64, stride: [3, 1] },
  same(64),
  same(64),
  { from: 64, to: 128, stride: 3 },
  same(128),
  same(128),
  { from: 128, to: 256, stride: [3, 2] },
  same(256),
  { from: 256, to: 512, pad: 0 },
  { from: 512, to: 512, kernel: 1, pad: 0 },
];
const DECODER: readonly (readonly Layer[])[] = [
  [{ from: 512, to: 512, kernel: 1, pad: 0 }],
  [{ from: 1024, to: 512, pad: 0, stride: 1, up: true }, same(512)],
  [{ from: 1024, to: 512, up: true }, same(512), same(512)],
  [{ from: 768, to: 384, up: true }, same(384), same(384)],
  [{ from: 512, to: 256, up: true }, same(256), same(256)],
  [{ from: 320, to: 128, up: true }, same(128), same(128)],
  [{ from: 160, to: 64, up: true }, same(64), same(64)],
];

/**
 * An ONNX file with the graph of Wav2Lip's 96-pixel generator and random weights (He et al. 2015): for measuring
 * speed and memory, and for tests that a whole graph of that kind loads.
 * @param divide makes every inner layer that many times narrower; 1 gives the 36 million weights of the original.
 */
export function wav2lipNet(divide = 1, seed = 1): Uint8Array<ArrayBuffer> {
  const random = createRandom(seed);
  const noise = (count: number, deviation: number) => {
    const values = new Float32Array(count);
    for (let i = 0; i < count; i++) values[i] = (random() - 0.5) * Math.sqrt(12) * deviation;
    return values;
  };
  const graph = new OnnxGraph("wav2lip-96");
  const narrow = (channels: number) => (channels <= 6 ? channels : Math.max(1, channels / divide));

  function layer(value: string, description: Layer, activation: "Relu" | "Sigmoid" = "Relu"): string {
    const { kernel = 3, stride = 1, pad = 1, residual = false, up = false } = description;
    const [from, to] = [narrow(description.from), narrow(description.to)];
    const deviation = Math.sqrt((residual ? 0.4 : 2) / (from * kernel * kernel));
    const weights = noise(from * to * kernel * kernel, deviation);
    const bias = graph.floats(noise(to, 0.02));
    const strides = up
      ? pad === 0
        ? [1, 1]
        : [2, 2]
      : typeof stride === "number"
        ? [stride, stride]
        : stride;
    const attributes = { kernel_shape: [kernel, kernel], strides, pads: [pad, pad, pad, pad] };
    const sum = up
      ? graph.node("ConvTranspose", [value, graph.floats(weights, [from, to, kernel, kernel]), bias], {
          ...attributes,
          output_padding: pad === 0 ? [0, 0] : [1, 1],
        })
      : graph.node("Conv", [value, graph.floats(weights, [to, from, kernel, kernel]), bias], attributes);
    return graph.node(activation, [residual ? graph.node("Add", [sum, value]) : sum]);
  }

  let sound = graph.input("mel_spectrogram", ["batch", 1, 80, 16]);
  let face = graph.input("video_frames", ["batch", 6, 96, 96]);
  for (const description of AUDIO) sound = layer(sound, description);
  const skips: string[] = [];
  for (const block of FACE) {
    for (const description of block) face = layer(face, description);
    skips.push(face);
  }
  let picture = sound;
  for (const block of DECODER) {
    for (const description of block) picture = layer(picture, description);
    picture = graph.node("Concat", [picture, skips.pop()!], { axis: 1 });
  }
  picture = layer(picture, { from: 80, to: 32 });
  picture = layer(picture, { from: 32, to: 3, kernel: 1, pad: 0 }, "Sigmoid");
  graph.openOutput("predicted_frames", picture, ["batch", 3, 96, 96]);
  return new Uint8Array(graph.serialise("tests"));
}
