import { toStereo } from "./downmix.ts";
import { createResampler, type Resampler } from "./resample.ts";

type Planes = Float32Array<ArrayBuffer>[];

/** Any number of channels as another one. */
function withChannels(planes: Planes, channels: number): Planes {
  if (planes.length === channels) return planes;
  const [left, right] = toStereo(planes);
  if (channels > 1) return Array.from({ length: channels }, (_, i) => (i % 2 === 0 ? left : right).slice());
  return [left.map((value, i) => (value + right[i]!) / 2) as Float32Array<ArrayBuffer>];
}

/** Brings blocks whose rate or number of channels changes in mid-sound (joined files) to those of its beginning. */
export function createUniform({ sampleRateHz, channels }: { sampleRateHz: number; channels: number }) {
  let from = sampleRateHz;
  let resamplers: Resampler[] = [];
  return (planes: Planes, rateHz: number): Planes => {
    const fitting = withChannels(planes, channels);
    if (rateHz !== from) {
      from = rateHz;
      resamplers = rateHz === sampleRateHz ? [] : fitting.map(() => createResampler(rateHz, sampleRateHz));
    }
    return resamplers.length > 0 ? fitting.map((plane, i) => resamplers[i]!.push(plane)) : fitting;
  };
}
