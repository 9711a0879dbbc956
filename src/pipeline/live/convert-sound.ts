import type { SoundBlock } from "../../media/audio/sound-block.ts";
import { createMonoMix, toStereo } from "../../media/audio/downmix.ts";
import { createResampler, type Resampler } from "../../media/audio/resample.ts";

const SPEECH_RATE_HZ = 16_000;

type Plane = Float32Array<ArrayBuffer>;

/** Arrays one after another. */
export function joinPlane(parts: readonly Plane[]): Plane {
  const whole = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** Channels one after another, each with its own. */
export const joinPlanes = (parts: readonly (readonly Plane[])[]): Plane[] =>
  (parts[0] ?? []).map((_, channel) => joinPlane(parts.map((planes) => planes[channel]!)));

/** A sound as it is played, and as it is heard: mono at 16 kHz. */
export interface ConvertedSound {
  readonly planes: Plane[];
  readonly speech: Plane;
}

/** Brings blocks of any rate and layout to what is played and what is heard; the first block decides on the channels. */
export function createConverter(sampleRateHz: number) {
  const toMono = createMonoMix();
  let rate = 0;
  let channels = 0;
  let ears: Resampler[] = [];
  let model: Resampler | undefined;
  const replaceNonFinite = (value: number) => (Number.isFinite(value) ? value : 0);
  const clip = (value: number) => Math.min(1, Math.max(-1, value));
  const rests = () => ({
    planes: ears.map((ear) => ear.finish().map(clip)),
    speech: model?.finish() ?? new Float32Array(0),
  });
  return {
    add({ planes: given, sampleRateHz: from }: SoundBlock): ConvertedSound {
      const planes = given.map((plane) => plane.map(replaceNonFinite));
      channels ||= Math.min(2, planes.length);
      const before = from === rate || rate === 0 ? null : rests();
      if (from !== rate) {
        rate = from;
        ears = Array.from({ length: channels }, () => createResampler(from, sampleRateHz));
        model = createResampler(from, SPEECH_RATE_HZ);
      }
      const mono = toMono(planes);
      const played = channels === 1 ? [mono] : toStereo(planes);
      const after = {
        planes: ears.map((ear, i) => ear.push(played[i]!).map(clip)),
        speech: model!.push(mono),
      };
      if (!before) return after;
      return {
        planes: joinPlanes([before.planes, after.planes]),
        speech: joinPlane([before.speech, after.speech]),
      };
    },
    finish: rests,
  };
}
