/** Power spectra of real frames of one length. */
export interface PowerSpectrum {
  /**
   * Writes |X|² of bins 0 … n/2 of two frames of `n` samples into `firstOut` and `secondOut`: two real frames are
   * transformed as one complex one.
   */
  powers(first: Float64Array, second: Float64Array, firstOut: Float64Array, secondOut: Float64Array): void;
}

/** Prime factors in rising order. */
function factors(n: number): number[] {
  const found: number[] = [];
  for (let p = 2; n > 1; p++) {
    for (; n % p === 0; n /= p) found.push(p);
    if (p * p > n && n > 1) return [...found, n];
  }
  return found;
}

/** Where each sample of the input stands when the smallest transforms begin: the mixed-radix form of bit reversal. */
function inputOrder(radices: readonly number[]): Uint32Array {
  let order = [0];
  let stride = radices.reduce((product, radix) => product * radix, 1);
  for (const radix of radices.toReversed()) {
    stride /= radix;
    order = Array.from({ length: radix }, (_, r) => order.map((at) => at + r * stride)).flat();
  }
  return Uint32Array.from(order);
}

/**
 * A fast Fourier transform of any even length, the faster the smaller its prime factors, as in 512 = 2⁹ or 800 = 2⁵ · 5².
 * @see Cooley & Tukey 1965 (mixed radix, decimation in time).
 */
export function createPowerSpectrum(n: number): PowerSpectrum {
  const cos = Float64Array.from({ length: n }, (_, i) => Math.cos((2 * Math.PI * i) / n));
  const sin = Float64Array.from({ length: n }, (_, i) => -Math.sin((2 * Math.PI * i) / n));
  const radices = factors(n);
  const order = inputOrder(radices);
  const re = new Float64Array(n);
  const im = new Float64Array(n);
  const spareRe = new Float64Array(n);
  const spareIm = new Float64Array(n);

  /** Joins two transforms of `part` bins that lie side by side at `to`. */
  function joinTwo(part: number, to: number): void {
    const step = n / (2 * part);
    for (let k = 0, turn = 0; k < part; k++, turn += step) {
      const a = to + k;
      const b = a + part;
      const c = cos[turn]!;
      const s = sin[turn]!;
      const x = re[b]! * c - im[b]! * s;
      const y = re[b]! * s + im[b]! * c;
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

  return {
    powers(first, second, firstOut, secondOut) {
      for (let i = 0; i < n; i++) {
        re[i] = first[order[i]!]!;
        im[i] = second[order[i]!]!;
      }
      let part = 1;
      for (const radix of radices.toReversed()) {
        const length = part * radix;
        for (let to = 0; to < n; to += length) {
          if (radix === 2) joinTwo(part, to);
          else join(radix, part, to);
        }
        part = length;
      }
      for (let bin = 0; bin <= n / 2; bin++) {
        const mirror = bin === 0 ? 0 : n - bin;
        const [a, b, c, d] = [re[bin]!, im[bin]!, re[mirror]!, im[mirror]!];
        firstOut[bin] = ((a + c) ** 2 + (b - d) ** 2) / 4;
        secondOut[bin] = ((b + d) ** 2 + (c - a) ** 2) / 4;
      }
    },
  };
}
