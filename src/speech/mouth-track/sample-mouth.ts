import { ARTICULATORS, MOUTH_RATE_HZ, REST_POSE, type MouthPose, type MouthTrack } from "../../core/mouth.ts";

const WIDTH = ARTICULATORS.length;
const CLOSURE = ARTICULATORS.indexOf("closure");
const LABIODENTAL = ARTICULATORS.indexOf("labiodental");
/** A contact of the lips that is stronger than this is an event that an output frame must show. */
const EVENT = 0.5;

/** The pose at a fractional frame, by linear interpolation; rest outside the track. */
function poseAt({ articulation, frames }: MouthTrack, at: number): MouthPose {
  if (at <= -1 || at >= frames) return { ...REST_POSE };
  const low = Math.floor(at);
  const share = at - low;
  const value = (row: number, k: number) => (row < 0 || row >= frames ? 0 : articulation[row * WIDTH + k]!);
  return Object.fromEntries(
    ARTICULATORS.map((name, k) => [name, value(low, k) * (1 - share) + value(low + 1, k) * share]),
  ) as MouthPose;
}

/**
 * The mouth of one output frame. A closure or a lip-teeth contact lasts 40–100 ms and would often fall between the
 * frames of a video; so where one lies nearer to this frame than to its neighbours, its strongest instant is shown.
 * @param fps frames per second, any positive number; the frame shows the instant `frameIndex / fps`.
 */
export function sampleMouth(track: MouthTrack, fps: number, frameIndex: number): MouthPose {
  const centre = (frameIndex * MOUTH_RATE_HZ) / fps;
  const half = MOUTH_RATE_HZ / fps / 2;
  const first = Math.max(0, Math.ceil(centre - half));
  const last = Math.min(track.frames - 1, Math.ceil(centre + half) - 1);
  let strongest = EVENT;
  let event = -1;
  for (let i = first; i <= last; i++) {
    const closure = track.articulation[i * WIDTH + CLOSURE]!;
    // A closure outranks a lip-teeth contact of the same strength.
    const contact = Math.max(closure, 0.8 * track.articulation[i * WIDTH + LABIODENTAL]!);
    if (contact > strongest) {
      strongest = contact;
      event = i;
    }
  }
  return poseAt(track, event < 0 ? centre : event);
}
