import { ARTICULATORS, MOUTH_RATE_HZ, type MouthTrack } from "../../core/mouth.ts";

/**
 * The track as it lies in a video of `durationSeconds` in which its voice starts at `startSeconds`
 * (rounded to 10 ms): at rest before and after.
 */
export function placeTrack(track: MouthTrack, startSeconds: number, durationSeconds: number): MouthTrack {
  const frames = Math.max(1, Math.ceil(durationSeconds * MOUTH_RATE_HZ - 1e-6));
  const offset = Math.round(startSeconds * MOUTH_RATE_HZ);
  if (offset === 0 && frames === track.frames) return track;
  const shift = (values: Float32Array, channels: number) => {
    const placed = new Float32Array(frames * channels);
    const count = Math.max(0, Math.min(track.frames, frames - offset));
    placed.set(values.subarray(0, count * channels), offset * channels);
    return placed;
  };
  return {
    frames,
    articulation: shift(track.articulation, ARTICULATORS.length),
    voice: shift(track.voice, 1),
    energy: shift(track.energy, 1),
  };
}
