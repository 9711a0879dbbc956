import { ARTICULATORS, MOUTH_RATE_HZ, REST_POSE, type MouthPose, type MouthTrack } from "../../core/mouth.ts";

const WIDTH = ARTICULATORS.length;
const CLOSURE = ARTICULATORS.indexOf("closure");
const LABIODENTAL = ARTICULATORS.indexOf("labiodental");
/** A contact of the lips that is stronger than this is an event that an output frame must show. */
const EVENT = 0.5;
/** A contact is shown whole at this share of its greatest strength. */
const WHOLE = 0.9;

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

/** Strength of the contact at a frame of the track; a closure outranks a lip-teeth contact of the same strength. */
function contactAt({ articulation }: MouthTrack, frame: number): number {
  const at = frame * WIDTH;
  return Math.max(articulation[at + CLOSURE]!, 0.8 * articulation[at + LABIODENTAL]!);
}

/** Whether some output frame's own instant lies where the contact around `event` is about whole. */
function isShown(track: MouthTrack, event: number, centre: number, step: number): boolean {
  const whole = WHOLE * contactAt(track, event);
  let [first, last] = [event, event];
  while (first > 0 && contactAt(track, first - 1) >= whole) first--;
  while (last + 1 < track.frames && contactAt(track, last + 1) >= whole) last++;
  return centre + Math.floor((last - centre) / step) * step >= first;
}

/**
 * The mouth of one output frame. A closure or a lip-teeth contact lasts 40–100 ms and would often fall between the
 * frames of a video: where no frame shows it whole, the nearest one shows its strongest instant.
 * @param fps frames per second, any positive number; the frame shows the instant `frameIndex / fps`.
 */
export function sampleMouth(track: MouthTrack, fps: number, frameIndex: number): MouthPose {
  const step = MOUTH_RATE_HZ / fps;
  const centre = (frameIndex * MOUTH_RATE_HZ) / fps;
  const first = Math.max(0, Math.ceil(centre - step / 2));
  const last = Math.min(track.frames - 1, Math.ceil(centre + step / 2) - 1);
  let strongest = EVENT;
  let event = -1;
  for (let i = first; i <= last; i++) {
    const contact = contactAt(track, i);
    if (contact > strongest) {
      strongest = contact;
      event = i;
    }
  }
  return poseAt(track, event < 0 || isShown(track, event, centre, step) ? centre : event);
}
