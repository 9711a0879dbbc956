import { createPowerSpectrum } from "../../core/fft.ts";

/** Rate of the samples that the speech model takes, in Hz. */
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

/** What a frame is analysed with: the same for every recording, so made once in a thread. */
function createAnalysis() {
  const hann = Float64Array.from(
    { length: WINDOW },
    (_, i) => 0.5 - 0.5 * Math.cos((2 * Math.PI * i) / (WINDOW - 1)),
  );
  return {
    spectrum: createPowerSpectrum(FFT),
    bank: filterBank(),
    hann,
    scale: 1 / hann.reduce((sum, w) => sum + w * w, 0),
    windowed: [new Float64Array(FFT), new Float64Array(FFT)],
    powers: [new Float64Array(BINS), new Float64Array(BINS)],
  } as const;
}

let analysis: ReturnType<typeof createAnalysis> | undefined;

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
  private readonly with = (analysis ??= createAnalysis());

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
    const { spectrum, windowed, powers } = this.with;
    for (let row = 0; row < count; row += 2) {
      windowed.forEach((samples, k) => this.window(first + row + k, samples));
      spectrum.powers(windowed[0], windowed[1], powers[0], powers[1]);
      this.bands(powers[0], out, row);
      if (row + 1 < count) this.bands(powers[1], out, row + 1);
    }
    return out;
  }

  private window(frame: number, into: Float64Array): void {
    const start = frame * HOP - WINDOW / 2;
    const { hann } = this.with;
    for (let i = 0; i < WINDOW; i++) {
      const sample = this.pcm[start + i];
      const finite = sample !== undefined && Number.isFinite(sample);
      into[i] = finite ? (sample - this.offset) * hann[i]! : 0;
    }
  }

  private bands(powers: Float64Array, out: Float32Array, row: number): void {
    const { bank, scale } = this.with;
    bank.forEach(({ first, weights }, band) => {
      let sum = 0;
      for (let k = 0; k < weights.length; k++) sum += weights[k]! * powers[first + k]!;
      out[row * MEL_BANDS + band] = Math.log(sum * scale + FLOOR);
    });
  }
}
