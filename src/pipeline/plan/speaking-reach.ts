import type { FaceTrack } from "../../core/face-track.ts";
import type { MouthPose } from "../../core/mouth.ts";
import { clamp } from "../../core/scalar.ts";
import { lipGaps } from "./lip-gaps.ts";

/** Gap of drawn lips at an aperture of 1, and the gap from which lips count as open, in inter-ocular distances. */
const FULL_GAP = 0.235;
const OPEN = 0.03;
/** The reach is this quantile of the open lips' gaps: wider ones are yawns, laughs and errors. */
const REACH = 0.9;
/** A mouth opens when its gap rises from below the first to above the second share of the reach. */
const OPENING = [0.4, 0.6] as const;
/** A mouth that opens fewer times than the first does not speak; from the second on its reach is believed wholly. */
const OPENINGS = [3, 12] as const;
/** So far from a usual speaker's reach a person's is followed. */
const RANGE = [0.6, 1.5] as const;

function reachOf(gaps: readonly number[]): number {
  const open = gaps.filter((gap) => gap > OPEN).sort((a, b) => a - b);
  return open[Math.round(REACH * (open.length - 1))] ?? 0;
}

/** How often a mouth opens. */
function openings(gaps: readonly number[], reach: number): number {
  let [count, shut] = [0, false];
  for (const gap of gaps) {
    if (gap < OPENING[0] * reach) shut = true;
    if (shut && gap > OPENING[1] * reach) {
      count++;
      shut = false;
    }
  }
  return count;
}

/**
 * By how much mouths have to open wider for the person of a video to speak as this person does: some hardly part their
 * lips, others twice as far. 1 where the video does not show the person speaking.
 * @param mouths that are to be drawn.
 * @returns 0.6 to 1.5.
 */
export function speakingReach(track: FaceTrack, mouths: readonly Pick<MouthPose, "aperture">[]): number {
  const gaps = lipGaps(track).filter((gap) => gap !== null);
  const own = reachOf(gaps);
  const drawn = reachOf(mouths.map(({ aperture }) => aperture * FULL_GAP));
  if (own === 0 || drawn === 0) return 1;
  const trust = clamp((openings(gaps, own) - OPENINGS[0] + 1) / (OPENINGS[1] - OPENINGS[0] + 1), 0, 1);
  return clamp((own / drawn) ** trust, ...RANGE);
}

/** A mouth that opens wider by a factor, less so near its limit; closures and contacts stay whole. */
export function reaching<Pose extends Pick<MouthPose, "aperture">>(mouth: Pose, factor: number): Pose {
  const { aperture } = mouth;
  return { ...mouth, aperture: factor < 1 ? aperture * factor : 1 - (1 - aperture) ** factor };
}
