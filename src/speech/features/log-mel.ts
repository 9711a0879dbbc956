/** Rate of the samples that the speech model hears, in Hz. */
export const SPEECH_RATE_HZ = 16_000;
/** Mel bands of one frame. */
export const MEL_BANDS = 80;

const HOP = 160;
const WINDOW = 400;
const FFT = 512;
const BINS = FFT / 2 + 1;
const FLOOR = 1e-10;

/** Frames of `samples` samples: one per 10 ms, the first centred on the first sample. */
export const melFrames = (samples: number): number => Math.floor(samples / HOP) + 1;

/** One triangle of the filter bank: weights of the bins from `first` on. */
interface Band {
  readonly first: number;
  readonly weights: Float64Array;
}

/** 80 triangles on the scale 2595·log10(1 + f/700) from 20 to 7600 Hz, each of unit sum. */
function filterBank(): readonly Band[] {
  const toMel = (hz: number) => 2595 * Math.log10(1 + hz / 700);
  const low = toMel(20);
  const step = (toMel(7600) - low) / (MEL_BANDS + 1);
  const edge = (i: number) => 700 * (10 ** ((low + i * step) / 2595) - 1);
  return Array.from({ length: MEL_BANDS }, (_, band) => {
    const [start, middle, end] = [edge(band), edge(band + 1), edge(band + 2)];
    const all = Array.from({ length: BINS }, (__, bin) => {
      const hz = (bin * SPEECH_RATE_HZ) / FFT;
      return Math.max(0, Math.min((hz - start) / (middle - start), (end - hz) / (end - middle)));
    });
    const used = all.flatMap((weight, bin) => (weight > 0 ? [bin] : []));
    if (used.length === 0) {
      return { first: Math.round((middle * FFT) / SPEECH_RATE_HZ), weights: Float64Array.of(1) };
    }
    const first = used[0]!;
    const weights = Float64Array.from(all.slice(first, used.at(-1)! + 1));
    const sum = weights.reduce((a, b) => a + b, 0);
    return { first, weights: weights.map((weight) => weight / sum) };
  });
}

/** In-place complex FFT of 512 points, radix 2 (Cooley & Tukey 1965). */
class Fft {
  private readonly cos = Float64Array.from({ length: FFT / 2 }, (_, i) => Math.cos((2 * Math.PI * i) / FFT));
  private readonly sin = Float64Array.from({ length: FFT / 2 }, (_, i) => Math.sin((2 * Math.PI * i) / FFT));
  private readonly reversed = Uint16Array.from({ length: FFT }, (_, i) => {
    let r = 0;
    for (let bit = 1; bit < FFT; bit <<= 1) r = (r << 1) | (i & bit ? 1 : 0);
    return r;
  });

  transform(re: Float64Array, im: Float64Array): void {
    const { cos, sin, reversed } = this;
    for (let i = 0; i < FFT; i++) {
      const j = reversed[i]!;
      if (j <= i) continue;
      [re[i], re[j]] = [re[j]!, re[i]!];
      [im[i], im[j]] = [im[j]!, im[i]!];
    }
    for (let half = 1; half < FFT; half <<= 1) {
      const stride = FFT / (2 * half);
      for (let base = 0; base < FFT; base += 2 * half) {
        for (let k = 0; k < half; k++) {
          const [c, s] = [cos[k * stride]!, sin[k * stride]!];
          const [i, j] = [base + k, base + k + half];
          const tr = re[j]! * c + im[j]! * s;
          const ti = im[j]! * c - re[j]! * s;
          re[j] = re[i]! - tr;
          im[j] = im[i]! - ti;
          re[i]! += tr;
          im[i]! += ti;
        }
      }
    }
  }
}

/** The mean of the finite samples, which is the recording's constant offset. */
export function offsetOf(pcm: Float32Array): number {
  let sum = 0;
  let count = 0;
  for (const sample of pcm) {
    if (!Number.isFinite(sample)) continue;
    sum += sample;
    count++;
  }
  return count === 0 ? 0 : sum / count;
}

/**
 * Log-mel energies of mono speech, a stretch at a time, so that an hour needs no more memory than a second.
 * Samples that are not finite count as silence; the constant offset is taken out.
 * @see models/speech/mel.py, the reference that the network was trained with.
 */
export class LogMel {
  /** Frames of the whole recording. */
  readonly frames: number;
  private readonly offset: number;
  private readonly fft = new Fft();
  private readonly bank = filterBank();
  private readonly hann = Float64Array.from(
    { length: WINDOW },
    (_, i) => 0.5 - 0.5 * Math.cos((2 * Math.PI * i) / (WINDOW - 1)),
  );
  private readonly scale = 1 / this.hann.reduce((sum, w) => sum + w * w, 0);
  private readonly re = new Float64Array(FFT);
  private readonly im = new Float64Array(FFT);

  /** @param pcm samples in [-1, 1] at 16 kHz; read, never written. */
  constructor(private readonly pcm: Float32Array) {
    this.frames = melFrames(pcm.length);
    this.offset = offsetOf(pcm);
  }

  /**
   * Frames `first` to `first + count`, natural log of power; those outside the recording are silence.
   * @returns `[count, 80]`, row-major; the caller owns it.
   */
  read(first: number, count: number): Float32Array<ArrayBuffer> {
    const out = new Float32Array(count * MEL_BANDS);
    for (let i = 0; i < count; i += 2) {
      // Two real frames are one complex transform.
      this.re.fill(0);
      this.im.fill(0);
      this.window(first + i, this.re);
      if (i + 1 < count) this.window(first + i + 1, this.im);
      this.fft.transform(this.re, this.im);
      this.bands(out, i, 1);
      if (i + 1 < count) this.bands(out, i + 1, -1);
    }
    return out;
  }

  private window(frame: number, into: Float64Array): void {
    const start = frame * HOP - WINDOW / 2;
    for (let i = 0; i < WINDOW; i++) {
      const sample = this.pcm[start + i];
      if (sample !== undefined && Number.isFinite(sample)) into[i] = (sample - this.offset) * this.hann[i]!;
    }
  }

  /** Bands of the real (`sign` 1) or the imaginary (`sign` -1) input of the last transform. */
  private bands(out: Float32Array, row: number, sign: 1 | -1): void {
    const { re, im } = this;
    this.bank.forEach(({ first, weights }, band) => {
      let sum = 0;
      for (let k = 0; k < weights.length; k++) {
        const bin = first + k;
        const mirror = (FFT - bin) % FFT;
        const a = (re[bin]! + sign * re[mirror]!) / 2;
        const b = (im[bin]! - sign * im[mirror]!) / 2;
        sum += weights[k]! * (a * a + b * b);
      }
      out[row * MEL_BANDS + band] = Math.log(sum * this.scale + FLOOR);
    });
  }
}
