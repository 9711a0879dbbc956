/** A discrete Fourier transform of real frames of one length. */
export interface Dft {
  /** Writes |X|² of bins 0 … n/2 of two frames of `n` samples into `firstOut` and `secondOut`. */
  powers(first: Float64Array, second: Float64Array, firstOut: Float64Array, secondOut: Float64Array): void;
}

/** Smallest prime factor. */
function factor(n: number): number {
  for (let p = 2; p * p <= n; p++) if (n % p === 0) return p;
  return n;
}

/**
 * A transform of any even length, fast when its prime factors are small, as in 800 = 2⁵ · 5². Two real frames are
 * transformed as one complex one.
 * @see Cooley & Tukey 1965 (mixed radix, decimation in time).
 */
export function createDft(n: number): Dft {
  const cos = Float64Array.from({ length: n }, (_, i) => Math.cos((2 * Math.PI * i) / n));
  const sin = Float64Array.from({ length: n }, (_, i) => -Math.sin((2 * Math.PI * i) / n));
  const re = new Float64Array(n);
  const im = new Float64Array(n);
  const spareRe = new Float64Array(n);
  const spareIm = new Float64Array(n);
  let inputRe: Float64Array = re;
  let inputIm: Float64Array = im;

  /** Joins two transforms of `part` bins that lie side by side at `to`. */
  function joinTwo(part: number, to: number): void {
    const step = n / (2 * part);
    for (let k = 0, turn = 0; k < part; k++, turn += step) {
      const [a, b] = [to + k, to + part + k];
      const x = re[b]! * cos[turn]! - im[b]! * sin[turn]!;
      const y = re[b]! * sin[turn]! + im[b]! * cos[turn]!;
      re[b] = re[a]! - x;
      im[b] = im[a]! - y;
      re[a] = re[a]! + x;
      im[a] = im[a]! + y;
    }
  }

  /** Joins `radix` transforms of `part` bins that lie side by side at `to`. */
  function join(radix: number, part: number, to: number): void {
    const length = radix * part;
    const step = n / length;
    for (let k = 0; k < length; k++) {
      let [sumRe, sumIm] = [0, 0];
      const within = to + (k % part);
      const turnStep = k * step;
      for (let r = 0, turn = 0; r < radix; r++) {
        const at = within + r * part;
        sumRe += re[at]! * cos[turn]! - im[at]! * sin[turn]!;
        sumIm += re[at]! * sin[turn]! + im[at]! * cos[turn]!;
        turn += turnStep;
        if (turn >= n) turn -= n;
      }
      spareRe[k] = sumRe;
      spareIm[k] = sumIm;
    }
    for (let k = 0; k < length; k++) {
      re[to + k] = spareRe[k]!;
      im[to + k] = spareIm[k]!;
    }
  }

  /** Transforms `length` samples of the input, from `from` on in steps of `stride`, into `re`, `im` at `to`. */
  function transform(from: number, stride: number, length: number, to: number): void {
    if (length === 1) {
      re[to] = inputRe[from]!;
      im[to] = inputIm[from]!;
      return;
    }
    const radix = factor(length);
    const part = length / radix;
    for (let r = 0; r < radix; r++) transform(from + r * stride, stride * radix, part, to + r * part);
    if (radix === 2) joinTwo(part, to);
    else join(radix, part, to);
  }

  return {
    powers(first, second, firstOut, secondOut) {
      inputRe = first;
      inputIm = second;
      transform(0, 1, n, 0);
      for (let bin = 0; bin <= n / 2; bin++) {
        const mirror = bin === 0 ? 0 : n - bin;
        const [a, b, c, d] = [re[bin]!, im[bin]!, re[mirror]!, im[mirror]!];
        firstOut[bin] = ((a + c) ** 2 + (b - d) ** 2) / 4;
        secondOut[bin] = ((b + d) ** 2 + (c - a) ** 2) / 4;
      }
    },
  };
}
