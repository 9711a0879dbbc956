/** A discrete Fourier transform of real frames of one length. */
export interface Dft {
  /** Writes |X|² of bins 0 … n/2 of a frame of `n` samples into `out`. */
  power(frame: Float64Array, out: Float64Array): void;
}

/** Smallest prime factor. */
function factor(n: number): number {
  for (let p = 2; p * p <= n; p++) if (n % p === 0) return p;
  return n;
}

/**
 * A transform of any length, fast when its prime factors are small, as in 800 = 2⁵ · 5².
 * @see Cooley & Tukey 1965 (mixed radix, decimation in time).
 */
export function createDft(n: number): Dft {
  const cos = Float64Array.from({ length: n }, (_, i) => Math.cos((2 * Math.PI * i) / n));
  const sin = Float64Array.from({ length: n }, (_, i) => -Math.sin((2 * Math.PI * i) / n));
  const re = new Float64Array(n);
  const im = new Float64Array(n);
  const spareRe = new Float64Array(n);
  const spareIm = new Float64Array(n);

  /** Transforms `length` samples `input[from + i · stride]` into `re`, `im` at `to`. */
  function transform(input: Float64Array, from: number, stride: number, length: number, to: number): void {
    if (length === 1) {
      re[to] = input[from]!;
      im[to] = 0;
      return;
    }
    const radix = factor(length);
    const part = length / radix;
    for (let r = 0; r < radix; r++) transform(input, from + r * stride, stride * radix, part, to + r * part);
    for (let k = 0; k < length; k++) {
      let sumRe = 0;
      let sumIm = 0;
      const within = k % part;
      for (let r = 0; r < radix; r++) {
        const turn = (r * k * (n / length)) % n;
        const at = to + r * part + within;
        sumRe += re[at]! * cos[turn]! - im[at]! * sin[turn]!;
        sumIm += re[at]! * sin[turn]! + im[at]! * cos[turn]!;
      }
      spareRe[to + k] = sumRe;
      spareIm[to + k] = sumIm;
    }
    re.set(spareRe.subarray(to, to + length), to);
    im.set(spareIm.subarray(to, to + length), to);
  }

  return {
    power(frame, out) {
      transform(frame, 0, 1, n, 0);
      for (let bin = 0; bin < out.length; bin++) out[bin] = re[bin]! ** 2 + im[bin]! ** 2;
    },
  };
}
