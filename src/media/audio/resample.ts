/** A streaming rate converter for one channel. */
export interface Resampler {
  /** Takes the next samples, gives those that are ready; the result is the caller's. */
  push(samples: Float32Array): Float32Array<ArrayBuffer>;
  /** The rest, after the last {@link Resampler.push}; in all `round(inputs × to / from)` samples come out. */
  finish(): Float32Array<ArrayBuffer>;
}

/** Zero crossings of the sinc on each side, at the lower of the two rates. */
const ZERO_CROSSINGS = 24;
/** Share of the lower Nyquist frequency that passes. */
const PASS = 0.95;
/** Kaiser window with about 90 dB of stop-band attenuation. */
const KAISER_BETA = 9;
const HIGHEST_PHASES = 48_000;

function besselI0(x: number): number {
  let term = 1;
  let sum = 1;
  for (let k = 1; term > sum * 1e-12; k++) {
    term *= (x / (2 * k)) ** 2;
    sum += term;
  }
  return sum;
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}

/** One row of taps for each of the `phases` positions of an output sample between two inputs. */
function kernel(phases: number, half: number, cutoff: number): Float32Array[] {
  const width = 2 * half;
  const norm = besselI0(KAISER_BETA);
  return Array.from({ length: phases }, (_, phase) => {
    const row = new Float32Array(width);
    let sum = 0;
    for (let k = 0; k < width; k++) {
      const t = k - half + 1 - phase / phases;
      const x = t / half;
      const window = Math.abs(x) >= 1 ? 0 : besselI0(KAISER_BETA * Math.sqrt(1 - x * x)) / norm;
      const angle = Math.PI * cutoff * t;
      row[k] = (angle === 0 ? 1 : Math.sin(angle) / angle) * window;
      sum += row[k]!;
    }
    for (let k = 0; k < width; k++) row[k]! /= sum;
    return row;
  });
}

/** The sum of a row of taps on the samples from `from` on. */
function sumOf(row: Float32Array, samples: Float32Array, from: number): number {
  let sum = 0;
  for (let k = 0; k < row.length; k++) sum += row[k]! * samples[from + k]!;
  return sum;
}

/** Outputs that are summed side by side: none waits for another's addition, and each adds in its own order. */
const TOGETHER = 4;

function sumTogether(
  taps: readonly Float32Array[],
  starts: readonly number[],
  samples: Float32Array,
  result: Float32Array,
  at: number,
): void {
  const [a, b, c, d] = taps as [Float32Array, Float32Array, Float32Array, Float32Array];
  const [fromA, fromB, fromC, fromD] = starts as [number, number, number, number];
  let [sumA, sumB, sumC, sumD] = [0, 0, 0, 0];
  for (let k = 0; k < a.length; k++) {
    sumA += a[k]! * samples[fromA + k]!;
    sumB += b[k]! * samples[fromB + k]!;
    sumC += c[k]! * samples[fromC + k]!;
    sumD += d[k]! * samples[fromD + k]!;
  }
  result[at] = sumA;
  result[at + 1] = sumB;
  result[at + 2] = sumC;
  result[at + 3] = sumD;
}

/**
 * A polyphase windowed-sinc converter (Kaiser window, 24 zero crossings, pass band 95 % of the lower Nyquist
 * frequency). It adds no delay: output sample `i` is the instant `i / toHz`, with silence before and after the
 * signal. Rates are whole numbers of Hz.
 * @see Smith, Digital Audio Resampling (CCRMA); Kaiser & Schafer 1980.
 */
export function createResampler(fromHz: number, toHz: number): Resampler {
  if (fromHz === toHz) {
    return { push: (samples) => samples.slice(), finish: () => new Float32Array(0) };
  }
  const divisor = greatestCommonDivisor(fromHz, toHz);
  const exactPhases = toHz / divisor;
  const phases = Math.min(exactPhases, HIGHEST_PHASES);
  const cutoff = Math.min(1, toHz / fromHz) * PASS;
  const half = Math.ceil(ZERO_CROSSINGS / Math.min(1, toHz / fromHz));
  const rows = kernel(phases, half, cutoff);

  let buffer = new Float32Array(half - 1);
  /** Index in the whole input of `buffer[half - 1]`'s position 0; the buffer starts `half - 1` earlier. */
  let bufferStart = -(half - 1);
  let inputs = 0;
  let outputs = 0;
  const taps: Float32Array[] = [];
  const starts: number[] = [];

  const drain = (limit: number): Float32Array<ArrayBuffer> => {
    const end = bufferStart + buffer.length;
    const possible = Math.max(0, Math.floor(((end - half) * toHz) / fromHz) + 2 - outputs);
    const result = new Float32Array(Math.min(possible, Math.max(0, limit - outputs)));
    let made = 0;
    /** Places the next output on the buffer; false where its last input has not come. */
    const place = (slot: number): boolean => {
      const position = (outputs * fromHz) / toHz;
      let index = Math.floor(position);
      let phase = Math.round((position - index) * phases);
      if (phase === phases) {
        phase = 0;
        index++;
      }
      if (index + half >= end) return false;
      taps[slot] = rows[phase]!;
      starts[slot] = index - half + 1 - bufferStart;
      outputs++;
      return true;
    };
    while (made < result.length) {
      let placed = 0;
      while (placed < TOGETHER && made + placed < result.length && place(placed)) placed++;
      if (placed === 0) break;
      if (placed === TOGETHER) sumTogether(taps, starts, buffer, result, made);
      else
        for (let slot = 0; slot < placed; slot++)
          result[made + slot] = sumOf(taps[slot]!, buffer, starts[slot]!);
      made += placed;
    }
    const keepFrom = Math.floor((outputs * fromHz) / toHz) - half;
    if (keepFrom > bufferStart) {
      buffer = buffer.slice(Math.min(buffer.length, keepFrom - bufferStart));
      bufferStart = keepFrom;
    }
    return result.subarray(0, made).slice();
  };

  const append = (samples: Float32Array) => {
    const joined = new Float32Array(buffer.length + samples.length);
    joined.set(buffer);
    joined.set(samples, buffer.length);
    buffer = joined;
  };

  return {
    push(samples) {
      inputs += samples.length;
      append(samples);
      return drain(Infinity);
    },
    finish() {
      append(new Float32Array(2 * half + 2));
      return drain(Math.round((inputs * toHz) / fromHz));
    },
  };
}
