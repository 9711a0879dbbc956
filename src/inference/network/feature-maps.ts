import { growTo, kernelsOn } from "../../core/kernels/kernels.ts";

/** Rows of convolutions; see `src/core/kernels/assembly/network.ts`. */
export interface NetworkKernels {
  convolveRow(
    input: number,
    step: number,
    segments: number,
    pitch: number,
    length: number,
    weights: number,
    bias: number,
    channels: number,
    added: number,
    addedStep: number,
    addedChannels: number,
    slopes: number,
    out: number,
    pixels: number,
  ): void;
  depthwiseRow(
    input: number,
    step: number,
    pitch: number,
    channels: number,
    weights: number,
    bias: number,
    out: number,
    pixels: number,
  ): void;
  maximumRow(input: number, pitch: number, channels: number, out: number, pixels: number): void;
  blendPixels(
    input: number,
    pitch: number,
    channels: number,
    upperLeft: number,
    upperRight: number,
    lowerLeft: number,
    lowerRight: number,
    out: number,
  ): void;
}

/** Channels of a map are a multiple of this many, except an image's. */
export const CHANNEL_GROUP = 8;

/** A feature map in the kernels' memory: `height × width × channels` (NHWC) with a border of zeros one pixel wide. */
export interface FeatureMap {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  /** Address of the first pixel inside the border. */
  readonly at: number;
  /** Bytes from pixel to pixel, and from row to row. */
  readonly pixel: number;
  readonly pitch: number;
}

/** Maps and weights of one network in a memory of its own; places of maps are used again, weights stay. */
export class NetworkMemory {
  private readonly memory = new WebAssembly.Memory({ initial: 1 });
  private end = 16;
  /** Free maps by size; their borders stay zero because all maps of a size lie alike. */
  private readonly free = new Map<string, FeatureMap[]>();
  readonly kernels = kernelsOn<NetworkKernels>("network", this.memory);

  /** All of it as floats; made anew when the memory grows. */
  floats(): Float32Array {
    return new Float32Array(this.memory.buffer);
  }

  private reserve(floats: number): number {
    const at = this.end;
    this.end += Math.ceil(floats / 4) * 16;
    growTo(this.memory, this.end);
    return at;
  }

  /** Copies numbers in for good. @returns their address. */
  keep(values: Float32Array): number {
    const at = this.reserve(values.length);
    this.floats().set(values, at / 4);
    return at;
  }

  /** A map with a border of zeros; what is inside is left from before. */
  take(height: number, width: number, channels: number): FeatureMap {
    const free = this.free.get([height, width, channels].join())?.pop();
    if (free) return free;
    const pixel = channels * 4;
    const pitch = (width + 2) * pixel;
    const at = this.reserve((height + 2) * (width + 2) * channels) + pitch + pixel;
    return { height, width, channels, at, pixel, pitch };
  }

  /** Lets another map have a map's place. */
  giveBack(map: FeatureMap): void {
    const size = [map.height, map.width, map.channels].join();
    this.free.set(size, [...(this.free.get(size) ?? []), map]);
  }
}
