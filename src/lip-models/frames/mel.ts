import { EngineError } from "../../job/errors.ts";
import { createPowerSpectrum } from "../../core/fft.ts";
import type { MelFeatures } from "../manifest/manifest.ts";

/** Mel features of a whole sound. */
export interface MelSpectrogram {
  readonly columns: number;
  readonly bands: number;
  /** `[columns, bands]`, row-major: one row for each hop. */
  readonly data: Float32Array<ArrayBuffer>;
}

/** Columns of a sound of that many samples: one for each hop, the first centred on the first sample. */
export const melColumns = (samples: number, features: MelFeatures): number =>
  1 + Math.floor(samples / features.hopSize);

interface Scale {
  toMel(hz: number): number;
  toHz(mel: number): number;
}

const HTK: Scale = {
  toMel: (hz) => 2595 * Math.log10(1 + hz / 700),
  toHz: (mel) => 700 * (10 ** (mel / 2595) - 1),
};

/** Linear below 1 kHz, logarithmic above (Slaney, Auditory Toolbox 1998). */
const SLANEY: Scale = (() => {
  const step = 200 / 3;
  const knee = 1000 / step;
  const log = Math.log(6.4) / 27;
  return {
    toMel: (hz: number) => (hz < 1000 ? hz / step : knee + Math.log(hz / 1000) / log),
    toHz: (mel: number) => (mel < knee ? mel * step : 1000 * Math.exp(log * (mel - knee))),
  };
})();

interface Band {
  readonly first: number;
  readonly weights: Float64Array;
}

function filterBank(features: MelFeatures): readonly Band[] {
  const { bands, lowHz, highHz, fftSize, sampleRateHz } = features;
  const scale = features.scale === "htk" ? HTK : SLANEY;
  const low = scale.toMel(lowHz);
  const step = (scale.toMel(highHz) - low) / (bands + 1);
  const edges = Array.from({ length: bands + 2 }, (_, i) => scale.toHz(low + i * step));
  return Array.from({ length: bands }, (_, band) => {
    const [start, middle, end] = [edges[band]!, edges[band + 1]!, edges[band + 2]!];
    const gain = features.norm === "slaney" ? 2 / (end - start) : 1;
    const weights: number[] = [];
    let first = 0;
    for (let bin = 0; bin <= fftSize / 2; bin++) {
      const hz = (bin * sampleRateHz) / fftSize;
      const weight = Math.min((hz - start) / (middle - start), (end - hz) / (end - middle));
      if (weight <= 0) continue;
      if (weights.length === 0) first = bin;
      weights.push(weight * gain);
    }
    return { first, weights: Float64Array.from(weights) };
  });
}

/** The sample at any index, as if the sound went on beyond its ends. */
function sampleAt(pcm: Float32Array, index: number, padding: MelFeatures["padding"]): number {
  if (index >= 0 && index < pcm.length) return pcm[index]!;
  if (padding === "zero" || pcm.length < 2) return 0;
  const period = 2 * (pcm.length - 1);
  const folded = ((index % period) + period) % period;
  return pcm[folded < pcm.length ? folded : period - folded]!;
}

/**
 * Mel features as a manifest describes them.
 * @param pcm mono samples in [-1, 1] at `features.sampleRateHz`.
 * @throws EngineError `input/audio-empty` when there is no sample, `input/audio` when one is not finite.
 * @see docs/model-manifest.md for the parameters; librosa's `stft` and `filters.mel` define the terms.
 */
export function melSpectrogram(pcm: Float32Array, features: MelFeatures): MelSpectrogram {
  if (pcm.length === 0) throw new EngineError("input/audio-empty", "The voice holds no sample.");
  if (!pcm.every(Number.isFinite)) {
    throw new EngineError(
      "input/audio",
      "The voice holds samples that are not numbers; convert it and try again.",
    );
  }
  const { fftSize, windowSize, hopSize, bands, preEmphasis, padding } = features;
  const emphasised = new Float32Array(pcm.length);
  for (let i = 0; i < pcm.length; i++) {
    emphasised[i] = pcm[i]! - (i > 0 ? preEmphasis * pcm[i - 1]! : 0);
  }
  const window = new Float64Array(fftSize);
  const lead = Math.floor((fftSize - windowSize) / 2);
  for (let i = 0; i < windowSize; i++)
    window[lead + i] = 0.5 - 0.5 * Math.cos((2 * Math.PI * i) / windowSize);
  const bank = filterBank(features);
  const spectrumOf = createPowerSpectrum(fftSize);
  const columns = melColumns(pcm.length, features);
  const data = new Float32Array(columns * bands);
  const frames = [new Float64Array(fftSize), new Float64Array(fftSize)] as const;
  const spectra = [new Float64Array(fftSize / 2 + 1), new Float64Array(fftSize / 2 + 1)] as const;
  for (let pair = 0; pair < columns; pair += 2) {
    for (const [k, frame] of frames.entries()) {
      const start = (pair + k) * hopSize - fftSize / 2;
      for (let i = 0; i < fftSize; i++) frame[i] = window[i]! * sampleAt(emphasised, start + i, padding);
    }
    spectrumOf.powers(frames[0], frames[1], spectra[0], spectra[1]);
    for (const [k, spectrum] of spectra.entries()) {
      const column = pair + k;
      if (column === columns) break;
      if (features.spectrum === "magnitude") {
        for (let bin = 0; bin < spectrum.length; bin++) spectrum[bin] = Math.sqrt(spectrum[bin]!);
      }
      for (const [band, { first, weights }] of bank.entries()) {
        let sum = 0;
        for (let i = 0; i < weights.length; i++) sum += weights[i]! * spectrum[first + i]!;
        data[column * bands + band] = level(sum, features);
      }
    }
  }
  return { columns, bands, data };
}

/** Value of silence in the unit of the features. */
export const silenceLevel = (features: MelFeatures): number => level(0, features);

function level(value: number, { minLevel, refLevelDb, normalise, spectrum }: MelFeatures): number {
  const decibels = (spectrum === "power" ? 10 : 20) * Math.log10(Math.max(minLevel, value)) - refLevelDb;
  if (normalise === null) return decibels;
  const { minDb, maxAbs } = normalise;
  const scaled = (2 * maxAbs * (decibels - minDb)) / -minDb - maxAbs;
  return Math.min(maxAbs, Math.max(-maxAbs, scaled));
}
