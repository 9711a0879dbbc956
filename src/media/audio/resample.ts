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

  const drain = (limit: number): Float32Array<ArrayBuffer> => {
    const end = bufferStart + buffer.length;
    const possible = Math.max(0, Math.floor(((end - half) * toHz) / fromHz) + 2 - outputs);
    const result = new Float32Array(Math.min(possible, Math.max(0, limit - outputs)));
    let made = 0;
    while (made < result.length) {
      const position = (outputs * fromHz) / toHz;
      let index = Math.floor(position);
      let phase = Math.round((position - index) * phases);
      if (phase === phases) {
        phase = 0;
        index++;
      }
      if (index + half >= end) break;
      const row = rows[phase]!;
      const from = index - half + 1 - bufferStart;
      let sum = 0;
      for (let k = 0; k < row.length; k++) sum += row[k]! * buffer[from + k]!;
      result[made++] = sum;
      outputs++;
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
