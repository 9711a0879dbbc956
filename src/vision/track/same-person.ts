import { LOOK_VERTICES } from "../../core/face-track.ts";
import type { FaceLandmarks } from "../../core/face.ts";
import type { RgbaImage } from "../../core/image.ts";
import { distance, positionOf } from "./face-position.ts";
import { lookDistance, readLook } from "./track-look.ts";
import type { Person } from "./track-person.ts";

/** Looks nearer than this are the same person after a gap or a cut. */
const SAME_LOOK = 0.3;
/** A face that comes back soon and near to where it was lost may look this different: it had turned away. */
const RETURNED_LOOK = 0.7;
const RETURN_FRAMES = 60;
const RETURN_IOD = 2.5;

/** The recorded person that a newly found face most probably is; `shotStart` is the first frame of the shot. */
export function recognise(
  persons: readonly Person[],
  active: ReadonlySet<Person>,
  image: RgbaImage,
  landmarks: FaceLandmarks,
  frame: number,
  shotStart: number,
): Person | undefined {
  const look = new Uint8Array(LOOK_VERTICES.length * 3);
  readLook(image, landmarks, look);
  const here = positionOf(landmarks);
  let best: Person | undefined;
  let least = 1;
  for (const person of persons) {
    if (active.has(person)) continue;
    const returned =
      person.lastFrame >= Math.max(shotStart, frame - RETURN_FRAMES) &&
      distance(positionOf(person.last), here) < RETURN_IOD * here.iod;
    const unlike = lookDistance(person.meanLook, look) / (returned ? RETURNED_LOOK : SAME_LOOK);
    if (unlike < least) [best, least] = [person, unlike];
  }
  return best;
}
