import { MOUTH_RATE_HZ } from "../../core/mouth.ts";
import { normal, type Random } from "../../core/random.ts";
import { clamp } from "../../core/scalar.ts";

/** Passes of the moving average: three are nearly a Gaussian. */
const PASSES = 3;

const radiusOf = (seconds: number) => Math.max(1, Math.round((seconds * MOUTH_RATE_HZ) / 2));

/** Moving average of `seconds`, three times over, without delay; ends are held. */
export function smooth(values: Float32Array, seconds: number): Float32Array {
  const radius = radiusOf(seconds);
  let line = values;
  for (let pass = 0; pass < PASSES; pass++) {
    const out = new Float32Array(line.length);
    let sum = 0;
    const at = (i: number) => line[clamp(i, 0, line.length - 1)]!;
    for (let i = -radius; i <= radius; i++) sum += at(i);
    for (let i = 0; i < line.length; i++) {
      out[i] = sum / (2 * radius + 1);
      sum += at(i + radius + 1) - at(i - radius);
    }
    line = out;
  }
  return line;
}

/** Weights of {@link smooth}. */
function bell(radius: number): Float64Array {
  let kernel = Float64Array.of(1);
  for (let pass = 0; pass < PASSES; pass++) {
    const wider = new Float64Array(kernel.length + 2 * radius);
    kernel.forEach((weight, i) => {
      for (let k = 0; k <= 2 * radius; k++) wider[i + k]! += weight / (2 * radius + 1);
    });
    kernel = wider;
  }
  return kernel;
}

/** How a {@link wander} moves. */
export interface Wandering {
  /** Standard deviation. */
  readonly sigma: number;
  /** Time in seconds after which it has forgotten where it was. */
  readonly seconds: number;
  /** Seconds over which it is smoothed: nothing above about a third of their inverse is left. */
  readonly softness: number;
}

/** Ornstein-Uhlenbeck noise around 0, smoothed, one value per 10 ms. */
export function wander(
  random: Random,
  length: number,
  { sigma, seconds, softness }: Wandering,
): Float32Array {
  const keep = Math.exp(-1 / (seconds * MOUTH_RATE_HZ));
  const kick = Math.sqrt(1 - keep * keep);
  const kernel = bell(radiusOf(softness));
  const reach = kernel.length >> 1;
  const raw = new Float32Array(length + 2 * reach);
  let value = normal(random);
  for (let i = 0; i < raw.length; i++) {
    value = keep * value + kick * normal(random);
    raw[i] = value;
  }
  // Variance of the smoothed noise: the kernel's correlation with itself, weighted by the noise's own.
  let variance = 0;
  for (let apart = 0, own = 1; apart < kernel.length; apart++, own *= keep) {
    let both = 0;
    for (let i = apart; i < kernel.length; i++) both += kernel[i]! * kernel[i - apart]!;
    variance += (apart === 0 ? 1 : 2) * own * both;
  }
  const size = sigma / Math.sqrt(variance);
  return smooth(raw, softness)
    .subarray(reach, reach + length)
    .map((v) => v * size);
}

/** Adds a smooth bump of the given height, rising and falling within `seconds`. */
export function addBump(line: Float32Array, start: number, seconds: number, height: number): void {
  const first = Math.round(start * MOUTH_RATE_HZ);
  const count = Math.round(seconds * MOUTH_RATE_HZ);
  for (let i = 0; i <= count; i++) {
    const at = first + i;
    if (at >= 0 && at < line.length) line[at]! += height * 0.5 * (1 - Math.cos((2 * Math.PI * i) / count));
  }
}
